"""The weeks of a cycle, from Monday to Sunday, and the state of a key result at the end of each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from milepost.domain import history as histories
from milepost.domain import instants, progress
from milepost.domain.account import STALE_DAYS
from milepost.domain.check_in import CheckIn
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.health import Health, health
from milepost.domain.instants import Instant
from milepost.domain.key_result import KeyResult

# At most this many weeks are looked at: the newest of a longer cycle.
MOST = 54
_WEEKS_WITHOUT_START = 13
_WEEK = timedelta(days=7)


class Week(msgspec.Struct, frozen=True):
    """A week that has begun: its Monday, and its last instant, cut at the end of the cycle and at now."""

    monday: date
    ends_at: Instant


class AtEnd(msgspec.Struct, frozen=True):
    """The state of a key result at the end of a week; `attainment` is `None` if it is not scored, or did not exist."""

    health: Health
    attainment: float | None


_NOT_THERE = AtEnd(Health.NONE, None)


def of_cycle(cycle: Cycle, now: Instant) -> list[Week]:
    """The weeks of a cycle that have begun, the last of them perhaps not over; none where it has not begun."""
    zone = instants.zone(cycle.time_zone)
    until = now if cycle.ends_at is None else min(now, cycle.ends_at)
    last = _monday(instants.local_day(until, zone))
    if cycle.starts_at is None:
        count = _WEEKS_WITHOUT_START
    elif until < cycle.starts_at:
        count = 0
    else:
        count = (last - _monday(instants.local_day(cycle.starts_at, zone))) // _WEEK + 1
    mondays = [last - back * _WEEK for back in reversed(range(min(count, MOST)))]
    return [Week(one, min(until, instants.beginning_of(one + _WEEK, zone) - 1)) for one in mondays]


def healths(
    one: KeyResult,
    cycle: Cycle,
    history: Sequence[CheckIn],
    weeks: Sequence[Week],
    now: Instant,
    stale_days: int = STALE_DAYS,
) -> list[AtEnd]:
    """The state of a key result at the end of each week, by the part of its history (ascending) up to then.

    A cycle that is locked or closed today counts as open in past weeks: nobody recorded when that happened.
    """
    then_open = msgspec.structs.replace(cycle, state=CycleState.OPEN)
    dates = [entry.effective_at for entry in history]
    known: dict[int, KeyResult] = {}
    found = []
    for week in weeks:
        said = bisect_right(dates, week.ends_at)
        if not said and one.created_at > week.ends_at:
            found.append(_NOT_THERE)
            continue
        if said not in known:
            known[said] = histories.settled(one, history[said - 1] if said else None, None, said)
        then = known[said]
        around = cycle if week.ends_at == now else then_open
        expected = progress.expected(around, week.ends_at)
        found.append(AtEnd(health(then, around, week.ends_at, expected, stale_days), then.attainment))
    return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
