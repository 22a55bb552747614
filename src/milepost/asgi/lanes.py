"""Where work runs: a short read on the event loop's own thread where that costs least, a long one on a reader, a change
on the writer.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from contextvars import copy_context
from enum import Enum
from functools import partial
from time import monotonic
from typing import Any, TypeAlias, TypeVar

from milepost.asgi.turns import Turns

T = TypeVar("T")
InHaste = Callable[[], AbstractContextManager[None]]
# What is made in steps, none of which takes long; nothing may be open in the database between two of them.
Steps: TypeAlias = Generator[None, None, T]

# Longer than a page of a list takes, in seconds: what takes longer is a scan, behind which nobody has to wait.
_PATIENCE = 0.03


class TakesLonger(Exception):
    """Raised by work on the SHORT lane that turns out to be long, before it has done much: it runs again on LONG."""


class Lane(Enum):
    """SHORT: a few indexed reads. PAGE: a list that may be short, or be made in steps. LONG: lists, scans. WRITE:
    anything that changes the store. SLOW: what takes seconds or minutes and sees to its own transactions, such as an
    import; one after the other.
    """

    SHORT = "short"
    PAGE = "page"
    LONG = "long"
    WRITE = "write"
    SLOW = "slow"


class Lanes:
    """Runs handlers, each in its lane, where they see the context variables of who asks. `write` queues a change, with
    the name of what it is about, and gives a future of its durable outcome. `readers`: so many threads read.

    `answers_at_once`: reads wait for nobody else. Then short ones run on the event loop's thread, and so do short
    pages, between which it sees to everybody else. Long reads run one after the other: two would only take the
    interpreter's lock from each other, row by row. Once one has taken a while, the next starts all the same. Otherwise
    short ones have threads of their own, so that no number of long ones holds up them.

    `haste`: the context for short pages, the context for long reads, and the exception that either raises once its
    budget is used up. Then a page is done again as a long read; long reads have a thread for scans, on which they are
    done again, one after the other.
    """

    def __init__(
        self,
        write: Callable[[Callable[[], Any], str], Future[Any]],
        readers: int,
        *,
        answers_at_once: bool,
        haste: tuple[InHaste, InHaste, type[Exception]] | None = None,
    ) -> None:
        self._write = write
        self._answers_at_once = answers_at_once
        self._at_once: InHaste
        self._in_haste: InHaste
        self._at_once, self._in_haste = haste[:2] if haste else (nullcontext, nullcontext)
        self._hurried = haste[2:] if haste else ()
        self._turns = Turns()
        short = 0 if answers_at_once else readers // 2
        self._long = ThreadPoolExecutor(readers - short, thread_name_prefix="milepost-reader")
        self._short = ThreadPoolExecutor(short, thread_name_prefix="milepost-short") if short else self._long
        self._scans = ThreadPoolExecutor(1, thread_name_prefix="milepost-scan")
        self._slow = ThreadPoolExecutor(1, thread_name_prefix="milepost-slow")
        self._turn = threading.Lock()
        self._turn_since = 0.0

    async def run(self, lane: Lane, work: Callable[[], T | Steps[T]], about: str = "") -> T:
        """What the work returns, or raises. `about`: what a change is about; changes of one go together."""
        if lane is Lane.PAGE and self._answers_at_once:
            try:
                return await self._between_others(work)
            except (TakesLonger, *self._hurried):
                lane = Lane.LONG
        return await self._whole(lane, lambda: finished(work()), about)

    async def _whole(self, lane: Lane, work: Callable[[], T], about: str) -> T:
        if lane is Lane.WRITE:
            outcome: T = await asyncio.wrap_future(self._write(partial(copy_context().run, work), about))
            return outcome
        if lane is Lane.SLOW:
            return await self._on(self._slow, _as_it_is, work)
        if lane is Lane.SHORT:
            try:
                return work() if self._answers_at_once else await self._on(self._short, _as_short, work)
            except TakesLonger:
                pass
        try:
            return await self._on(self._long, self._in_turn, work)
        except self._hurried:
            return await self._on(self._scans, _as_it_is, work)

    async def _between_others(self, work: Callable[[], T | Steps[T]]) -> T:
        """Make a page here, or a step of one, in each turn of the event loop: who asks for less waits for no more."""
        await self._turns.mine()
        with self._at_once():
            made = work()
        while isinstance(made, Generator):
            await self._turns.mine(goes_on=True)
            try:
                next(made)
            except StopIteration as end:
                made = end.value
        return made

    async def _on(self, threads: ThreadPoolExecutor, run: Callable[[Callable[[], T]], T], work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(threads, copy_context().run, run, work)

    def _in_turn(self, work: Callable[[], T]) -> T:
        patience = max(0.0, self._turn_since + _PATIENCE - monotonic())  # with what runs now
        has_turn = self._answers_at_once and self._turn.acquire(timeout=patience)
        try:
            if has_turn:
                self._turn_since = monotonic()
            with self._in_haste():
                return work()
        finally:
            if has_turn:
                self._turn.release()

    def close(self) -> None:
        """Wait for what runs to end; what is slow and has not begun does not begin."""
        self._short.shutdown()
        self._long.shutdown()
        self._scans.shutdown()
        self._slow.shutdown(cancel_futures=True)


def finished(made: T | Steps[T]) -> T:
    """What was made, with all steps of it taken."""
    while isinstance(made, Generator):
        try:
            next(made)
        except StopIteration as end:
            made = end.value
    return made


_thread = threading.local()


def _as_short(work: Callable[[], T]) -> T:
    _thread.is_short = True
    return work()


def _as_it_is(work: Callable[[], T]) -> T:
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
