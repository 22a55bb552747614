"""The quarters around a day, in the company's own time zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from milepost.domain import instants
from milepost.domain.instants import DAY, SECOND, Instant

_MILLISECOND = SECOND // 1_000
_FRIDAY = 4


class Quarter(msgspec.Struct, frozen=True):
    """Three months: the first instant, and the last millisecond."""

    name: str
    starts_at: Instant
    ends_at: Instant

    def at(self, week: int, day: int, hour: float) -> Instant:
        """An hour of a day (0 to 6) of a week (0 to 12), from the quarter's start; at a weekend, of the Friday."""
        moment = self.starts_at + int((week * 7 + day) * DAY + hour * 3_600 * SECOND)
        over = instants.as_datetime(moment).weekday() - _FRIDAY
        return moment - over * DAY if over > 0 else moment


def around(now: Instant, zone: str) -> tuple[Quarter, Quarter, Quarter]:
    """The quarter that is over, the one that runs, and the one to come."""
    today = instants.local_day(now, instants.zone(zone))
    number = today.year * 4 + (today.month - 1) // 3
    return _quarter(number - 1, zone), _quarter(number, zone), _quarter(number + 1, zone)


def _quarter(number: int, zone: str) -> Quarter:
    year, index = divmod(number, 4)
    return Quarter(f"Q{index + 1} {year}", _midnight(number, zone), _midnight(number + 1, zone) - _MILLISECOND)


def _midnight(number: int, zone: str) -> Instant:
    """The first instant of a quarter, quarters being counted from the year 0."""
    year, index = divmod(number, 4)
    return instants.of(datetime(year, index * 3 + 1, 1, tzinfo=ZoneInfo(zone)))
