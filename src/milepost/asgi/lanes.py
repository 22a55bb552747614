"""Where work runs: a short read on the event loop's own thread where that costs least, a long one on a reader, a change
on the writer.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T")

# Longer than a page of a list takes, in seconds.
_PATIENCE = 0.05


class TakesLonger(Exception):
    """Raised by work on the SHORT lane that turns out to be long, before it has done much: it runs again on LONG."""


class Lane(Enum):
    """SHORT: a few indexed reads. LONG: lists, scans. WRITE: anything that changes the store."""

    SHORT = "short"
    LONG = "long"
    WRITE = "write"


class Lanes:
    """Runs handlers, each in its lane. `write` queues a change, with the name of what it is about, and gives a future
    of its durable outcome. `readers`: so many threads read. `answers_at_once`: reads wait for nobody else. Then short
    ones run on the event loop's thread, and long ones one after the other: two would only take the interpreter's lock
    from each other, row by row. Who has waited for a while starts all the same, so that nobody's scan holds up all.
    """

    def __init__(
        self, write: Callable[[Callable[[], Any], str], Future[Any]], readers: int, *, answers_at_once: bool
    ) -> None:
        self._write = write
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="milepost-reader")
        self._answers_at_once = answers_at_once
        self._turn = threading.Lock()

    async def run(self, lane: Lane, work: Callable[[], T], about: str = "") -> T:
        """What the work returns, or raises. `about`: what a change is about; changes of one go together."""
        if lane is Lane.WRITE:
            outcome: T = await asyncio.wrap_future(self._write(work, about))
            return outcome
        if lane is Lane.SHORT and self._answers_at_once:
            try:
                return work()
            except TakesLonger:
                pass
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._in_turn, work)

    def _in_turn(self, work: Callable[[], T]) -> T:
        has_turn = self._answers_at_once and self._turn.acquire(timeout=_PATIENCE)
        try:
            return work()
        finally:
            if has_turn:
                self._turn.release()

    def close(self) -> None:
        """Wait for the readers to end."""
        self._readers.shutdown()


def on_the_loop() -> bool:
    """Whether this is the thread of a running event loop, which long work would hold up for everybody."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
