"""Metrics as clients send them: POST, PUT and PATCH bodies to changes of a key result."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.dialects.gtmhub.wire import shared
from milepost.dialects.gtmhub.wire.metrics import KEPT, KIND_OF, ConfidenceDto, MetricDto
from milepost.dialects.gtmhub.wire.words import AskedOperator
from milepost.domain.change import ConfidenceChange, KeyResultChange
from milepost.domain.errors import Invalid
from milepost.domain.key_result import Format, Kind

# The domain's fields under this dialect's names, for errors.
NAMES = {
    "objective_id": "goalId",
    "parent_id": "parentMetricId",
    "cycle_id": "sessionId",
    "kind": "targetOperator",
    "start": "initialValue",
    "current": "actual",
    "value": "actual",
    "target_max": "targetMax",
    "number_type": "manualType",
    "due_at": "dueDate",
    "soft_due_at": "softDueDate",
    "owner_ids": "ownerIds",
    "automated": "dynamic",
    "position": "orderId",
    "custom_fields": "customFields",
    "extra": "",
}

# Fields of our own answers that a client may echo, besides those of `MetricDto`; they are not stored.
_ECHOED = frozenset({"tasks", "snapshot", "health"})
_NULLABLE = frozenset({"critical", "target_max", "due_date", "soft_due_date", "custom_fields"})


class MetricBody(msgspec.Struct, rename="camel"):
    """The attributes of a metric that can be set."""

    name: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    goal_id: str | UnsetType | None = UNSET
    parent_metric_id: str | UnsetType | None = UNSET
    owner_id: str | UnsetType | None = UNSET
    owner_ids: list[str] | UnsetType | None = UNSET
    target_operator: AskedOperator | UnsetType | None = UNSET
    initial_value: float | UnsetType | None = UNSET
    target: float | UnsetType | None = UNSET
    target_max: float | UnsetType | None = UNSET
    critical: float | UnsetType | None = UNSET
    actual: float | UnsetType | None = UNSET
    confidence: dict[str, Any] | float | UnsetType | None = UNSET
    manual_type: str | UnsetType | None = UNSET
    format: dict[str, Any] | UnsetType | None = UNSET
    weight: float | UnsetType | None = UNSET
    due_date: str | UnsetType | None = UNSET
    soft_due_date: str | UnsetType | None = UNSET
    dynamic: bool | UnsetType | None = UNSET
    order_id: float | UnsetType | None = UNSET
    tags: list[dict[str, Any] | str] | UnsetType | None = UNSET
    custom_fields: dict[str, Any] | UnsetType | None = UNSET


def decode_new(raw: dict[str, Any], caller: str, *, placed: bool = False) -> tuple[str, KeyResultChange]:
    """(goal id, new key result): missing attributes have the defaults of POST. `placed`: whether `orderId` counts; for
    clients it is derived.
    """
    given = _given(raw)
    if not placed:
        given.pop("position", None)
    goal_id = given.pop("objective_id", None)
    if goal_id is None:
        raise Invalid("goalId", "is required")
    kind = given.get("kind", Kind.INCREASE)
    defaults: dict[str, Any] = {
        "kind": kind,
        "start": 0.0,
        "target": 0.0 if kind is Kind.BASELINE else 100.0,
    }
    if not given.get("first_owner_id"):
        given.pop("first_owner_id", None)
        defaults["owner_ids"] = (caller,) if caller else ()
    return goal_id, KeyResultChange(**(defaults | given), extra=_extra(raw))


def decode_whole(raw: dict[str, Any]) -> KeyResultChange:
    """PUT: missing attributes get the zero value of their type (Gtmhub), with the contract's exceptions."""
    given = _given(raw)
    for name in ("objective_id", "parent_id", "position"):  # PUT never touches these
        given.pop(name, None)
    if "owner_ids" not in given and given.get("first_owner_id"):
        given["owner_ids"] = (given.pop("first_owner_id"),)
    zero: dict[str, Any] = {
        "name": "",
        "description": "",
        "kind": Kind.INCREASE,
        "start": 0.0,
        "target": 0.0,
        "target_max": None,
        "critical": None,
        "current": 0.0,
        "number_type": "double",
        "format": Format(),
        "weight": 1.0,
        "due_at": None,
        "soft_due_at": None,
        "automated": False,
        "owner_ids": (),
        "tags": (),
        "custom_fields": None,
    }
    return KeyResultChange(**(zero | given), extra=shared.unset_but(raw, KEPT) | _extra(raw))


