"""How a command that runs until it is told to stop comes to its end."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ending_cleanly() -> Iterator[None]:
    """SIGTERM and SIGINT end the program with exit code 0, after everything that is open has been closed.

    uvicorn takes both over while it serves, lets the calls under way finish, and then raises them again: here.
    """
    standing = {number: signal.signal(number, _end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in standing.items():
            signal.signal(number, handler)


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
