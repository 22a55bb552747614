"""Objectives on the wire: goals."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.dialects.gtmhub.wire import shared
from milepost.dialects.gtmhub.wire.metrics import MetricDto, encode_metric
from milepost.dialects.gtmhub.wire.scene import Scene
from milepost.dialects.gtmhub.wire.shared import AssigneeDto, Date, TagTitle, date, number, with_extra
from milepost.dialects.gtmhub.wire.words import GoalStatus
from milepost.domain.change import ObjectiveChange
from milepost.domain.errors import Invalid
from milepost.domain.objective import ObjectiveStatus
from milepost.domain.views import ObjectiveView

# The domain's fields under this dialect's names, for errors.
NAMES = {
    "cycle_id": "sessionId",
    "parent_id": "parentId",
    "counts_children": "attainmentType",
    "owner_ids": "ownerIds",
    "starts_at": "dateFrom",
    "ends_at": "dateTo",
    "custom_fields": "customFields",
    "objective_id": "id",
    "extra": "",
}


class ClosedStatusDto(msgspec.Struct, rename="camel", gc=False):
    """Whether the goal is active, achieved or abandoned; who said so, when, and why."""

    status: GoalStatus
    comment: str
    date: Date
    user_id: str


class GoalDto(msgspec.Struct, rename="camel", gc=False):
    """An objective. `metrics` is left out where nobody asked for it, never null."""

    id: str
    account_id: str
    aggregated_attainment: float
    assignee: AssigneeDto
    assignees: list[AssigneeDto]
    attainment: float
    closed_status: ClosedStatusDto
    created_by_id: str
    custom_fields: dict[str, Any] | UnsetType
    date_created: Date
    date_from: Date
    date_to: Date
    description: str
    full_aggregated_attainment: float
    metrics: list[MetricDto] | UnsetType
    metrics_count: int
    modified_at: Date
    modified_by_id: str
    name: str
    owner_id: str
    owner_ids: tuple[str, ...]
    parent_id: str
    session_id: str
    tags: list[TagTitle]
    url: str


class GoalBody(msgspec.Struct, rename="camel"):
    """The attributes of a goal that can be set."""

    name: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    session_id: str | UnsetType | None = UNSET
    parent_id: str | UnsetType | None = UNSET
    owner_id: str | UnsetType | None = UNSET
    owner_ids: list[str] | UnsetType | None = UNSET
    date_from: str | UnsetType | None = UNSET
    date_to: str | UnsetType | None = UNSET
    tags: list[dict[str, Any] | str] | UnsetType | None = UNSET
    custom_fields: dict[str, Any] | UnsetType | None = UNSET


class GoalStatusBody(msgspec.Struct, rename="camel"):
    """What PUT /goals/{id}/status takes."""

    status: GoalStatus | UnsetType | None = UNSET
    comment: str | UnsetType | None = UNSET


_NULLABLE = frozenset({"date_from", "date_to", "custom_fields"})


def encode_goal(view: ObjectiveView, scene: Scene, *, history: bool = True, trend: bool = True) -> GoalDto:
    """An objective in its surroundings, with its metrics where the view has them."""
    one, closing = view.objective, view.objective.closing
    metrics = view.key_results
    shown = GoalDto(
        one.id,
        one.account_id,
        number(one.children_score),
        scene.assignee(view.owner),
        [scene.assignee(owner) for owner in view.owners],
        number(one.score),
        with_extra(
            ClosedStatusDto(closing.status, closing.comment, date(closing.at), closing.by),
            one.extra.get("closedStatus", {}),
        ),
        one.created_by,
        UNSET if one.custom_fields is None else scene.fields(one.custom_fields),
        date(one.created_at),
        date(view.starts_at),
        date(view.ends_at),
        scene.prose(one.description),
        number(one.beneath_score),
        UNSET if metrics is None else [encode_metric(each, scene, history=history, trend=trend) for each in metrics],
        one.key_result_count,
        date(one.modified_at),
        one.modified_by,
        one.name,
        one.owner_id,
        one.owner_ids,
        one.parent_id,
        one.cycle_id,
        shared.tags(one.tags),
        f"{scene.base_url}/#/goals/{one.cycle_id}/all/{one.id}/metrics/",
    )
    return with_extra(shown, one.extra)


def decode_new(raw: dict[str, Any], caller: str) -> tuple[str, ObjectiveChange]:
    """(session id, the whole of a new objective)."""
    given = _given(raw)
    session_id = given.pop("cycle_id", None)
    if session_id is None:
        raise Invalid("sessionId", "is required")
    if not given.get("first_owner_id"):
        given.pop("first_owner_id", None)
        given.setdefault("owner_ids", (caller,) if caller else ())
    return session_id, ObjectiveChange(**given, extra=_extra(raw))


def decode_whole(raw: dict[str, Any]) -> ObjectiveChange:
    """PUT: what is left out is set to the zero value of its type; the session stays, as a metric's goal does."""
    given = _given(raw)
    given.pop("cycle_id", None)
    if "owner_ids" not in given and given.get("first_owner_id"):
        given["owner_ids"] = (given.pop("first_owner_id"),)
    zero: dict[str, Any] = {
        "name": "",
        "description": "",
        "parent_id": "",
        "owner_ids": (),
        "starts_at": None,
        "ends_at": None,
        "tags": (),
        "custom_fields": None,
    }
    return ObjectiveChange(**(zero | given), extra=_extra(raw))


def decode_part(raw: dict[str, Any]) -> ObjectiveChange:
    """PATCH: what is left out stays; custom fields are merged by key."""
    given = _given(raw)
    if isinstance(given.get("custom_fields"), dict):
        given["custom_field_edits"] = given.pop("custom_fields")
    return ObjectiveChange(**given, extra=_extra(raw))


def decode_status(raw: dict[str, Any]) -> tuple[ObjectiveStatus, str, dict[str, Any]]:
    """(status, comment, unknown fields to keep) of a goal status."""
    given = shared.named(shared.convert(raw, GoalStatusBody))
    try:
        status = ObjectiveStatus(given.get("status", ""))
    except ValueError:
        raise Invalid("status", "must be one of active, achieved, abandoned") from None
    beside = shared.unknown(raw, GoalStatusBody, ClosedStatusDto)
    return status, given.get("comment", ""), {"closedStatus": beside or UNSET}


def _extra(raw: dict[str, Any]) -> dict[str, Any]:
    return shared.unknown(raw, GoalBody, GoalDto)


def _given(raw: dict[str, Any]) -> dict[str, Any]:
    sent = shared.named(shared.convert(raw, GoalBody), _NULLABLE)
    given = shared.read(sent, _READERS)
    if "attainmentType" in raw:  # whose other words are unknown, so that it is kept as it is sent, too
        word = raw["attainmentType"]
        if word is not None and not isinstance(word, str):
            raise Invalid("attainmentType", "must be text")
        given["counts_children"] = word is not None and word.strip().lower() == "all"
    return given


_READERS: dict[str, tuple[str, Any]] = {
    "session_id": ("cycle_id", lambda value: shared.reference(value, "sessionId")),
    "parent_id": ("parent_id", lambda value: shared.reference(value, "parentId") if value else ""),
    "owner_id": ("first_owner_id", shared.owner),
    "owner_ids": ("owner_ids", shared.owners),
    "date_from": ("starts_at", lambda value: shared.read_date(value, "dateFrom")),
    "date_to": ("ends_at", lambda value: shared.read_date(value, "dateTo")),
    "tags": ("tags", lambda value: shared.read_tags(value, "tags")),
}
