"""One piece of work in each turn of the event loop, so that other requests are served in between."""

from __future__ import annotations

import asyncio
from collections import deque

# At most this many turns of new work go before one of continued work.
_PREFERRED = 8


class Turns:
    """Gives turns in the order in which they are asked for. New work goes before continued work, so that short work
    does not wait for all steps of long work. For the thread of one event loop.
    """

    def __init__(self) -> None:
        self._is_taken = False
        self._beginning: deque[asyncio.Future[None]] = deque()
        self._going_on: deque[asyncio.Future[None]] = deque()
        self._preferred = 0

    async def mine(self, *, goes_on: bool = False) -> None:
        """Wait for a turn, which lasts until the next `await`."""
        loop = asyncio.get_running_loop()
        if self._is_taken:
            waiter: asyncio.Future[None] = loop.create_future()
            (self._going_on if goes_on else self._beginning).append(waiter)
            try:
                await waiter
            except asyncio.CancelledError:
                if not waiter.cancelled():  # the turn was given to this waiter already: pass it on
                    self._give()
                raise
        self._is_taken = True
        loop.call_soon(self._give)

    def _give(self) -> None:
        """Give the next turn to a waiter; without one, leave it to the next `mine`."""
        if self._going_on and self._preferred >= _PREFERRED:
            order = (self._going_on, self._beginning)
        else:
            order = (self._beginning, self._going_on)
        for waiting in order:
            while waiting:
                waiter = waiting.popleft()
                if not waiter.done():
                    self._preferred = self._preferred + 1 if waiting is self._beginning else 0
                    waiter.set_result(None)
                    return
        self._is_taken = False
