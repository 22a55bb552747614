"""What can go wrong with an engine itself, whatever it is."""

from __future__ import annotations

import sqlite3
from sqlite3 import Error as SqliteError


class EngineError(Exception):
    """The database refused a statement. SQLite's own errors are left as they are: `ENGINE_ERRORS` has both."""


class Unavailable(EngineError):
    """The database cannot be reached, is shutting down, or gave a transaction up in favour of another: try again.

    A change that was not answered may or may not have been made, where the connection was lost while it was committed.
    """


ENGINE_ERRORS = (EngineError, SqliteError)

# SQLite's results after which the same may well succeed a moment later: another process writes, or is busy to put right
# what one that was killed left behind; or the disk is full, which somebody will see to.
_PASSING = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_FULL)


def primary_code(error: BaseException) -> int:
    """SQLite's result code behind an error, such as SQLITE_BUSY, whatever its extension says; 0 where there is none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def passes(error: BaseException) -> bool:
    """Whether what an engine could not do may well succeed a moment later."""
    return isinstance(error, Unavailable) or (isinstance(error, SqliteError) and primary_code(error) in _PASSING)
