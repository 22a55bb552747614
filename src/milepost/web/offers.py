"""The changes of a record that a page offers its visitor: only those that the actions would permit."""

from __future__ import annotations

import msgspec

from milepost.actions import access
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.errors import Forbidden
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective, ObjectiveStatus
from milepost.web.page import Visitor


class Offers(msgspec.Struct, frozen=True):
    """`add`: something beneath the record; `edit` and `delete`: the record itself."""

    add: bool
    edit: bool
    delete: bool


def of_cycle(visitor: Visitor, cycle: Cycle) -> Offers:
    """The offers for a cycle: cycles are changed by admins, whatever their state."""
    admin = visitor.may("administer")
    return Offers(visitor.may("contribute") and cycle.state is CycleState.OPEN, admin, admin)


def of_objective(visitor: Visitor, one: Objective, cycle: Cycle) -> Offers:
    """The offers for an objective."""
    may, is_open = visitor.may("contribute"), cycle.state is CycleState.OPEN
    return Offers(
        may and is_open and one.closing.status is not ObjectiveStatus.ABANDONED,
        may and cycle.state is not CycleState.CLOSED,
        is_open and _may_remove(visitor, one),
    )


def of_key_result(visitor: Visitor, one: KeyResult, objective: Objective, cycle: Cycle) -> Offers:
    """The offers for a key result."""
    stands = objective.closing.status is not ObjectiveStatus.ABANDONED
    return Offers(
        False,
        visitor.may("contribute") and cycle.state is not CycleState.CLOSED and stands,
        cycle.state is CycleState.OPEN and stands and _may_remove(visitor, one),
    )


def _may_remove(visitor: Visitor, record: Objective | KeyResult) -> bool:
    try:
        access.require_removal(visitor.context, record)
    except Forbidden:
        return False
    return True
