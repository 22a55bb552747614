"""Days and moments as people write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from milepost.domain import instants
from milepost.domain.instants import Instant

# A time behind a day, such as 17:05, 5:05 PM or T17:05:00.
_TIME = re.compile(
    r"(?:T|,? +)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?(?: ?([ap])\.?m\.?)?\Z", re.IGNORECASE
)
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})\Z")
_BY_POINTS = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4}|[0-9]{2})\Z")
# The day or the month comes first, depending on the country.
_EITHER = re.compile(r"([0-9]{1,2})([-/])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})\Z")
_DAY_MONTH = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th)?\.?[ -]+([^\W\d_]{3,10})\.?[ ,-]+([0-9]{4}|[0-9]{2})\Z", re.IGNORECASE
)
_MONTH_DAY = re.compile(r"([^\W\d_]{3,10})\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})\Z", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mer|jeu|ven|sam|dim)[^\W\d_]*\.?,? +", re.IGNORECASE
)
# A longer text is no day.
_LONGEST = 40
# Months in English, German and French; each may be shortened as long as it is unique.
_MONTHS = (
    "january januar jänner janvier", "february februar février fevrier", "march märz maerz mars mrz", "april avril",
    "may mai", "june juni juin", "july juli juillet", "august août aout", "september septembre sept",
    "october oktober octobre", "november novembre", "december dezember décembre decembre",
)  # fmt: skip


class Ambiguous(ValueError):
    """A day that could be another one if the month came first."""


def read(text: str, month_first: bool | None) -> Instant | None:
    """The moment of a text, a bare day at its beginning in UTC; `ValueError` where it says none. `month_first`: how
    3/4/2026 is meant, `None` where that is not known; then `Ambiguous` of what may be either.
    """
    if (whole := instants.read(text)) is not None:
        return whole
    if len(text) > _LONGEST:
        raise ValueError(text)
    time = _TIME.search(text)
    found = day(text[: time.start()] if time else text, month_first)
    since = timedelta() if time is None else _time(time)
    return instants.of(datetime(found.year, found.month, found.day, tzinfo=UTC) + since)


def day(text: str, month_first: bool | None) -> date:
    """The day of a text; as `read`."""
    said = text.strip()
    if match := _YEAR_FIRST.match(said):
        year, mark, month, number = match.groups()
        if mark or len(said) == 8:
            return date(int(year), int(month), int(number))
    if match := _BY_POINTS.match(said):
        return date(_year(match[3]), int(match[2]), int(match[1]))
    if match := _EITHER.match(said):
        one, other, year = int(match[1]), int(match[3]), _year(match[4])
        if month_first is None and one != other and max(one, other) <= len(_MONTHS):
            raise Ambiguous(text)
        is_month_first = other > len(_MONTHS) if month_first is None else month_first
        return date(year, one, other) if is_month_first else date(year, other, one)
    if match := _DAY_MONTH.match(said):
        return date(_year(match[3]), month_of(match[2]), int(match[1]))
    if match := _MONTH_DAY.match(said):
        return date(int(match[3]), month_of(match[1]), int(match[2]))
    if match := _WEEKDAY.match(said):
        return day(said[match.end() :], month_first)
    raise ValueError(text)


def month_of(word: str) -> int:
    """The month of a name, or of its first letters, from three on; `ValueError` where it is none, or several."""
    said = word.casefold()
    found = [number for number, names in enumerate(_MONTHS, 1) if any(one.startswith(said) for one in names.split())]
    if len(said) < 3 or len(found) != 1:
        raise ValueError(word)
    return found[0]


def _year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


def _time(match: re.Match[str]) -> timedelta:
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            raise ValueError(match[0])
        hour = hour % 12 + (12 if match[4].casefold() == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(match[0])
    return timedelta(hours=hour, minutes=minute, seconds=second)
