"""Tasks on the wire."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.dialects.gtmhub.tables import PARENT_TYPES, TASK_STATUSES
from milepost.dialects.gtmhub.wire import shared, words
from milepost.dialects.gtmhub.wire.scene import Scene
from milepost.dialects.gtmhub.wire.shared import AssigneeDto, Date, date, number, with_extra
from milepost.domain.errors import Invalid
from milepost.domain.task import ParentKind, StatusChange, TaskChange, TaskStatus
from milepost.domain.views import TaskView

# The domain's fields under this dialect's names, for errors.
NAMES = {
    "parent_id": "parentId",
    "parent_kind": "parentType",
    "owner_ids": "ownerId",
    "due_at": "dueDate",
    "custom_fields": "customFields",
    "cycle_id": "parentId",
    "objective_id": "parentId",
    "extra": "",
}


class StatusChangeDto(msgspec.Struct, rename="camel", gc=False):
    """An entry of `snapshots`, the oldest first; the first says with which status the task was made."""

    id: str
    modified_at: Date
    modified_by: str
    new_status: words.TaskStatus
    old_status: words.FormerStatus


class TaskDto(msgspec.Struct, rename="camel", gc=False):
    """A task. It shows no `modifiedAt`: connectall's adapter takes that from the last of the snapshots, and would see
    two of them.
    """

    id: str
    account_id: str
    archived: bool
    assignee: AssigneeDto
    created_by_id: str
    custom_fields: dict[str, Any] | UnsetType
    date_created: Date
    description: str
    due_date: Date | UnsetType
    external_id: str
    external_system: str
    metadata: Any
    modified_by_id: str
    name: str
    owner_id: str
    parent_id: str
    parent_name: str
    parent_type: words.ParentType
    priority: float
    snapshots: list[StatusChangeDto]
    status: words.TaskStatus
    task_type: str


class TaskBody(msgspec.Struct, rename="camel"):
    """The attributes of a task that mean something here; the rest is kept as it comes."""

    name: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    status: words.TaskStatus | UnsetType | None = UNSET
    priority: float | UnsetType | None = UNSET
    parent_id: str | UnsetType | None = UNSET
    parent_type: words.ParentType | UnsetType | None = UNSET
    owner_id: str | UnsetType | None = UNSET
    due_date: str | UnsetType | None = UNSET
    custom_fields: dict[str, Any] | UnsetType | None = UNSET


# What a client may set although nothing is computed from it here, and what is shown until it does.
KEPT: dict[str, Any] = {"archived": False, "externalId": "", "externalSystem": "", "metadata": None, "taskType": ""}
# Shown nowhere, but known: a client that keeps what it read must not make it an attribute of its own.
_ECHOED = frozenset({"modifiedAt"})
_NULLABLE = frozenset({"due_date", "custom_fields"})
_STATUSES = {theirs: TaskStatus(ours) for ours, theirs in TASK_STATUSES if ours}
_STATUS_WORDS = dict(TASK_STATUSES)
_PARENTS = {theirs: ParentKind(ours) for ours, theirs in PARENT_TYPES}
_PARENT_WORDS = dict(PARENT_TYPES)


def encode_task(view: TaskView, scene: Scene) -> TaskDto:
    """A task in its surroundings."""
    one, kept = view.task, KEPT | view.task.extra
    shown = TaskDto(
        one.id,
        one.account_id,
        kept["archived"],
        scene.assignee(view.owner),
        one.created_by,
        UNSET if one.custom_fields is None else scene.fields(one.custom_fields),
        date(one.created_at),
        scene.prose(one.description),
        UNSET if one.due_at is None else date(one.due_at),
        kept["externalId"],
        kept["externalSystem"],
        kept["metadata"],
        one.modified_by,
        one.name,
        one.owner_id,
        one.parent_id,
        view.parent_name,
        _PARENT_WORDS[one.parent_kind],
        number(one.priority),
        [_encode_change(change) for change in view.changes],
        _STATUS_WORDS[one.status],
        kept["taskType"],
    )
    return with_extra(shown, one.extra)


def _encode_change(change: StatusChange) -> StatusChangeDto:
    return StatusChangeDto(
        change.id, date(change.at), change.by, _STATUS_WORDS[change.after], _STATUS_WORDS[change.before]
    )


def decode_new(raw: dict[str, Any], caller: str) -> TaskChange:
    """POST: where no owner is named it is the caller's; "" names none."""
    given = _given(raw)
    given.setdefault("owner_id", caller)
    return TaskChange(**given, extra=_extra(raw))


def decode_whole(raw: dict[str, Any]) -> TaskChange:
    """PUT: what is left out is set to the zero value of its type, the status to `todo`."""
    zero: dict[str, Any] = {
        "name": "",
        "description": "",
        "status": TaskStatus.TODO,
        "priority": 0.0,
        "parent_id": "",
        "owner_id": "",
        "due_at": None,
        "custom_fields": None,
    }
    return TaskChange(**(zero | _given(raw)), extra=shared.unset_but(raw, KEPT) | _extra(raw))


def decode_part(raw: dict[str, Any]) -> TaskChange:
    """PATCH: what is left out stays; custom fields are merged by key."""
    given = _given(raw)
    if isinstance(given.get("custom_fields"), dict):
        given["custom_field_edits"] = given.pop("custom_fields")
    return TaskChange(**given, extra=_extra(raw))


def status(value: str, field: str = "status") -> TaskStatus:
    """The status of a word; `Invalid` naming the field where it is none."""
    if value not in _STATUSES:
        raise Invalid(field, f"must be one of {', '.join(_STATUSES)}")
    return _STATUSES[value]


def _parent_type(value: str) -> ParentKind:
    if value not in _PARENTS:
        raise Invalid("parentType", "must be goal or metric")
    return _PARENTS[value]


def _extra(raw: dict[str, Any]) -> dict[str, Any]:
    read_only = frozenset(TaskDto.__struct_encode_fields__).difference(KEPT)
    return shared.kept(shared.unknown(raw, TaskBody, read_only, _ECHOED), KEPT)


def _given(raw: dict[str, Any]) -> dict[str, Any]:
    return shared.read(shared.named(shared.convert(raw, TaskBody), _NULLABLE), _READERS)


_READERS: dict[str, tuple[str, Any]] = {
    "status": ("status", status),
    "parent_id": ("parent_id", lambda value: shared.reference(value, "parentId") if value else ""),
    "parent_type": ("parent_kind", _parent_type),
    "owner_id": ("owner_id", shared.owner),
    "due_date": ("due_at", lambda value: shared.read_date(value, "dueDate")),
}
