"""Where work runs: a short read on the event loop's own thread where that costs least, a long one on a reader, a change
on the writer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T")


class TakesLonger(Exception):
    """Raised by work on the SHORT lane that turns out to be long, before it has done much: it runs again on LONG."""


class Lane(Enum):
    """SHORT: a few indexed reads. LONG: lists, scans. WRITE: anything that changes the store."""

    SHORT = "short"
    LONG = "long"
    WRITE = "write"


class Lanes:
    """Runs handlers, each in its lane. `write` queues a change, with the name of what it is about, and gives a future
    of its durable outcome. `readers`: so many threads read. `answers_at_once`: short reads wait for nobody else, and
    run on the event loop's thread.
    """

    def __init__(
        self, write: Callable[[Callable[[], Any], str], Future[Any]], readers: int, *, answers_at_once: bool
    ) -> None:
        self._write = write
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="milepost-reader")
        self._answers_at_once = answers_at_once

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
