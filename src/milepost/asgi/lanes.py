"""Where work runs: a short read on the event loop's own thread, a long one on a reader, a change on the writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T")

# Reader threads beyond the cores only take turns; SQLite reads hold the interpreter's lock little.
READERS = 2


class TakesLonger(Exception):
    """Raised by work on the SHORT lane that turns out to be long, before it has done much: it runs again on LONG."""


class Lane(Enum):
    """SHORT: a few indexed reads. LONG: lists, scans. WRITE: anything that changes the store."""

    SHORT = "short"
    LONG = "long"
    WRITE = "write"


class Lanes:
    """Runs handlers, each in its lane. `write` queues a change and gives a future of its durable outcome."""

    def __init__(self, write: Callable[[Callable[[], Any]], Future[Any]]) -> None:
        self._write = write
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="milepost-reader")

    async def run(self, lane: Lane, work: Callable[[], T]) -> T:
        """What the work returns, or raises."""
        if lane is Lane.WRITE:
            outcome: T = await asyncio.wrap_future(self._write(work))
            return outcome
        if lane is Lane.SHORT:
            try:
                return work()
            except TakesLonger:
                pass
        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

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
