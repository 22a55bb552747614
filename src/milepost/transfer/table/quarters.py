"""The dates of a cycle whose name says them: Q4 2021, 2022-H1, March 2025, FY 2023, Jan - Mar 2025."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from milepost.domain import instants
from milepost.domain.instants import Instant
from milepost.transfer.table import days

_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}\Z")
_MONTH = re.compile(r"(20[0-9]{2})[-/.]([0-9]{1,2})\Z|([0-9]{1,2})[-/.](20[0-9]{2})\Z")
_ORDINAL = r"(1st|2nd|3rd|4th|first|second|third|fourth|[1-4]\.?)"
# A part of a year: how many months it has, and which it is.
_PARTS = (
    (3, re.compile(rf"\b(?:q|quarter|quartal) *([1-4])\b|\b{_ORDINAL} *(?:q|quarter|quartal)\b")),
    (6, re.compile(rf"\b(?:h|half|hy) *([12])\b|\b{_ORDINAL} *(?:h|half|hy|halbjahr)\b")),
)
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_FISCAL = re.compile(r"\b(?:fy|fiscal)")
_WORD = re.compile(r"[^\W\d_]+")
# Stands between the first and the last day, month or quarter in a name.
_TO = re.compile(r"\s*[-\N{EN DASH}\N{EM DASH}]\s*|\s+(?:to|until|bis)\s+")
# Words for other times, or for parts of a year that begins elsewhere.
_OTHER = re.compile(
    r"week|sprint|month|iteration|spring|summer|autumn|winter|half|halbjahr|quarter|quartal|semester|tertial|trimest|"
    r"third|\b(?:fall|first|second|fourth|hy|kw|cw|[qhtswmp])\b"
)


def dates(name: str) -> tuple[Instant, Instant] | None:
    """The first and the last moment, in UTC, of what a name speaks of: a month, a quarter or a half of the calendar
    year, that year, a day, or from one of these to another. `None` where it names no year, or a time that has no dates
    by itself, such as a week, a sprint or the quarter of a fiscal year.
    """
    found = _span(name.casefold().replace("_", " ").strip())
    return None if found is None else instants.span(*found, instants.zone("UTC"))


def _span(said: str) -> tuple[date, date] | None:
    if (whole := _one(said)) is not None:
        return whole
    for between in _TO.finditer(said):
        begins, ends = said[: between.start()], said[between.end() :]
        year = _YEAR.search(ends)
        if year is not None and not _YEAR.search(begins):
            begins = f"{begins} {year[0]}"
        first, last = _one(begins), _one(ends)
        if first is not None and last is not None and first[0] < last[0]:
            return first[0], last[1]
    return None


def _one(said: str) -> tuple[date, date] | None:
    """The first and the last day of one day, month, quarter, half or year; `None` where a text says something else."""
    said = said.strip()
    try:
        found = days.day(said, None)
    except ValueError:
        pass
    else:
        return found, found
    if match := _MONTH.match(said):
        year, month = (match[1], match[2]) if match[1] else (match[4], match[3])
        return _months(int(year), int(month) - 1, 1)
    years = _YEAR.findall(said)
    if len(years) != 1 or _DAY.match(said):
        return None
    year, rest = int(years[0]), re.sub("fy(?=20)", "fy ", said).replace(years[0], " ")
    for length, part in _PARTS:
        if match := part.search(rest):
            place, rest = match[1] or match[2], part.sub(" ", rest, count=1)
            is_other = _says_more(rest) or _FISCAL.search(rest)
            return None if is_other else _months(year, ((_PLACES.get(place) or int(place[0])) - 1) * length, length)
    if _says_more(rest):
        return None
    months = [month for word in _WORD.findall(rest) if (month := _month(word)) is not None]
    if months:
        return _months(year, months[0] - 1, 1) if len(months) == 1 else None
    return _months(year, 0, 12)


def _month(word: str) -> int | None:
    try:
        return days.month_of(word)
    except ValueError:
        return None


def _says_more(rest: str) -> bool:
    """Whether what stands beside a year, or a part of one, speaks of another time."""
    return re.search("[0-9]", rest) is not None or _OTHER.search(rest) is not None


def _months(year: int, first: int, count: int) -> tuple[date, date] | None:
    """The first and the last day of some months from one on, counted from 0; `None` where the year lacks one."""
    if not 0 <= first <= 12 - count:
        return None
    return date(year, first + 1, 1), date(year, first + count, monthrange(year, first + count)[1])
