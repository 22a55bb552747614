"""What can go wrong with an engine itself, whatever it is."""

from __future__ import annotations

from sqlite3 import Error as SqliteError


class EngineError(Exception):
    """The database refused a statement. SQLite's own errors are left as they are: `ENGINE_ERRORS` has both."""


class Unavailable(EngineError):
    """The database cannot be reached, is shutting down, or gave a transaction up in favour of another: try again.

    A change that was not answered may or may not have been made, where the connection was lost while it was committed.
    """


ENGINE_ERRORS = (EngineError, SqliteError)
