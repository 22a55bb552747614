"""A key result: a number that is to get from a start to a target, and how far it has come."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from milepost.domain.instants import Instant


class Kind(StrEnum):
    """How a value is judged."""

    INCREASE = "increase"
    DECREASE = "decrease"
    STAY_ABOVE = "stay_above"
    STAY_BELOW = "stay_below"
    IN_RANGE = "in_range"
    MILESTONE = "milestone"
    BASELINE = "baseline"


class Tag(msgspec.Struct, frozen=True):
    """A label. `extra` keeps what a client sent beside the title."""

    title: str
    extra: dict[str, Any] = {}


class Format(msgspec.Struct, frozen=True):
    """How a value is to be printed."""

    fraction_size: int = 0
    prefix: str = ""
    suffix: str = ""
    extra: dict[str, Any] = {}


class Confidence(msgspec.Struct, frozen=True):
    """The confidence of the newest check-in that states one; derived from the history."""

    value: float
    at: Instant
    reason: str
    by: str


class KeyResult(msgspec.Struct, frozen=True, gc=False):
    """A key result as stored.

    `current`, `confidence`, `last_check_in_at`, `check_in_count` and `attainment` are derived from the history (and
    from start and targets) by the transaction that changes it. `attainment` is `None` if the kind is not scored.
    `target_max` counts in a range only; `critical` only for the kinds stay_above and stay_below. `owner_ids` may name
    users, teams and the account itself; the first is the main owner. `automated`: fed by another system, so that
    nobody checks in. `parent_id` names the parent key result: the value of a parent is the sum of its children's.
    `child_count` and `task_count` (derived): the number of its children and of its tasks.
    """

    account_id: str
    id: str
    objective_id: str
    cycle_id: str
    name: str
    description: str
    kind: Kind
    start: float
    target: float
    target_max: float | None
    critical: float | None
    number_type: str
    format: Format
    weight: float
    due_at: Instant | None
    soft_due_at: Instant | None
    owner_ids: tuple[str, ...]
    tags: tuple[Tag, ...]
    automated: bool
    position: int
    custom_fields: dict[str, Any] | None
    extra: dict[str, Any]
    current: float
    confidence: Confidence | None
    attainment: float | None
    last_check_in_at: Instant | None
    check_in_count: int
    created_at: Instant
    created_by: str
    modified_at: Instant
    modified_by: str
    parent_id: str = ""
    child_count: int = 0
    task_count: int = 0

    @property
    def owner_id(self) -> str:
        """The main owner, "" without one."""
        return self.owner_ids[0] if self.owner_ids else ""

    @property
    def cascade(self) -> str:
        """How its value is derived: "sum" if it is the sum of its children's values, else ""."""
        return "sum" if self.child_count else ""

    @property
    def is_manual(self) -> bool:
        """Whether its value comes from check-ins by hand, not from another system or its children."""
        return not self.automated and not self.child_count

    @property
    def owner_count(self) -> int:
        return len(self.owner_ids)

    @property
    def score(self) -> float:
        """The attainment as a number: 0 if it is not scored."""
        return 0.0 if self.attainment is None else self.attainment


def blank(
    account_id: str, key_result_id: str, objective_id: str, cycle_id: str, *, position: int, at: Instant, by: str
) -> KeyResult:
    """An empty key result at its place, created by a user at an instant."""
    return KeyResult(
        account_id=account_id,
        id=key_result_id,
        objective_id=objective_id,
        cycle_id=cycle_id,
        name="",
        description="",
        kind=Kind.INCREASE,
        start=0.0,
        target=0.0,
        target_max=None,
        critical=None,
        number_type="double",
        format=Format(),
        weight=1.0,
        due_at=None,
        soft_due_at=None,
        owner_ids=(),
        tags=(),
        automated=False,
        position=position,
        custom_fields=None,
        extra={},
        current=0.0,
        confidence=None,
        attainment=None,
        last_check_in_at=None,
        check_in_count=0,
        created_at=at,
        created_by=by,
        modified_at=at,
        modified_by=by,
    )
