"""How far a cycle has come, in figures that can stand beside those of another one."""

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
# The newest cycles, from which one is chosen.
_MOST_CYCLES = 500
_STARTS = Field(("starts_at",), FieldType.INSTANT)
# Two cycles are of about the same length where one is at most so much longer than the other.
_ALIKE = 1.5


class Figures(msgspec.Struct, frozen=True):
    """What is to say of a cycle. `progress` is the mean of the objectives that stand beneath none, `expected` the share
    of its days that have come, `pace` how many check-ins it has a week until now; `None` where it has no dates, or has
    not begun.
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
    return cycles.list_(context, Query(orders=(Order(_STARTS, descending=True),), limit=_MOST_CYCLES)).items


def before(cycle: Cycle, others: list[Cycle]) -> Cycle | None:
    """Of some cycles the one that a cycle follows: of about its length, where there is such a one, the last to begin
    before it; `None` where none did.
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
    return longer <= shorter * _ALIKE


def _pace(context: Context, cycle: Cycle, now: Instant) -> float | None:
    """A week that is not over counts as one."""
    if cycle.starts_at is None or cycle.ends_at is None or now < cycle.starts_at:
        return None
    last = min(cycle.ends_at, now)
    found = check_ins.count_in_cycle(context.database, context.account_id, cycle.id, cycle.starts_at, last)
    return found / max(1, -(-(last - cycle.starts_at) // WEEK))
