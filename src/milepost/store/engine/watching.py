"""Measures a database at work: how long statements and commits take, and how many rows one table gains."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any, ParamSpec, Protocol, TypeVar

from sqlalchemy import Table

from milepost.store.engine.database import Database
from milepost.store.engine.statement import Statement

P = ParamSpec("P")
T = TypeVar("T")


class Watch(Protocol):
    """Receives the measurements, in seconds, from any thread."""

    def read(self, seconds: float) -> None:
        """A statement has read."""

    def changed(self, seconds: float) -> None:
        """A statement has changed something."""

    def committed(self, seconds: float, added: int) -> None:
        """A transaction was committed, after waiting for its turn and for the disk; it `added` rows to the table."""


class _Mine(threading.local):
    """The rows that this thread has added in its open transaction."""

    added = 0


def watch(database: Database, table: Table, watcher: Watch) -> None:
    """Measure an open database from now on. It cannot be undone: it is for a server process."""
    mine = _Mine()
    begin, run, run_many = database.transaction, database.run, database.run_many

    @contextmanager
    def transaction() -> Iterator[None]:
        is_outermost, before = not database.in_transaction, mine.added
        began = perf_counter()
        try:
            with begin():
                waited = perf_counter() - began
                yield
                done = perf_counter()
        except BaseException:
            mine.added = before
            raise
        if is_outermost:
            added, mine.added = mine.added, 0
            watcher.committed(waited + perf_counter() - done, added)

    def counted_run(statement: Statement, values: Mapping[str, Any]) -> int:
        touched = run(statement, values)
        if statement.adds_to(table):
            mine.added += touched
        return touched

    def counted_run_many(statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        run_many(statement, rows)
        if statement.adds_to(table):
            mine.added += len(rows)

    measured: dict[str, Callable[..., Any]] = {
        "transaction": transaction,
        "one": _timed(database.one, watcher.read),
        "all": _timed(database.all, watcher.read),
        "run": _timed(counted_run, watcher.changed),
        "run_many": _timed(counted_run_many, watcher.changed),
    }
    if not database.is_embedded:  # where it is nothing but `all`
        measured["each"] = _timed(database.each, watcher.read)
    for name, method in measured.items():
        setattr(database, name, method)


def _timed(work: Callable[P, T], tell: Callable[[float], None]) -> Callable[P, T]:
    def timed(*args: P.args, **options: P.kwargs) -> T:
        began = perf_counter()
        try:
            return work(*args, **options)
        finally:
            tell(perf_counter() - began)

    return timed
