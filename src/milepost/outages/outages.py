"""Logs outages of the database for the operator: once when one begins, at most once a minute while it lasts, and once
when it is over.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import monotonic

from milepost.outages.words import REFUSALS, Refusal, advice
from milepost.store.engine import Trouble, trouble_of

_log = logging.getLogger("milepost")

# In seconds: how often an outage is logged while it lasts, and after how long without a failed call it is over.
_AGAIN, _QUIET = 60.0, 10.0


class _Outage:
    """An outage that lasts."""

    def __init__(self, now: float, advice: str) -> None:
        self.began = self.told = self.last = now
        self.calls = 0
        self.advice = advice

    def met(self, now: float) -> str:
        """Add a call; the `count` with it comes back."""
        self.calls += 1
        self.last = now
        return self.count

    @property
    def count(self) -> str:
        """The number of calls refused so far, and within what time, in words."""
        calls = "1 call was" if self.calls == 1 else f"{self.calls:,} calls were"
        return f"{calls} refused within {self.last - self.began:.0f} s"


def _on_the_loop(seconds: float, work: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, work)


class Outages:
    """The outages that last, by trouble. For the thread of the event loop alone."""

    def __init__(
        self,
        now: Callable[[], float] = monotonic,
        later: Callable[[float, Callable[[], None]], None] = _on_the_loop,
    ) -> None:
        self._now, self._later = now, later
        self._lasting: dict[Trouble, _Outage] = {}

    def met(self, error: Exception) -> Refusal | None:
        """The refusal of a call that ended with this error; `None` where the database is not at fault."""
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
        """Log the outages that still last, with the number of calls that each has refused."""
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
