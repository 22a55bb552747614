"""How pages write values."""

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

# Stands for a missing value.
NOTHING = "\N{EN DASH}"
# Percentages beyond this come from a mistaken target, and are cut off.
_FAR = 1e6
_WORDS = {
    Health.ON_TRACK: "on track",
    Health.AT_RISK: "at risk",
    Health.OFF_TRACK: "off track",
    Health.STALE: "stale",
    Health.NONE: "no state yet",
}

# A sign for each state where there is no room for words, so that states differ without colours, too.
_SIGNS = {
    Health.ON_TRACK: "\N{CHECK MARK}",
    Health.AT_RISK: "!",
    Health.OFF_TRACK: "\N{MULTIPLICATION SIGN}",
    Health.STALE: "?",
    Health.NONE: "\N{MIDDLE DOT}",
}


def value(number: float | None, of: KeyResult) -> str:
    """A value of a key result in its own format."""
    if number is None:
        return NOTHING
    suffix = of.format.suffix
    # A suffix that is a word stands apart from the number, since forms drop the space before it; a sign need not.
    apart = "\u202f" if len(suffix) > 2 and suffix[0].isalpha() else ""
    return f"{of.format.prefix}{figure(number, of.format.fraction_size)}{apart}{suffix}"


def figure(number: float, digits: int = 0) -> str:
    """A number with separated thousands, and with as many decimals as it needs."""
    if abs(number) >= 1e15 or 0 < abs(number) < 0.005:
        return f"{number:g}"
    needed = digits if number == round(number, digits) else 2
    text = f"{number:,.{max(needed, 0)}f}"
    return (text.rstrip("0").rstrip(".") if "." in text and needed > digits else text).replace(",", "\u202f")


def plain(number: float) -> str:
    """A number in the form that inputs take."""
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


def percent(share: float | None) -> str:
    """A fraction as a percentage, cut off where it is absurd."""
    return NOTHING if share is None else f"{figure(round(100 * max(-_FAR, min(_FAR, share))))}\u202f%"


def bar(share: float | None) -> float:
    """The filled part of a bar, from 0 to 100."""
    return 0.0 if share is None else round(min(1.0, max(0.0, share)) * 100, 1)


def health_words(health: Health) -> str:
    """The words for a state."""
    return _WORDS[health]


def health_sign(health: Health) -> str:
    """The sign of a state."""
    return _SIGNS[health]


def monday(day: date) -> str:
    """The name of a week by its Monday, such as 5 Jan."""
    return f"{day.day} {day:%b}"


def day(instant: Instant | None, zone: str = "UTC") -> str:
    """The day of a moment in a time zone: the days of a cycle are the same for all readers."""
    return NOTHING if instant is None else _written(instants.local_day(instant, instants.zone(zone)))


def short_day(instant: Instant, zone: str = "UTC") -> str:
    """The same in short."""
    found = instants.local_day(instant, instants.zone(zone))
    return f"{monday(found)} {found.year}"


def days(cycle: Cycle) -> str:
    """The first and the last day of a cycle, without repeating what they share."""
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
    """The day of a moment in a time zone for an input, "" for none."""
    return "" if instant is None else f"{instants.local_day(instant, instants.zone(zone)):%Y-%m-%d}"


def confidence(value: float) -> str:
    """A confidence as a percentage; on the old scale to ten as it is."""
    return percent(value) if value <= 1 else f"{figure(value, 1)} of 10"


def moment(instant: Instant | None) -> Markup | str:
    """A day and a time: in UTC, and with scripts in the reader's own time zone."""
    if instant is None:
        return NOTHING
    machine = f"{instants.as_datetime(instant):%Y-%m-%dT%H:%M:%SZ}"
    return Markup('<time datetime="{}">{}</time>').format(machine, in_utc(instant))


def in_utc(instant: Instant) -> str:
    """A day and a time in UTC, as text."""
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
