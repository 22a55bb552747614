"""A key result as a row of a list, with its health, and with whether its reader may check in there."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from milepost.domain import health as healths
from milepost.domain import progress
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.health import Health
from milepost.domain.instants import DAY, Instant
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective, ObjectiveStatus
from milepost.domain.people import Assignee
from milepost.domain.views import KeyResultView
from milepost.web.page import Visitor

# The states, the most urgent first.
URGENCY = (Health.STALE, Health.OFF_TRACK, Health.AT_RISK, Health.ON_TRACK, Health.NONE)


class Row(msgspec.Struct, frozen=True):
    """`silent_days`: days since the last check-in, `None` where none is due. `takes_check_ins`: the reader may check in
    now.
    """

    key_result: KeyResult
    objective: Objective
    cycle: Cycle
    owners: tuple[Assignee, ...]
    health: Health
    expected: float
    silent_days: int | None
    takes_check_ins: bool


def held_by(view: KeyResultView, now: Instant) -> str:
    """The reason why nobody may check in now, "" where somebody may."""
    one, cycle = view.key_result, view.cycle
    if cycle.state is CycleState.CLOSED:
        return f"The cycle {cycle.name} is closed."
    if view.objective.closing.status is ObjectiveStatus.ABANDONED:
        return "Its objective is abandoned."
    if one.child_count:
        return "Its value is the sum of the key results beneath it: check in there."
    if not one.is_manual:
        return "Its value comes from a program: nobody checks in by hand."
    if one.due_at is not None and now > one.due_at:
        return "Its due date has passed: move it to check in again."
    return ""


def row(view: KeyResultView, visitor: Visitor, now: Instant) -> Row:
    """The row of a key result."""
    one, cycle = view.key_result, view.cycle
    since, expected = healths.silent_since(one, cycle, now), progress.expected(cycle, now)
    takes = visitor.may("check-in") and not held_by(view, now)
    return Row(
        one,
        view.objective,
        cycle,
        view.owners,
        healths.health(one, cycle, now, expected, visitor.account.stale_days),
        expected,
        None if since is None else max(0, (now - since) // DAY),
        takes,
    )


def confidence(said: Iterable[float | None]) -> float | None:
    """The mean confidence of several key results, as a fraction; `None` where none has any. Values on the old scale to
    ten are converted.
    """
    fractions = [one if one <= 1 else one / 10 for one in said if one is not None]
    return sum(fractions) / len(fractions) if fractions else None


def by_urgency(rows: Iterable[Row]) -> list[Row]:
    """The stale ones first, those silent for longest before the others; then by state."""
    return sorted(rows, key=lambda one: (URGENCY.index(one.health), -(one.silent_days or 0), one.key_result.name))
