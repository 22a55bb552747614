"""How values are written on pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from markupsafe import Markup

from milepost.domain import instants
from milepost.domain.cycle import Cycle
from milepost.domain.health import Health
from milepost.domain.instants import Instant
from milepost.domain.key_result import KeyResult

# What stands where there is no value.
NOTHING = "\N{EN DASH}"
# A share of more than this is of a target that was not meant: a hundred million percent.
_FAR = 1e6
_WORDS = {
    Health.ON_TRACK: "on track",
    Health.AT_RISK: "at risk",
    Health.OFF_TRACK: "off track",
    Health.STALE: "stale",
    Health.NONE: "no state yet",
}

# What stands for a state where there is no room for words: told apart without colour, too.
_SIGNS = {
    Health.ON_TRACK: "\N{CHECK MARK}",
    Health.AT_RISK: "!",
    Health.OFF_TRACK: "\N{MULTIPLICATION SIGN}",
    Health.STALE: "?",
    Health.NONE: "\N{MIDDLE DOT}",
}


def value(number: float | None, of: KeyResult) -> str:
    """A value of a key result, as it wants to be printed."""
    if number is None:
        return NOTHING
    suffix = of.format.suffix
    # A word, which forms take without the space before it, stands apart from the number; a sign need not.
    apart = "\u202f" if len(suffix) > 2 and suffix[0].isalpha() else ""
    return f"{of.format.prefix}{figure(number, of.format.fraction_size)}{apart}{suffix}"


def figure(number: float, digits: int = 0) -> str:
    """A number with its thousands apart, and with as many digits behind the point as it needs."""
    if abs(number) >= 1e15 or 0 < abs(number) < 0.005:
        return f"{number:g}"
    needed = digits if number == round(number, digits) else 2
    text = f"{number:,.{max(needed, 0)}f}"
    return (text.rstrip("0").rstrip(".") if "." in text and needed > digits else text).replace(",", "\u202f")


def plain(number: float) -> str:
    """A number as a form takes it."""
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


def percent(share: float | None) -> str:
    """A fraction as a percentage; one far beyond all sense is cut off."""
    return NOTHING if share is None else f"{figure(round(100 * max(-_FAR, min(_FAR, share))))}\u202f%"


def bar(share: float | None) -> float:
    """How much of a bar is filled, from 0 to 100."""
    return 0.0 if share is None else round(min(1.0, max(0.0, share)) * 100, 1)


def health_words(health: Health) -> str:
    """What a state is called."""
    return _WORDS[health]


def health_sign(health: Health) -> str:
    """One character for a state."""
    return _SIGNS[health]


def monday(day: date) -> str:
    """The day by which a week is called, such as 5 Jan."""
    return f"{day.day} {day:%b}"


def day(instant: Instant | None, zone: str = "UTC") -> str:
    """The day that a moment is in a time zone: a cycle's days are the same for everybody who reads of them."""
    return NOTHING if instant is None else _written(instants.local_day(instant, instants.zone(zone)))


def short_day(instant: Instant, zone: str = "UTC") -> str:
    """The same where there is little room."""
    found = instants.local_day(instant, instants.zone(zone))
    return f"{monday(found)} {found.year}"


def days(cycle: Cycle) -> str:
    """From when to when a cycle is, with what both days share said once."""
    if cycle.starts_at is None and cycle.ends_at is None:
        return "without dates"
    if cycle.starts_at is None or cycle.ends_at is None:
        word, only = ("until", cycle.ends_at) if cycle.starts_at is None else ("from", cycle.starts_at)
        return f"{word} {day(only, cycle.time_zone)}"
    zone = instants.zone(cycle.time_zone)
    first, last = instants.local_day(cycle.starts_at, zone), instants.local_day(cycle.ends_at, zone)
    if first == last:
        return _written(first)
    begun = _written(first) if first.year != last.year else f"{first.day} {first:%B}"
    return f"{first.day if (first.year, first.month) == (last.year, last.month) else begun} to {_written(last)}"


def _written(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def form_day(instant: Instant | None, zone: str = "UTC") -> str:
    """The day that a moment is in a time zone, as a form takes it: "" for none."""
    return "" if instant is None else f"{instants.local_day(instant, instants.zone(zone)):%Y-%m-%d}"


def confidence(value: float) -> str:
    """How sure somebody is: as a percentage, unless it was said on the old scale to ten."""
    return percent(value) if value <= 1 else f"{figure(value, 1)} of 10"


def moment(instant: Instant | None) -> Markup | str:
    """A day and a time: in UTC, and in the reader's own time zone where scripts run."""
    if instant is None:
        return NOTHING
    machine = f"{instants.as_datetime(instant):%Y-%m-%dT%H:%M:%SZ}"
    return Markup('<time datetime="{}">{}</time>').format(machine, in_utc(instant))


def in_utc(instant: Instant) -> str:
    """A day and a time in UTC, in words."""
    found = instants.as_datetime(instant)
    return f"{_written(found.date())}, {found:%H:%M} UTC"


FILTERS: dict[str, Callable[..., Any]] = {
    "bar": bar,
    "confidence": confidence,
    "day": day,
    "days": days,
    "figure": figure,
    "health_sign": health_sign,
    "health_words": health_words,
    "moment": moment,
    "monday": monday,
    "percent": percent,
    "plain": plain,
    "short_day": short_day,
    "value": value,
}
