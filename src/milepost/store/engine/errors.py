"""What can go wrong with an engine itself, whatever it is."""

from __future__ import annotations

from sqlite3 import Error as SqliteError

from milepost.store.engine.trouble import Trouble, of_sqlite


class EngineError(Exception):
    """The database refused a statement. SQLite's own errors are left as they are: `ENGINE_ERRORS` has both."""


class Unavailable(EngineError):
    """The database cannot be reached, is shutting down, gave a transaction up in favour of another, or lacks what it
    needs: `trouble` says which.

    A change that was not answered may or may not have been made, where the connection was lost while it was committed.
    """

    def __init__(self, words: str, trouble: Trouble = Trouble.AWAY) -> None:
        super().__init__(words)
        self.trouble = trouble


ENGINE_ERRORS = (EngineError, SqliteError)


def trouble_of(error: BaseException) -> Trouble | None:
    """Why an engine could not do what it would do otherwise; `None` for an error of any other kind."""
    if isinstance(error, Unavailable):
        return error.trouble
    return of_sqlite(error) if isinstance(error, SqliteError) else None
