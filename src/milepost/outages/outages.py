"""Tells the operator that the database cannot do its work: once when that begins, at most once a minute while it lasts,
and once when it is over.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import monotonic

from milepost.outages.words import REFUSALS, Refusal, advice
from milepost.store.engine import Trouble, trouble_of

_log = logging.getLogger("milepost")

# In seconds: when it is told again that something lasts, and when it counts as over, since no call has met it.
_AGAIN, _QUIET = 60.0, 10.0


class _Outage:
    """One that lasts."""

    def __init__(self, now: float, advice: str) -> None:
        self.began = self.told = self.last = now
        self.calls = 0
        self.advice = advice

    def met(self, now: float) -> str:
        """Count a call; what they are by now."""
        self.calls += 1
        self.last = now
        return self.count

    @property
    def count(self) -> str:
        """How many calls met it, and in what time."""
        calls = "1 call was" if self.calls == 1 else f"{self.calls:,} calls were"
        return f"{calls} refused within {self.last - self.began:.0f} s"


def _on_the_loop(seconds: float, work: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, work)


class Outages:
    """Those that last, by trouble. For the thread of the event loop alone."""

    def __init__(
        self,
        now: Callable[[], float] = monotonic,
        later: Callable[[float, Callable[[], None]], None] = _on_the_loop,
    ) -> None:
        self._now, self._later = now, later
        self._lasting: dict[Trouble, _Outage] = {}

    def met(self, error: Exception) -> Refusal | None:
        """What the client of a call that ended with this error is told; `None` where it is no fault of the database."""
        trouble = trouble_of(error)
        if trouble is None:
            return None
        now = self._now()
        outage = self._lasting.get(trouble)
        if outage is None:
            outage = self._lasting[trouble] = _Outage(now, advice(error) or "")
            outage.met(now)
            _log.error("%s (%s)", outage.advice, error)
            self._later(_QUIET, lambda: self._look(trouble))
            return REFUSALS[trouble]
        count = outage.met(now)
        if now - outage.told >= _AGAIN:
            outage.told = now
            _log.error("%s (%s); it lasts, %s", outage.advice, error, count)
        return REFUSALS[trouble]

    def close(self) -> None:
        """Tell how many calls have met what lasts still."""
        for outage in self._lasting.values():
            _log.warning("the server ends, and this may last, %s: %s", outage.count, outage.advice)
        self._lasting.clear()

    def _look(self, trouble: Trouble) -> None:
        outage = self._lasting.get(trouble)
        if outage is None:
            return
        quiet = self._now() - outage.last
        if quiet < _QUIET:
            self._later(_QUIET - quiet, lambda: self._look(trouble))
            return
        del self._lasting[trouble]
        _log.warning("no call has met this for %.0f seconds, %s: %s", _QUIET, outage.count, outage.advice)
