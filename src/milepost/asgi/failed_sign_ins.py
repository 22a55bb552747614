"""Slows down who presents one wrong token or signature after the other, by the address that he calls from.

Every one is verified all the same: behind a proxy the good and the bad may have one address, and who has a good token
is never refused. What keeps guessing hopeless is the length of tokens; this keeps it from costing much.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from milepost.asgi.refused import Refused

# Past the bound an answer takes so long, in seconds, and so many wait at once, of one address and in all.
_PAUSE = 1.0
_WAITING_EACH = 16
_WAITING = 512
# At most this many addresses are remembered; the one that failed least recently is forgotten first.
_MOST = 10_000
_MINUTE = 60.0


class _Failing:
    """An address: how many failures count against it, as of when, and how many of its calls wait."""

    __slots__ = ("at", "level", "waiting")

    def __init__(self, at: float) -> None:
        self.level = 0.0
        self.at = at
        self.waiting = 0


class FailedSignIns:
    """Those of one process. `free`: so many a minute cost nothing, 0 for any number of them."""

    def __init__(self, free: int, clock: Callable[[], float] = monotonic, pause: float = _PAUSE) -> None:
        self._free = free
        self._clock = clock
        self._pause = pause
        self._known: OrderedDict[str, _Failing] = OrderedDict()
        self._waiting = 0

    async def one_more(self, origin: str) -> None:
        """Count one, and keep its answer waiting where there have been too many; `Refused` (429)
        where even that is too much.
        """
        if not self._free:
            return
        failing = self._counted(origin)
        if failing.level <= self._free:
            return
        if failing.waiting >= _WAITING_EACH or self._waiting >= _WAITING:
            words = "too many wrong tokens or signatures came from this address: try again later"
            raise Refused(429, words, ((b"retry-after", b"60"),))
        failing.waiting += 1
        self._waiting += 1
        try:
            await asyncio.sleep(self._pause)
        finally:
            failing.waiting -= 1
            self._waiting -= 1

    def _counted(self, origin: str) -> _Failing:
        now = self._clock()
        failing = self._known.pop(origin, None) or _Failing(now)
        # It is forgiven little by little, and within two minutes whatever it was.
        forgiven = (now - failing.at) * self._free / _MINUTE
        failing.level, failing.at = min(max(0.0, failing.level - forgiven) + 1, 2.0 * self._free), now
        self._known[origin] = failing
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return failing
