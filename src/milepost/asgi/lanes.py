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


class Lane(Enum):
    """SHORT: one indexed read. LONG: lists, scans. WRITE: anything that changes the store."""

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
        if lane is Lane.SHORT:
            return work()
        if lane is Lane.LONG:
            return await asyncio.get_running_loop().run_in_executor(self._readers, work)
        outcome: T = await asyncio.wrap_future(self._write(work))
        return outcome

    def close(self) -> None:
        """Wait for the readers to end."""
        self._readers.shutdown()
