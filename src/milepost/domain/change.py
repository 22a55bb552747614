"""Changes of key results and objectives, and the records that result from them.

A change names the fields to set; fields that are `UNSET` stay. Creation, revision and replacement are all changes: a
front end whose rules fill in missing fields passes a change that names all of them.
"""

from __future__ import annotations

from functools import partial
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from milepost.domain import check_in
from milepost.domain.errors import Fault, Invalid
from milepost.domain.instants import Instant
from milepost.domain.key_result import Format, KeyResult, Kind, Tag
from milepost.domain.objective import Objective
from milepost.domain.values import LIST_LIMIT, document, merged, name, number, text

T = TypeVar("T")


class ConfidenceChange(msgspec.Struct, frozen=True):
    """A confidence to record, with the reason for it, `None` where none was given."""

    value: float
    reason: str | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """The changes that key results and objectives have in common.

    `first_owner_id` counts where `owner_ids` is unset or unchanged: it replaces the first owner ("" removes that one).
    `custom_fields` replaces all of them (`None`: as if never set); `custom_field_edits` merges by key, `None` removes.
    `extra` is merged by key, `UNSET` removes.
    """

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    owner_ids: tuple[str, ...] | UnsetType = UNSET
    first_owner_id: str | UnsetType = UNSET
    tags: tuple[Tag, ...] | UnsetType = UNSET
    custom_fields: dict[str, Any] | None | UnsetType = UNSET
    custom_field_edits: dict[str, Any] | UnsetType = UNSET
    extra: dict[str, Any] = {}


class KeyResultChange(Change, frozen=True, kw_only=True):
    """A change of a key result. `current` and `confidence` are recorded as a check-in where they differ."""

    objective_id: str | UnsetType = UNSET
    parent_id: str | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    start: float | UnsetType = UNSET
    target: float | UnsetType = UNSET
    target_max: float | None | UnsetType = UNSET
    critical: float | None | UnsetType = UNSET
    number_type: str | UnsetType = UNSET
    format: Format | UnsetType = UNSET
    weight: float | UnsetType = UNSET
    due_at: Instant | None | UnsetType = UNSET
    soft_due_at: Instant | None | UnsetType = UNSET
    automated: bool | UnsetType = UNSET
    position: int | UnsetType = UNSET
    current: float | UnsetType = UNSET
    confidence: ConfidenceChange | UnsetType = UNSET


class ObjectiveChange(Change, frozen=True, kw_only=True):
    """A change of an objective, but not of its status, which has actions of its own."""

    cycle_id: str | UnsetType = UNSET
    parent_id: str | UnsetType = UNSET
    is_company: bool | UnsetType = UNSET
    is_personal: bool | UnsetType = UNSET
    counts_children: bool | UnsetType = UNSET
    starts_at: Instant | None | UnsetType = UNSET
    ends_at: Instant | None | UnsetType = UNSET


def chosen(asked: T | UnsetType, standing: T) -> T:
    """The value asked for, or the standing one where the change names none."""
    return standing if isinstance(asked, UnsetType) else asked


def edited(
    standing: dict[str, Any] | None,
    asked: dict[str, Any] | None | UnsetType,
    edits: dict[str, Any] | UnsetType,
) -> dict[str, Any] | None:
    """The custom fields after a change that replaces all of them, or merges by key, where `None` removes."""
    whole = chosen(asked, standing)
    if isinstance(edits, UnsetType):
        return whole
    together = {**(whole or {}), **edits}
    kept = {key: value for key, value in together.items() if value is not None}
    return kept if kept or whole is not None else None


def revised_key_result(standing: KeyResult, change: KeyResultChange) -> KeyResult:
    """The key result after a change; its value, confidence and place are left to the caller.

    `Invalid` names every field that cannot be accepted. A milestone's target is 1, whatever is asked.
    """
    gathered: list[Fault] = []
    new = _common(standing, change, gathered)
    kind = chosen(change.kind, standing.kind)
    new |= {
        "kind": kind,
        "start": _number(change.start, standing.start, "start", gathered),
        "target": 1.0 if kind is Kind.MILESTONE else _number(change.target, standing.target, "target", gathered),
        "target_max": _number(change.target_max, standing.target_max, "target_max", gathered),
        "critical": _number(change.critical, standing.critical, "critical", gathered),
        "weight": _number(change.weight, standing.weight, "weight", gathered),
        "number_type": _try(name, chosen(change.number_type, standing.number_type), "number_type", gathered),
        "format": _try(_format, chosen(change.format, standing.format), "format", gathered),
        "due_at": chosen(change.due_at, standing.due_at),
        "soft_due_at": chosen(change.soft_due_at, standing.soft_due_at),
        "automated": chosen(change.automated, standing.automated),
        "position": chosen(change.position, standing.position),
        "parent_id": chosen(change.parent_id, standing.parent_id),
    }
    if not gathered:
        _check_targets(new, gathered)
    if gathered:
        raise Invalid.of(gathered)
    return msgspec.structs.replace(standing, **new)


