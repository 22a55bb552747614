"""The errors of database engines."""

from __future__ import annotations

from sqlite3 import Error as SqliteError

from milepost.store.engine.trouble import Trouble, of_sqlite


class EngineError(Exception):
    """The database refused a statement. SQLite's own errors are not wrapped: `ENGINE_ERRORS` has both."""


class Unavailable(EngineError):
    """The database cannot be reached, is shutting down, gave a transaction up in favour of another, or lacks what it
    needs: `trouble` says which.

    Where the connection was lost during a commit, the change may or may not have been made.
    """

    def __init__(self, words: str, trouble: Trouble = Trouble.AWAY) -> None:
        super().__init__(words)
        self.trouble = trouble


ENGINE_ERRORS = (EngineError, SqliteError)


def trouble_of(error: BaseException) -> Trouble | None:
    """The trouble that an engine's error stems from; `None` for an error of any other kind."""
    if isinstance(error, Unavailable):
        return error.trouble
    return of_sqlite(error) if isinstance(error, SqliteError) else None
