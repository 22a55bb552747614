"""Database engines: how a statement is compiled and run, and how changes are committed."""

from sqlite3 import Error as EngineError

from milepost.store.engine.sqlite import Database
from milepost.store.engine.statement import Statement
from milepost.store.engine.writer import Writer

__all__ = ["Database", "EngineError", "Statement", "Writer"]
