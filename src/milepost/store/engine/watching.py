"""Has a database measured while it works: how long that takes, and how many rows of one table are added for good."""

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
    """Who is told, in seconds, by any thread."""

    def read(self, seconds: float) -> None:
        """A statement has read."""

    def changed(self, seconds: float) -> None:
        """A statement has changed something."""

    def committed(self, seconds: float, added: int) -> None:
        """A transaction has waited for its turn and been committed; so many rows of the table were added in it."""


class _Mine(threading.local):
    """What this thread has added in the transaction that it has open."""

    added = 0


def watch(database: Database, table: Table, watcher: Watch) -> None:
    """Measure an open database from now on. Not to be undone: it is for a process that serves."""
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
