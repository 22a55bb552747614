"""The signals that end a long-running command."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def ending_cleanly() -> Iterator[None]:
    """SIGTERM and SIGINT end the program with exit code 0, after everything that is open has been closed.

    uvicorn takes both over while it serves, lets the calls under way finish, and then raises them again: here.
    """
    standing = {number: signal.signal(number, _end) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in standing.items():
            signal.signal(number, handler)


@contextmanager
def held_back() -> Iterator[None]:
    """Signals wait until the context has been left. A program that is started within it begins with signals held back,
    until it calls `let_in`.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def let_in() -> None:
    """Take the signals that were held back when this program was started."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
