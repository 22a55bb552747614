"""One piece of work in each turn of the event loop: everybody else is seen to between two of them."""

from __future__ import annotations

import asyncio
from collections import deque

# Pages that begin, in a row, before one that has begun goes on.
_PREFERRED = 8


class Turns:
    """Gives turns in the order in which they are asked for. Work that begins goes before work that goes on, which has
    had a turn before: what is short is not to wait for all steps of what is not. For the thread of one event loop.
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
                if not waiter.cancelled():  # the turn was given already, and is somebody else's now
                    self._give()
                raise
        self._is_taken = True
        loop.call_soon(self._give)

    def _give(self) -> None:
        """Give the next turn to who waits; without anybody, to who comes."""
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
