"""Key results on the wire: metrics."""

from __future__ import annotations

from datetime import date as day
from functools import lru_cache
from typing import Any, TypedDict, cast

import msgspec
from msgspec import UNSET, UnsetType

from milepost.dialects.gtmhub.tables import KINDS
from milepost.dialects.gtmhub.wire import shared
from milepost.dialects.gtmhub.wire.check_ins import HistoryDto, encode_history
from milepost.dialects.gtmhub.wire.scene import Scene
from milepost.dialects.gtmhub.wire.shared import AssigneeDto, Date, TagTitle, date, number, with_extra
from milepost.dialects.gtmhub.wire.words import HEALTHS, GoalStatus, HealthWord, ProgressStatus, TargetOperator
from milepost.domain import progress
from milepost.domain.health import health
from milepost.domain.key_result import Confidence, Format, Kind
from milepost.domain.views import KeyResultView

OPERATORS = dict(KINDS)

# The lines of longer sessions are made each time: a thousand of ten years would take half a gigabyte.
_REMEMBERED_DAYS = 400


class ConfidenceDto(msgspec.Struct, rename="camel", gc=False):
    """The value always prints with a fraction: a client tells the 0-1 scale from the old 0-10 one by that."""

    value: float
    date: Date
    reason: str
    user_id: str


class GoalStatusDto(msgspec.Struct, gc=False):
    """Whether the goal is active, achieved or abandoned."""

    status: GoalStatus


class FormatDto(TypedDict):
    """How a value is written."""

    fractionSize: int  # as the wire has it
    prefix: str
    suffix: str


class TrendDto(msgspec.Struct, omit_defaults=True, gc=False):
    """A day of the session: the planned value, and for days that have come the one at its end."""

    date: str
    projected: float
    actual: float | UnsetType = UNSET


class MetricDto(msgspec.Struct, rename="camel", gc=False):
    """A key result, in the order of the vendor's own payloads."""

    id: str
    access: Any
    account_id: str
    actual: float
    assignee: AssigneeDto
    assignees: list[AssigneeDto]
    attainment: float
    cascade_type: str
    confidence: ConfidenceDto | UnsetType
    created_by_id: str
    critical: float | None
    custom_fields: dict[str, Any] | UnsetType
    date_created: Date
    description: str
    due_date: Date
    dynamic: bool
    field_name: str
    format: FormatDto
    goal_attainment: float
    goal_closed_status: GoalStatusDto
    goal_description: str
    goal_id: str
    goal_name: str
    goal_owner_id: str
    goal_owner_ids: tuple[str, ...]
    health: HealthWord
    initial_value: float
    insight_name: str
    last_check_in_date: Date
    manual_type: str
    metric_history: list[HistoryDto] | UnsetType
    metric_history_count: int
    modified_at: Date
    modified_by_id: str
    name: str
    number_of_owners: int
    obfuscated: bool
    order_id: int
    owner_id: str
    owner_ids: tuple[str, ...]
    parent_metric_id: str
    progress_status: ProgressStatus
    reminder_schedule: Any
    session_id: str
    settings: Any
    soft_due_date: Date
    tags: list[TagTitle]
    target: float
    target_max: float | UnsetType
    target_operator: TargetOperator
    task_count: int
    trend: list[TrendDto] | UnsetType
    url: str
    weight: float


# What a client may set although nothing is computed from it here, and what is shown until it does.
KEPT: dict[str, Any] = {
    "access": None,
    "fieldName": "",
    "insightName": "",
    "obfuscated": False,
    "reminderSchedule": {"active": False, "day": "", "email": "", "type": ""},
    "settings": [],
}


def encode_metric(view: KeyResultView, scene: Scene, *, history: bool = True, trend: bool = True) -> MetricDto:
    """A key result in its surroundings. `history` and `trend` say whether those two long lists are wanted."""
    one, objective = view.key_result, view.objective
    kept = KEPT | one.extra if one.extra else KEPT
    score, expected = one.score, scene.expected(view.cycle)
    shown = MetricDto(
        one.id,
        kept["access"],
        one.account_id,
        number(one.current),
        scene.assignee(view.owner),
        [scene.assignee(owner) for owner in view.owners],
        number(score),
        one.cascade,
        UNSET if one.confidence is None else _confidence(one.confidence, kept),
        one.created_by,
        None if one.critical is None else number(one.critical),
        UNSET if one.custom_fields is None else scene.fields(one.custom_fields),
        date(one.created_at),
        scene.prose(one.description),
        date(one.due_at),
        one.automated,
        kept["fieldName"],
        _format(one.format),
        number(objective.score),
        GoalStatusDto(objective.closing.status),
        scene.prose(objective.description),
        one.objective_id,
        objective.name,
        objective.owner_id,
        objective.owner_ids,
        HEALTHS[health(one, view.cycle, scene.now, expected, scene.stale_days)],
        number(one.start),
        kept["insightName"],
        date(one.last_check_in_at),
        one.number_type,
        [encode_history(entry, one) for entry in view.check_ins] if history else UNSET,
        one.check_in_count,
        date(one.modified_at),
        one.modified_by,
        one.name,
        len(one.owner_ids),
        kept["obfuscated"],
        one.position,
        one.owner_id,
        one.owner_ids,
        one.parent_id,
        progress.standing(score, expected),
        kept["reminderSchedule"],
        one.cycle_id,
        kept["settings"],
        date(one.soft_due_at),
        shared.tags(one.tags) if one.tags else [],
        number(one.target),
        UNSET if one.target_max is None else number(one.target_max),
        OPERATORS[one.kind],
        one.task_count,
        _trend(view, scene) if trend else UNSET,
        f"{scene.base_url}/#/goals/{one.cycle_id}/all/{one.objective_id}/metrics/metric/{one.id}/",
        number(one.weight),
    )
    return with_extra(shown, one.extra) if one.extra else shown


def _confidence(confidence: Confidence, kept: dict[str, Any]) -> ConfidenceDto:
    shown = ConfidenceDto(confidence.value, date(confidence.at), confidence.reason, confidence.by)
    return with_extra(shown, kept["confidence"]) if "confidence" in kept else shown


def _format(one: Format) -> FormatDto:
    shown: FormatDto = {"fractionSize": one.fraction_size, "prefix": one.prefix, "suffix": one.suffix}
    return cast(FormatDto, {**shown, **one.extra}) if one.extra else shown


def _trend(view: KeyResultView, scene: Scene) -> list[TrendDto]:
    span = view.cycle.days
    if span is None or span[1] > progress.TREND_DAYS:
        return []
    first, days = span
    scene.take_days(days)
    make = _planned if days <= _REMEMBERED_DAYS else _planned.__wrapped__
    planned = make(first.toordinal(), days, view.key_result.start, view.key_result.target)
    line = list(planned)
    for since, until, value in progress.observed(view.cycle, view.check_ins, scene.now):
        shown = number(value)
        for index in range(since, until):
            line[index] = TrendDto(planned[index].date, planned[index].projected, shown)
    return line


@lru_cache(maxsize=512)
def _planned(first: int, days: int, start: float, target: float) -> tuple[TrendDto, ...]:
    """The planned line of a session from its first day on; many key results share one."""
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    line = []
    for offset, value in enumerate(progress.planned(days, start, target)):
        when = day.fromordinal(first + offset)
        line.append(TrendDto(f"{when.day} {names[when.month - 1]} {when.year}", value))
    return tuple(line)


KIND_OF: dict[str, Kind] = {
    **{theirs: Kind(ours) for ours, theirs in KINDS},
    "should_increase": Kind.INCREASE,
    "should_decrease": Kind.DECREASE,
}
