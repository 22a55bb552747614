"""Slows down addresses that send one wrong token or signature after the other.

Every credential is still verified: good and bad callers behind a proxy may share an address, and a good token is never
refused. The length of tokens makes guessing hopeless; slowing it down keeps it cheap for the server.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from milepost.asgi.refused import Refused

# The delay of an answer beyond the limit, in seconds.
_PAUSE = 1.0
# At most this many answers are delayed at once: of one address, and in all.
_WAITING_EACH = 16
_WAITING = 512
# At most this many addresses are remembered; beyond, the one that has not failed for longest is forgotten.
_MOST = 10_000
_MINUTE = 60.0


class _Failing:
    """An address. `level`: its failures, less those forgiven, as of `at`; `waiting`: its answers being delayed."""

    __slots__ = ("at", "level", "waiting")

    def __init__(self, at: float) -> None:
        self.level = 0.0
        self.at = at
        self.waiting = 0


class FailedSignIns:
    """The failed sign-ins of one process. `free`: failures a minute without a delay, 0 for no limit."""

    def __init__(self, free: int, clock: Callable[[], float] = monotonic, pause: float = _PAUSE) -> None:
        self._free = free
        self._clock = clock
        self._pause = pause
        self._known: OrderedDict[str, _Failing] = OrderedDict()
        self._waiting = 0

    async def one_more(self, origin: str) -> None:
        """Count a failure, and delay its answer where the address has too many. `Refused` (429) where too many answers
        are being delayed.
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
        # Failures are forgiven little by little, all of them within two minutes.
        forgiven = (now - failing.at) * self._free / _MINUTE
        failing.level, failing.at = min(max(0.0, failing.level - forgiven) + 1, 2.0 * self._free), now
        self._known[origin] = failing
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return failing
