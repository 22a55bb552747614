"""Figures of a cycle's progress, to compare with those of another cycle."""

from __future__ import annotations

from collections import Counter

import msgspec

from milepost.actions import access, cycles
from milepost.actions.context import Context
from milepost.domain import health as healths
from milepost.domain import progress
from milepost.domain.cycle import Cycle
from milepost.domain.health import Health
from milepost.domain.instants import DAY, Instant
from milepost.domain.objective import Objective
from milepost.domain.people import Capability
from milepost.domain.query import Field, FieldType, Order, Query
from milepost.store import check_ins, key_results, objectives

WEEK = 7 * DAY
_CHOICES_LIMIT = 500
_STARTS = Field(("starts_at",), FieldType.INSTANT)
# Two cycles are of about the same length where the longer one has at most this many times the days of the other.
_LENGTH_RATIO = 1.5


class Figures(msgspec.Struct, frozen=True):
    """The figures of a cycle. `progress`: the mean of its objectives without a parent; `expected`: the share of its
    days until today; `pace`: its check-ins a week until now, `None` where it has no dates, or has not begun.
    """

    cycle: Cycle
    objectives: list[Objective]
    key_results: int
    progress: float | None
    expected: float
    states: dict[Health, int]
    pace: float | None


def figures(context: Context, cycle_id: str) -> Figures:
    """The figures of a cycle; `NotFound` where the account holds none of this id."""
    access.require(context, Capability.READ)
    database, account_id, now = context.database, context.account_id, context.clock()
    with database.reading():
        cycle = cycles.get(context, cycle_id)
        aims = objectives.of_cycle(database, account_id, cycle_id)
        scored = key_results.scored(database, account_id, cycle_id)
        pace = _pace(context, cycle, now)
    expected, stale_days = progress.expected(cycle, now), context.actor.stale_days
    states = Counter(healths.health(one, cycle, now, expected, stale_days) for one in scored)
    return Figures(
        cycle,
        aims,
        len(scored),
        progress.mean((one.attainment or 0.0, 1.0) for one in aims if not one.parent_id),
        expected,
        {state: states[state] for state in Health},
        pace,
    )


def choices(context: Context) -> list[Cycle]:
    """The cycles that another can be compared with, the newest first."""
    return cycles.list_(context, Query(orders=(Order(_STARTS, descending=True),), limit=_CHOICES_LIMIT)).items


def before(cycle: Cycle, others: list[Cycle]) -> Cycle | None:
    """The predecessor of a cycle among `others`: the last to begin before it, preferably of about the same length;
    `None` where none began before it.
    """
    earlier = [one for one in others if one.id != cycle.id and _began(one) < _began(cycle)]
    alike = [one for one in earlier if _is_alike(one, cycle)]
    return max(alike or earlier, key=_began, default=None)


def _began(cycle: Cycle) -> int:
    return cycle.created_at if cycle.starts_at is None else cycle.starts_at


def _is_alike(one: Cycle, other: Cycle) -> bool:
    if one.days is None or other.days is None:
        return False
    shorter, longer = sorted((one.days[1], other.days[1]))
    return longer <= shorter * _LENGTH_RATIO


def _pace(context: Context, cycle: Cycle, now: Instant) -> float | None:
    """The check-ins a week until now; a week that is not over counts as a whole one."""
    if cycle.starts_at is None or cycle.ends_at is None or now < cycle.starts_at:
        return None
    last = min(cycle.ends_at, now)
    found = check_ins.count_in_cycle(context.database, context.account_id, cycle.id, cycle.starts_at, last)
    return found / max(1, -(-(last - cycle.starts_at) // WEEK))
