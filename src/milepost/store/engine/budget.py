"""How much the statements of one list may do before they are given up: a question that no index answers must not cost
all others their time.

There are three budgets: what a short page takes, for the event loop's own thread; what any page takes, for threads that
are to serve others soon; and what a scan may take.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from math import inf
from typing import NamedTuple

from milepost.store.engine.errors import EngineError

# On SQLite in steps of its virtual machine, so that the same question over the same rows has the same answer on every
# machine: to look at a row takes five or more. On a server, which counts nothing of the kind, in milliseconds.
STEPS = 4_000_000
MILLISECONDS = 1_000
# In haste: so many steps, and so many rows that are looked at one by one.
HASTY_STEPS = 300_000
HASTY_ROWS = 2_000
# At once, which is some milliseconds: so many steps, and so many rows that are looked at, or shown: a hundred, and the
# one that says whether there are more.
SHORT_STEPS = 40_000
SHORT_ROWS = 101
# And so many entries of their histories.
SHORT_HISTORY = 1_200
# What is handed over, to be looked at by the program, takes up to so many more steps a row: for all of its columns, and
# for what stands around it.
_A_ROW = 200

# How often SQLite reports its progress within a budget; for each report it waits for the interpreter. The first may
# come early: a statement that is kept goes on counting where it was left.
_TOLD = 10

# Told how many rows were handed over.
More = Callable[[int], None]


class OverBudget(EngineError):
    """A statement was given up, since it did too much."""


class Hurried(Exception):
    """What is done in haste turned out to take longer: it has to be done again where there is time."""


class _Haste(NamedTuple):
    """So many steps, so many rows that are looked at one by one, so many that are shown, so many
    entries of histories with them."""

    steps: float = inf
    looked_at: float = inf
    shown: float = inf
    told: float = inf


class _Mine(threading.local):
    haste = _Haste()


_mine = _Mine()


def at_once() -> AbstractContextManager[None]:
    """Let this thread raise `Hurried` from what is more than a short page, as long as the context lasts."""
    return _within(_Haste(SHORT_STEPS, SHORT_ROWS, SHORT_ROWS, SHORT_HISTORY))


def in_haste() -> AbstractContextManager[None]:
    """Let this thread raise `Hurried` from what is more than a page, as long as the context lasts."""
    return _within(_Haste(HASTY_STEPS, HASTY_ROWS))


@contextmanager
def _within(haste: _Haste) -> Iterator[None]:
    _mine.haste = haste
    try:
        yield
    finally:
        _mine.haste = _Haste()


def is_at_once() -> bool:
    """Whether this thread is to give up what is more than a short page."""
    return _mine.haste.shown < inf


def take(rows: int) -> None:
    """Look at so many rows one by one, in all; `Hurried`."""
    if rows > _mine.haste.looked_at:
        raise Hurried


def show(rows: int) -> None:
    """Show so many rows; `Hurried`."""
    if rows > _mine.haste.shown:
        raise Hurried


def tell(entries: int) -> None:
    """Tell so many entries of histories; `Hurried`."""
    if entries > _mine.haste.told:
        raise Hurried


@contextmanager
def steps(connection: sqlite3.Connection) -> Iterator[More]:
    """Give up what takes too many steps on a connection; `OverBudget`, or `Hurried`."""
    hasty = _mine.haste.steps < STEPS
    left = min(STEPS, _mine.haste.steps)
    stride = max(1, int(left) // _TOLD)

    def is_over() -> bool:
        nonlocal left
        left -= stride
        return left < 0

    def more(rows: int) -> None:
        nonlocal left
        left += rows * _A_ROW

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