def revised_objective(standing: Objective, change: ObjectiveChange) -> Objective:
    """The objective after a change; cycle and parent are left to the caller to check. `Invalid` names what is wrong."""
    gathered: list[Fault] = []
    new = _common(standing, change, gathered)
    new |= {
        "cycle_id": chosen(change.cycle_id, standing.cycle_id),
        "parent_id": chosen(change.parent_id, standing.parent_id),
        "is_company": chosen(change.is_company, standing.is_company),
        "is_personal": chosen(change.is_personal, standing.is_personal),
        "counts_children": chosen(change.counts_children, standing.counts_children),
        "starts_at": chosen(change.starts_at, standing.starts_at),
        "ends_at": chosen(change.ends_at, standing.ends_at),
    }
    if gathered:
        raise Invalid.of(gathered)
    return msgspec.structs.replace(standing, **new)


def _common(standing: KeyResult | Objective, change: Change, gathered: list[Fault]) -> dict[str, Any]:
    return {
        "name": _try(name, chosen(change.name, standing.name), "name", gathered),
        "description": _try(text, chosen(change.description, standing.description), "description", gathered),
        "owner_ids": _try(_owners, _owner_ids(standing.owner_ids, change), "owner_ids", gathered),
        "tags": _try(_tags, chosen(change.tags, standing.tags), "tags", gathered),
        "custom_fields": _try(
            _custom_fields,
            edited(standing.custom_fields, change.custom_fields, change.custom_field_edits),
            "custom_fields",
            gathered,
        ),
        "extra": _try(partial(merged, standing.extra), change.extra, "extra", gathered),
    }


def _try(check: Any, value: Any, field: str, gathered: list[Fault]) -> Any:
    """The checked value; a fault is gathered instead of raised, so that one answer names them all."""
    try:
        return check(value, field)
    except Invalid as error:
        gathered.extend(error.faults)
        return value


def _number(asked: float | None | UnsetType, standing: float | None, field: str, gathered: list[Fault]) -> Any:
    if isinstance(asked, UnsetType):
        return standing
    return None if asked is None else _try(number, asked, field, gathered)


def _owner_ids(standing: tuple[str, ...], change: Change) -> tuple[str, ...]:
    asked = chosen(change.owner_ids, standing)
    if asked != standing or isinstance(change.first_owner_id, UnsetType):
        return asked
    rest = standing[1:]
    if not change.first_owner_id:
        return rest
    return (change.first_owner_id, *(owner for owner in rest if owner != change.first_owner_id))


def _owners(value: tuple[str, ...], field: str) -> tuple[str, ...]:
    if len(value) > LIST_LIMIT:
        raise Invalid(field, f"names more than {LIST_LIMIT} owners")
    return tuple(dict.fromkeys(value))


def _tags(value: tuple[Tag, ...], field: str) -> tuple[Tag, ...]:
    if len(value) > LIST_LIMIT:
        raise Invalid(field, f"holds more than {LIST_LIMIT} tags")
    return tuple(Tag(name(tag.title, field), document(tag.extra, field)) for tag in value)


def _format(value: Format, field: str) -> Format:
    if not 0 <= value.fraction_size <= 100:
        raise Invalid(field, "has a fraction size that is not between 0 and 100")
    return Format(
        value.fraction_size, name(value.prefix, field), name(value.suffix, field), document(value.extra, field)
    )


def _custom_fields(value: dict[str, Any] | None, field: str) -> dict[str, Any] | None:
    return None if value is None else document(value, field)


def _check_targets(new: dict[str, Any], gathered: list[Fault]) -> None:
    if new["weight"] < 0:
        gathered.append(Fault("weight", "must not be negative"))
    if not 0 <= new["position"] <= 1_000_000_000:
        gathered.append(Fault("position", "must be a whole number from 0 to 1,000,000,000"))
    if new["kind"] is Kind.IN_RANGE:
        if new["target_max"] is None:
            gathered.append(Fault("target_max", "is needed for a range: its upper bound"))
        elif new["target_max"] < new["target"]:
            gathered.append(Fault("target_max", "must not lie below the lower bound"))


# The fields that may still change in a locked cycle; all others of a key result or an objective must not.
_FREE_WHEN_LOCKED = frozenset({"name", "description", "owner_ids", "tags", "modified_at", "modified_by"})


def held_by_lock(before: KeyResult | Objective, after: KeyResult | Objective) -> list[Fault]:
    """A fault for every field that a change would alter although a locked cycle holds it."""
    held = [
        field
        for field in before.__struct_fields__
        if field not in _FREE_WHEN_LOCKED and getattr(before, field) != getattr(after, field)
    ]
    if "extra" in held:
        held.remove("extra")
        names = before.extra.keys() | after.extra.keys()
        held += sorted(name for name in names if before.extra.get(name) != after.extra.get(name))
    return [Fault(field, "cannot change: all is locked but the progress") for field in held]


def confidence_of(change: KeyResultChange, standing: KeyResult) -> ConfidenceChange | None:
    """The confidence that a change wants recorded: `None` where it names none or the current one."""
    asked = chosen(change.confidence, None)
    if asked is None:
        return None
    said = standing.confidence
    if said is not None and asked.value == said.value and asked.reason in (None, said.reason):
        return None
    return ConfidenceChange(check_in.confidence(asked.value), text(asked.reason or "", "confidence"))
