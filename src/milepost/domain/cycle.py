"""A cycle: the span of time that objectives are set for, with a state that says what may still change in it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec

from milepost.domain import instants
from milepost.domain.instants import Instant


class CycleState(StrEnum):
    """open: everything; locked: progress updates only; closed: nothing changes any more."""

    OPEN = "open"
    LOCKED = "locked"
    CLOSED = "closed"


class Cycle(msgspec.Struct, frozen=True):
    """A span of time with a state. Both dates are optional instants, the end inclusive; days count in `time_zone`."""

    account_id: str
    id: str
    name: str
    state: CycleState
    starts_at: Instant | None
    ends_at: Instant | None
    time_zone: str
    created_at: Instant
    created_by: str
    modified_at: Instant
    modified_by: str
    extra: dict[str, Any] = {}
    parent_id: str = ""

    @property
    def days(self) -> tuple[date, int] | None:
        """The first day and the number of days, both ends included; `None` without two dates in order."""
        if self.starts_at is None or self.ends_at is None:
            return None
        return _days(self.starts_at, self.ends_at, self.time_zone)

    def span(self, first: date | None, last: date | None) -> tuple[Instant, Instant]:
        """The first instant of day `first` and the last of day `last` in this cycle's time zone; `None`: unbounded."""
        return instants.span(first, last, instants.zone(self.time_zone))

    def today(self, now: Instant) -> date:
        """The current calendar day in this cycle's time zone."""
        return instants.local_day(now, instants.zone(self.time_zone))


@lru_cache(maxsize=1024)
def _days(starts_at: Instant, ends_at: Instant, time_zone: str) -> tuple[date, int] | None:
    """`Cycle.days`, cached: every key result of a list asks for those of its cycle."""
    if ends_at < starts_at:
        return None
    zone = instants.zone(time_zone)
    first = instants.local_day(starts_at, zone)
    return first, (instants.local_day(ends_at, zone) - first).days + 1
