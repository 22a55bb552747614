"""How much the statements of one list may do before they are aborted: a query that no index answers must not hold up
all others.

There are three budgets: for a short page, on the event loop's own thread; for any page, on threads that have to serve
others soon; and for a scan.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from math import inf
from typing import NamedTuple

from milepost.store.engine.errors import EngineError

# For a scan. On SQLite in steps of its virtual machine (five or more a row), so that a query over the same rows has the
# same answer on every machine. On PostgreSQL, which counts no steps, in milliseconds.
STEPS = 4_000_000
MILLISECONDS = 1_000
# In haste, for any page: steps, and rows that are looked at one by one.
HASTY_STEPS = 300_000
HASTY_ROWS = 2_000
# At once, for a short page of some milliseconds: steps, and rows that are looked at or shown (a hundred, and the one
# that tells whether there are more).
SHORT_STEPS = 40_000
SHORT_ROWS = 101
# Entries of the histories of these rows.
SHORT_HISTORY = 1_200
# Added to the budget for each row handed to the program: for all of its columns, and for its related records.
_STEPS_FOR_A_ROW = 200

# Within a budget; each call has to wait for the interpreter. The first may come early, since SQLite goes on counting
# where an earlier run of a cached statement ended.
_PROGRESS_CALLS = 10

# Is told how many rows were handed over.
More = Callable[[int], None]


class OverBudget(EngineError):
    """A statement was aborted, since it exceeded its budget."""


class Hurried(Exception):
    """Work done in haste exceeded its budget: it has to be done again where there is time."""


class _Haste(NamedTuple):
    """The limits of a thread: steps, rows looked at one by one, rows shown, and entries of histories with them."""

    steps: float = inf
    looked_at: float = inf
    shown: float = inf
    told: float = inf


class _Mine(threading.local):
    haste = _Haste()


_mine = _Mine()


def at_once() -> AbstractContextManager[None]:
    """Let this thread raise `Hurried` where work exceeds a short page, as long as the context lasts."""
    return _within(_Haste(SHORT_STEPS, SHORT_ROWS, SHORT_ROWS, SHORT_HISTORY))


def in_haste() -> AbstractContextManager[None]:
    """Let this thread raise `Hurried` where work exceeds a page, as long as the context lasts."""
    return _within(_Haste(HASTY_STEPS, HASTY_ROWS))


@contextmanager
def _within(haste: _Haste) -> Iterator[None]:
    _mine.haste = haste
    try:
        yield
    finally:
        _mine.haste = _Haste()


def is_at_once() -> bool:
    """Whether this thread raises `Hurried` where work exceeds a short page."""
    return _mine.haste.shown < inf


def take(rows: int) -> None:
    """`Hurried` where this thread may not look at so many rows one by one, in all."""
    if rows > _mine.haste.looked_at:
        raise Hurried


def show(rows: int) -> None:
    """`Hurried` where this thread may not show so many rows."""
    if rows > _mine.haste.shown:
        raise Hurried


def tell(entries: int) -> None:
    """`Hurried` where this thread may not give so many entries of histories."""
    if entries > _mine.haste.told:
        raise Hurried


@contextmanager
def steps(connection: sqlite3.Connection) -> Iterator[More]:
    """Abort statements that take too many steps on a connection: `OverBudget`, or `Hurried`."""
    hasty = _mine.haste.steps < STEPS
    left = min(STEPS, _mine.haste.steps)
    stride = max(1, int(left) // _PROGRESS_CALLS)

    def is_over() -> bool:
        nonlocal left
        left -= stride
        return left < 0

    def more(rows: int) -> None:
        nonlocal left
        left += rows * _STEPS_FOR_A_ROW

    connection.set_progress_handler(is_over, stride)
    try:
        yield more
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        if hasty:
            raise Hurried from None
        raise OverBudget("the statements took too many steps") from error
    finally:
        connection.set_progress_handler(None, 0)
