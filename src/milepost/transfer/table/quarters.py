"""The dates of a cycle whose name says them: Q4 2021, 2022-H1, FY 2023."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from milepost.domain import instants
from milepost.domain.instants import Instant

_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")
_PART = re.compile(r"(?<![a-z])([qh])\s*([1-4])(?![0-9])", re.IGNORECASE)


def dates(name: str) -> tuple[Instant, Instant] | None:
    """The first and the last moment, in UTC, of the quarter, half or whole calendar year that a name speaks of; `None`
    where it names no year, or several.
    """
    years, part = set(_YEAR.findall(name)), _PART.search(name)
    if len(years) != 1:
        return None
    months, place = 12, 1
    if part:
        months, place = (3 if part[1].lower() == "q" else 6), int(part[2])
    year, first = int(years.pop()), (place - 1) * months
    if first >= 12:
        return None
    return _beginning(year, first), _beginning(year, first + months) - 1


def _beginning(year: int, month: int) -> Instant:
    """The beginning of a month, counted from 0; 12 is the next year's first."""
    return instants.of(datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC))
