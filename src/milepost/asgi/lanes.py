"""Where work runs: a short read on the event loop's own thread where that costs least, a long one on a reader, a change
on the writer.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext, suppress
from contextvars import copy_context
from enum import Enum
from functools import partial
from time import monotonic
from types import GeneratorType
from typing import Any, TypeAlias, TypeVar

from milepost.asgi.turns import Turns

T = TypeVar("T")
InHaste = Callable[[], AbstractContextManager[None]]
# Takes changes' futures, results and failures.
Tell = Callable[[list[Any]], None]
# Work in short steps. No read or transaction may be open in the database between two of them.
Steps: TypeAlias = Generator[None, None, T]

# Seconds, longer than a page of a list takes. A read that takes longer is a scan; the next read does not wait for it.
_PATIENCE = 0.03


class TakesLonger(Exception):
    """Raised by work on the SHORT lane that turns out to be long, before it has done much: it runs again on LONG."""


class Lane(Enum):
    """CACHED: reads that are nearly always cached. SHORT: a few indexed reads. PAGE: a list that may be short, or be
    made in steps. LONG: lists, scans. WRITE: anything that changes the store. SLOW: work of seconds or minutes that
    makes its own transactions, such as an import; one at a time.
    """

    CACHED = "cached"
    SHORT = "short"
    PAGE = "page"
    LONG = "long"
    WRITE = "write"
    SLOW = "slow"


class Lanes:
    """Runs handlers, each in its lane, with the context variables of their caller. `write` queues a change, the id of
    its account, and a future for its durable outcome, which it hands over to a function, along with others, on a thread
    of its own. `readers`: the number of threads for reads.

    `answers_at_once`: the database answers reads without waiting for a server. Then short reads run on the event loop's
    thread, and so do short pages, with turns for other callers in between. Long reads run one at a time, as two would
    only compete for the interpreter's lock; after `_PATIENCE`, the next one starts all the same. Otherwise short reads
    have threads of their own, so that long reads never hold them up; cached ones need none where the cache has it all.

    `haste`: the context for short pages, the context for long reads, and the exception that either raises when its
    budget is used up. Then a page runs again as a long read, and a long read on the thread for scans, one at a time.
    """

    def __init__(
        self,
        write: Callable[[Callable[[], Any], str, asyncio.Future[Any], Tell], None],
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
        """What the work returns, or raises. `about`: the account of a change; its changes may share a commit."""
        if self._answers_at_once and lane in (Lane.SHORT, Lane.CACHED):
            try:
                return finished(work())
            except TakesLonger:
                lane = Lane.LONG
        elif lane is Lane.CACHED:
            try:
                with self._at_once():
                    return finished(work())
            except self._hurried:
                lane = Lane.SHORT
        elif self._answers_at_once and lane is Lane.PAGE:
            try:
                return await self._between_others(work)
            except (TakesLonger, *self._hurried):
                lane = Lane.LONG
        return await self._whole(lane, lambda: finished(work()), about)

    async def _whole(self, lane: Lane, work: Callable[[], T], about: str) -> T:
        if lane is Lane.WRITE:
            waiter: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            self._write(partial(copy_context().run, work), about, waiter, _tell)
            return await waiter
        if lane is Lane.SLOW:
            return await self._on(self._slow, _as_it_is, work)
        if lane is Lane.SHORT:
            try:
                return await self._on(self._short, _as_short, work)
            except TakesLonger:
                pass
        try:
            return await self._on(self._long, self._in_turn, work)
        except self._hurried:
            return await self._on(self._scans, _as_it_is, work)

    async def _between_others(self, work: Callable[[], T | Steps[T]]) -> T:
        """Make a page on this thread, one step in each turn of the event loop: others wait for one step only."""
        await asyncio.sleep(0)  # short requests that came in with this one go first
        await self._turns.mine()
        with self._at_once():
            made: Any = work()
        while isinstance(made, GeneratorType):
            await self._turns.mine(goes_on=True)
            try:
                next(made)
            except StopIteration as end:
                made = end.value
        result: T = made
        return result

    async def _on(self, threads: ThreadPoolExecutor, run: Callable[[Callable[[], T]], T], work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(threads, copy_context().run, run, work)

    def _in_turn(self, work: Callable[[], T]) -> T:
        patience = max(0.0, self._turn_since + _PATIENCE - monotonic())  # with the read that runs now
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
        """Wait for the work to end; slow work that has not begun is cancelled."""
        self._short.shutdown()
        self._long.shutdown()
        self._scans.shutdown()
        self._slow.shutdown(cancel_futures=True)


def _tell(outcomes: list[tuple[asyncio.Future[Any], Any, BaseException | None]]) -> None:
    """Give changes that shared a commit their outcomes: one call wakes the event loop for all of them."""
    loop = outcomes[0][0].get_loop()
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(_settle, outcomes)


def _settle(outcomes: list[tuple[asyncio.Future[Any], Any, BaseException | None]]) -> None:
    for waiter, result, failure in outcomes:
        if waiter.done():  # nobody waits any more
            continue
        if failure is None:
            waiter.set_result(result)
        else:
            waiter.set_exception(failure)


def finished(work: T | Steps[T]) -> T:
    """The result of work, after all of its steps."""
    made: Any = work
    while isinstance(made, GeneratorType):
        try:
            next(made)
        except StopIteration as end:
            made = end.value
    result: T = made
    return result


_thread = threading.local()


def _as_short(work: Callable[[], T]) -> T:
    _thread.is_short = True
    return work()


def _as_it_is(work: Callable[[], T]) -> T:
    return work()


def must_be_short() -> bool:
    """Whether this thread is for short work only, as long work would hold up everybody: the thread of a running event
    loop, or one for short reads.
    """
    if getattr(_thread, "is_short", False):
        return True
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
