"""Database engines: how a statement is compiled and run, and how changes are committed.

PostgreSQL's is imported only where such a database is opened: an embedded server starts without its driver.
"""

from milepost.store.engine.budget import OverBudget
from milepost.store.engine.database import Database
from milepost.store.engine.errors import ENGINE_ERRORS, EngineError, Unavailable, trouble_of
from milepost.store.engine.sqlite import SqliteDatabase
from milepost.store.engine.statement import POSTGRESQL, SQLITE, Statement, Text
from milepost.store.engine.trouble import Trouble
from milepost.store.engine.watching import Watch, watch
from milepost.store.engine.writer import Writer

__all__ = [
    "ENGINE_ERRORS",
    "POSTGRESQL",
    "SQLITE",
    "Database",
    "EngineError",
    "OverBudget",
    "SqliteDatabase",
    "Statement",
    "Text",
    "Trouble",
    "Unavailable",
    "Watch",
    "Writer",
    "trouble_of",
    "watch",
]
