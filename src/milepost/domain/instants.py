"""Instants: whole microseconds since 1970 in UTC, from the year 1 to the year 9999.

A date that is not set is `None` in the domain. `BEGINNING` is the instant that front ends show in its place and that
orders before every other.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

from milepost.domain.errors import Invalid

Instant: TypeAlias = int

SECOND = 1_000_000
DAY = 86_400 * SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)

BEGINNING: Instant = (datetime.min - _NAIVE_EPOCH) // _MICROSECOND
END: Instant = (datetime.max - _NAIVE_EPOCH) // _MICROSECOND

_RFC_3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))\Z"
)


def parse(text: str, field: str) -> Instant:
    """The instant of an RFC 3339 text, any offset; digits after the microsecond are cut, not rounded.

    `Invalid` naming `field` when the text is not such a date, or lies outside the years 1 to 9999 in UTC.
    """
    instant = read(text)
    if instant is None:
        raise Invalid(field, "is not a date: RFC 3339 was expected, such as 2026-03-31T12:00:00Z")
    return instant


def read(text: str) -> Instant | None:
    """The instant of an RFC 3339 text, or `None` where it is not one."""
    match = _RFC_3339.match(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, off_hour, off_minute = match.groups()
    leap = second == "60"
    try:
        naive = datetime(int(year), int(month), int(day), int(hour), int(minute), 59 if leap else int(second))
    except ValueError:
        return None
    instant = (naive - _NAIVE_EPOCH) // _MICROSECOND + int((fraction or "0")[:6].ljust(6, "0"))
    if leap:
        instant += SECOND
    if sign:
        if int(off_hour) > 23 or int(off_minute) > 59:
            return None
        offset = (int(off_hour) * 60 + int(off_minute)) * 60 * SECOND
        instant += -offset if sign == "+" else offset
    return instant if BEGINNING <= instant <= END else None


def of(moment: datetime) -> Instant:
    """The instant of an aware datetime."""
    return (moment - _EPOCH) // _MICROSECOND


def written(instant: Instant) -> str:
    """RFC 3339 in UTC; the fraction of the second has no trailing zeros."""
    seconds, fraction = divmod(instant, SECOND)
    days, seconds = divmod(seconds, 86_400)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    end = f".{fraction:06}".rstrip("0") if fraction else ""
    return f"{_day(days)}{_PAIRS[hour]}:{_PAIRS[minute]}:{_PAIRS[second]}{end}Z"


# A list shows hundreds of instants on few days: with dates cached, one costs a third of formatting a datetime.
_PAIRS = tuple(f"{number:02}" for number in range(60))


@lru_cache(maxsize=4_096)
def _day(days: int) -> str:
    """The date of a day and the T after it; `days` count from 1970-01-01."""
    return f"{_NAIVE_EPOCH.date() + timedelta(days)}T"


def as_datetime(instant: Instant) -> datetime:
    """The aware datetime, in UTC, of an instant."""
    return _EPOCH + timedelta(microseconds=instant)


def local_day(instant: Instant, zone: tzinfo) -> date:
    """The calendar day of an instant in a time zone."""
    try:
        return as_datetime(instant).astimezone(zone).date()
    except OverflowError:
        return as_datetime(instant).date()


def beginning_of(day: date, zone: tzinfo) -> Instant:
    """The first instant of a calendar day in a time zone, limited to `BEGINNING` and `END`."""
    midnight = datetime(day.year, day.month, day.day)
    offset = midnight.replace(tzinfo=zone).utcoffset() or timedelta()
    return min(END, max(BEGINNING, (midnight - _NAIVE_EPOCH - offset) // _MICROSECOND))


def span(first: date | None, last: date | None, zone: tzinfo) -> tuple[Instant, Instant]:
    """The first instant of day `first` and the last of day `last` in a time zone; `None`: unbounded."""
    until = END if last is None or last == date.max else beginning_of(last + timedelta(days=1), zone) - 1
    return BEGINNING if first is None else beginning_of(first, zone), until


@lru_cache(maxsize=256)
def zone(name: str) -> tzinfo:
    """The time zone of an IANA name; an unknown or empty one counts as UTC."""
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, ValueError, OSError):
        return UTC
