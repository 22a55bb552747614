"""What a test's own thread asks of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from milepost.store.engine import Database


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that this thread runs meanwhile."""
    run: list[str] = []
    database.connection.set_trace_callback(run.append)
    try:
        yield run
    finally:
        database.connection.set_trace_callback(None)
