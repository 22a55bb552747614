"""Progress: attainment of key results and objectives, what is expected by a day, and the line from start to target.

Attainment is a fraction and is not clamped: 1.25 is 125 %. Every result is finite; a value that would overflow a double
is the largest double.
"""

from __future__ import annotations

import math
import sys
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from milepost.domain import instants
from milepost.domain.check_in import CheckIn
from milepost.domain.cycle import Cycle
from milepost.domain.instants import Instant
from milepost.domain.key_result import KeyResult, Kind

_MOST = sys.float_info.max

# A longer cycle has no day-by-day line: ten years and a few days.
TREND_DAYS = 3_660


class Standing(StrEnum):
    """How an attainment compares with the one expected by today."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


def attainment(
    kind: Kind, value: float, start: float, target: float, target_max: float | None, critical: float | None
) -> float | None:
    """How far a value has come, as a fraction; `None` for a baseline, which is not scored.

    Gtmhub: increase and decrease are (actual - initial) / (target - initial); staying above or below is strict.
    """
    match kind:
        case Kind.INCREASE:
            return _share(value, start, target) if target != start else float(value >= target)
        case Kind.DECREASE:
            return _share(value, start, target) if target != start else float(value <= target)
        case Kind.STAY_ABOVE:
            if critical is not None and critical < target:
                return min(1.0, max(0.0, _share(value, critical, target)))
            return float(value > target)
        case Kind.STAY_BELOW:
            if critical is not None and critical > target:
                return min(1.0, max(0.0, _share(value, critical, target)))
            return float(value < target)
        case Kind.IN_RANGE:
            return float(target <= value <= (target if target_max is None else target_max))
        case Kind.MILESTONE:
            return 1.0 if value >= 1.0 else value
        case Kind.BASELINE:
            return None


def of_value(key_result: KeyResult, value: float) -> float | None:
    """The attainment that a key result would have at a value."""
    one = key_result
    return attainment(one.kind, value, one.start, one.target, one.target_max, one.critical)


def mean(parts: Iterable[tuple[float, float]]) -> float | None:
    """The mean of (attainment, weight) pairs, in whatever order; `None` where nothing weighs anything."""
    pairs = [(value, weight) for value, weight in parts if weight > 0]
    if not pairs:
        return None
    heaviest = max(weight for _, weight in pairs)
    whole = math.fsum(weight / heaviest for _, weight in pairs)
    return total(value * (weight / heaviest / whole) for value, weight in pairs)


def total(values: Iterable[float]) -> float:
    """The sum of values."""
    listed = list(values)
    try:
        return _finite(math.fsum(listed))
    except OverflowError:  # of a partial sum, or of the sum
        return _finite(sum(value / 2**10 for value in listed) * 2**10)


def expected(cycle: Cycle, now: Instant) -> float:
    """The share of the cycle's days that have come, today included: 0 before it and without dates, 1 after it."""
    if cycle.days is None:
        return 0.0
    return max(0, _passed(cycle, *cycle.days, now)) / cycle.days[1]


def _passed(cycle: Cycle, first: date, days: int, now: Instant) -> int:
    """How many of a cycle's days have come, today included."""
    if days > TREND_DAYS:  # too many to cache the first instant of each
        return min(days, (cycle.today(now) - first).days + 1)
    return min(days, bisect_right(_beginnings(first, days, cycle.time_zone), now))


def standing(attained: float, expectation: float) -> Standing:
    """good at or above what is expected, warning from 70 % of it, else bad."""
    if attained >= expectation:
        return Standing.GOOD
    return Standing.WARNING if attained >= 0.7 * expectation else Standing.BAD


def planned(days: int, start: float, target: float) -> tuple[float, ...]:
    """The value planned for the end of each day, by repeated addition of one step, as the original service did."""
    step = _finite((target - start) / days) if math.isfinite(target - start) else _finite(target / days - start / days)
    line = []
    value = start
    for _ in range(days):
        value = _finite(value + step)
        line.append(value)
    return tuple(line)


def observed(cycle: Cycle, history: Sequence[CheckIn], now: Instant) -> list[tuple[int, int, float]]:
    """The values at the end of each day of the cycle up to today: (first day, day after the last, value) for each
    value that was current at the end of a day. Days count from 0; there is no value before the first check-in.

    `history` ascends by effective date. Empty where the cycle has no dates, or the history no check-in.
    """
    if cycle.days is None or not history:
        return []
    first, days = cycle.days
    passed = _passed(cycle, first, days, now)
    begins = _beginnings(first, days, cycle.time_zone)
    told = [max(0, bisect_right(begins, entry.effective_at) - 1) for entry in history]
    untils = [*told[1:], passed]
    return [
        (day, min(until, passed), entry.value)
        for day, until, entry in zip(told, untils, history, strict=True)
        if day < min(until, passed)
    ]


@lru_cache(maxsize=256)
def _beginnings(first: date, days: int, time_zone: str) -> tuple[Instant, ...]:
    """The first instant of each day of a cycle, and of the day after the last, if the calendar has one."""
    zone, known = instants.zone(time_zone), date.max.toordinal() - first.toordinal()
    return tuple(
        [instants.beginning_of(first + timedelta(days=offset), zone) for offset in range(min(days, known) + 1)]
    )


def _share(value: float, start: float, target: float) -> float:
    """(value - start) / (target - start), also where a difference would overflow; the target is not the start."""
    over, whole = value - start, target - start
    if not (math.isfinite(over) and math.isfinite(whole)):
        over, whole = value / 4 - start / 4, target / 4 - start / 4
    return _finite(over / whole)


def _finite(value: float) -> float:
    return value if -_MOST <= value <= _MOST else min(_MOST, max(-_MOST, value))
