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
    of its durable outcome. `readers`: so many threads read.

    `answers_at_once`: reads wait for nobody else. Then short ones run on the event loop's thread, and long ones one
    after the other: two would only take the interpreter's lock from each other, row by row. Who has waited for a while
    starts all the same, so that nobody's scan holds up all. Otherwise short ones have threads of their own, so that no
    number of scans holds up them.
    """

    def __init__(
        self, write: Callable[[Callable[[], Any], str], Future[Any]], readers: int, *, answers_at_once: bool
    ) -> None:
        self._write = write
        self._answers_at_once = answers_at_once
        short = 0 if answers_at_once else readers // 2
        self._long = ThreadPoolExecutor(readers - short, thread_name_prefix="milepost-reader")
        self._short = ThreadPoolExecutor(short, thread_name_prefix="milepost-short") if short else self._long
        self._turn = threading.Lock()

    async def run(self, lane: Lane, work: Callable[[], T], about: str = "") -> T:
        """What the work returns, or raises. `about`: what a change is about; changes of one go together."""
        if lane is Lane.WRITE:
            outcome: T = await asyncio.wrap_future(self._write(work, about))
            return outcome
        if lane is Lane.SHORT:
            try:
                return work() if self._answers_at_once else await self._on(self._short, _as_short, work)
            except TakesLonger:
                pass
        return await self._on(self._long, self._in_turn, work)

    async def _on(self, threads: ThreadPoolExecutor, run: Callable[[Callable[[], T]], T], work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(threads, run, work)

    def _in_turn(self, work: Callable[[], T]) -> T:
        has_turn = self._answers_at_once and self._turn.acquire(timeout=_PATIENCE)
        try:
            return work()
        finally:
            if has_turn:
                self._turn.release()

    def close(self) -> None:
        """Wait for the readers to end."""
        self._short.shutdown()
        self._long.shutdown()


_thread = threading.local()


def _as_short(work: Callable[[], T]) -> T:
    _thread.is_short = True
    return work()


def must_be_short() -> bool:
    """Whether this thread is for short work only, which long work would hold up for everybody: a running event loop's,
    or one of those for short reads.
    """
    if getattr(_thread, "is_short", False):
        return True
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