def decode_part(raw: dict[str, Any]) -> KeyResultChange:
    """PATCH: missing attributes stay; custom fields are merged by key."""
    given = _given(raw)
    if isinstance(given.get("custom_fields"), dict):
        given["custom_field_edits"] = given.pop("custom_fields")
    return KeyResultChange(**given, extra=_extra(raw))


def _extra(raw: dict[str, Any]) -> dict[str, Any]:
    read_only = frozenset(MetricDto.__struct_encode_fields__).difference(KEPT)
    extra = shared.kept(shared.unknown(raw, MetricBody, read_only, _ECHOED), KEPT)
    confidence = raw.get("confidence")
    if isinstance(confidence, dict) and (beside := shared.unknown(confidence, ConfidenceDto)):
        extra["confidence"] = beside
    return extra


def _given(raw: dict[str, Any]) -> dict[str, Any]:
    """The domain's names and values of the given attributes; `Invalid` naming every unreadable one."""
    sent = shared.named(shared.convert(raw, MetricBody), _NULLABLE)
    return shared.read(sent, _READERS)


def _kind(value: str) -> Kind:
    if value not in KIND_OF:
        raise Invalid("targetOperator", f"must be one of {', '.join(KIND_OF)}")
    return KIND_OF[value]


def _order(value: float) -> int:
    if not 0 <= value <= 1_000_000_000 or value != int(value):
        raise Invalid("orderId", "must be a whole number from 0 to 1,000,000,000")
    return int(value)


def _confidence(value: dict[str, Any] | float) -> ConfidenceChange | UnsetType:
    if not isinstance(value, dict):
        return ConfidenceChange(float(value))
    asked, reason = value.get("value"), value.get("reason")
    if reason is not None and not isinstance(reason, str):
        raise Invalid("confidence", "has a reason that is not text")
    if asked is None:
        return UNSET
    if isinstance(asked, bool) or not isinstance(asked, int | float):
        raise Invalid("confidence", "must be a number, or an object whose value is one")
    try:
        return ConfidenceChange(float(asked), reason)
    except OverflowError:
        raise Invalid("confidence", "is too large for a number") from None


class _FormatBody(msgspec.Struct, rename="camel"):
    fraction_size: float | None = 0
    prefix: str | None = ""
    suffix: str | None = ""


def _format(value: dict[str, Any]) -> Format:
    try:
        body = msgspec.convert(value, _FormatBody)
    except msgspec.ValidationError as error:
        raise Invalid("format", f"cannot be read: {error}") from None
    size = body.fraction_size or 0
    if size != int(size):
        raise Invalid("format", "has a fractionSize that is no whole number")
    return Format(int(size), body.prefix or "", body.suffix or "", shared.unknown(value, _FormatBody))


_READERS: dict[str, tuple[str, Any]] = {
    "goal_id": ("objective_id", lambda value: shared.reference(value, "goalId")),
    "parent_metric_id": ("parent_id", lambda value: shared.reference(value, "parentMetricId") if value else ""),
    "owner_id": ("first_owner_id", shared.owner),
    "owner_ids": ("owner_ids", shared.owners),
    "target_operator": ("kind", _kind),
    "initial_value": ("start", None),
    "actual": ("current", None),
    "confidence": ("confidence", _confidence),
    "manual_type": ("number_type", None),
    "format": ("format", _format),
    "due_date": ("due_at", lambda value: shared.read_date(value, "dueDate")),
    "soft_due_date": ("soft_due_at", lambda value: shared.read_date(value, "softDueDate")),
    "dynamic": ("automated", None),
    "order_id": ("position", _order),
    "tags": ("tags", lambda value: shared.read_tags(value, "tags")),
}
