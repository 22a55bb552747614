"""An objective: what somebody wants to reach in a cycle, measured by its key results."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from milepost.domain.instants import Instant
from milepost.domain.key_result import Tag


class ObjectiveStatus(StrEnum):
    """active; achieved: key results may still be updated; abandoned: they may not."""

    ACTIVE = "active"
    ACHIEVED = "achieved"
    ABANDONED = "abandoned"


class Closing(msgspec.Struct, frozen=True):
    """The status of an objective, with who set it, when and why: these are empty until somebody sets it."""

    status: ObjectiveStatus = ObjectiveStatus.ACTIVE
    comment: str = ""
    at: Instant | None = None
    by: str = ""


class Objective(msgspec.Struct, frozen=True, gc=False):
    """An objective as stored. `starts_at` and `ends_at` are `None` where the cycle's dates count.

    Derived, by the transaction that changes their sources: `attainment` (of its key results; of its children where no
    key result is scored; of both if it `counts_children`; `None`: nothing scored), `children_attainment` (the mean of
    its direct children), `beneath_attainment` and `beneath_count` (the mean and the number of all scored objectives
    beneath it), and `key_result_count`.
    `is_company`: an aim of the whole company; `is_personal`: one person's own.
    """

    account_id: str
    id: str
    cycle_id: str
    parent_id: str
    name: str
    description: str
    owner_ids: tuple[str, ...]
    tags: tuple[Tag, ...]
    closing: Closing
    starts_at: Instant | None
    ends_at: Instant | None
    custom_fields: dict[str, Any] | None
    extra: dict[str, Any]
    attainment: float | None
    key_result_count: int
    created_at: Instant
    created_by: str
    modified_at: Instant
    modified_by: str
    is_company: bool = False
    is_personal: bool = False
    counts_children: bool = False
    children_attainment: float | None = None
    beneath_attainment: float | None = None
    beneath_count: int = 0

    @property
    def owner_id(self) -> str:
        """The main owner, "" without one."""
        return self.owner_ids[0] if self.owner_ids else ""

    @property
    def score(self) -> float:
        """The attainment as a number: 0 where nothing is scored."""
        return 0.0 if self.attainment is None else self.attainment

    @property
    def children_score(self) -> float:
        """The mean over its direct children; its own score where none of them is scored."""
        return self.score if self.children_attainment is None else self.children_attainment

    @property
    def beneath_score(self) -> float:
        """The mean over all objectives beneath it; its own score where none of them is scored."""
        return self.score if self.beneath_attainment is None else self.beneath_attainment


def blank(account_id: str, objective_id: str, cycle_id: str, *, at: Instant, by: str) -> Objective:
    """An empty objective in a cycle, created by a user at an instant."""
    return Objective(
        account_id=account_id,
        id=objective_id,
        cycle_id=cycle_id,
        parent_id="",
        name="",
        description="",
        owner_ids=(),
        tags=(),
        closing=Closing(),
        starts_at=None,
        ends_at=None,
        custom_fields=None,
        extra={},
        attainment=None,
        key_result_count=0,
        created_at=at,
        created_by=by,
        modified_at=at,
        modified_by=by,
    )
