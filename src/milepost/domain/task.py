"""A task: a piece of work towards an objective or a key result, or towards neither."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.domain.change import chosen, edited
from milepost.domain.errors import Fault, Invalid
from milepost.domain.instants import Instant
from milepost.domain.values import document, merged, name, number, text


class TaskStatus(StrEnum):
    """How far the work has come."""

    TODO = "todo"
    IN_PROGRESS = "in_progress"
    DONE = "done"


class ParentKind(StrEnum):
    """The kind of record that a task belongs to."""

    NONE = ""
    OBJECTIVE = "objective"
    KEY_RESULT = "key_result"


class StatusChange(msgspec.Struct, frozen=True, gc=False):
    """An entry of a task's history, which only grows. `before` is "" in the first, made with the task."""

    account_id: str
    task_id: str
    id: str
    before: str
    after: str
    at: Instant
    by: str


class Task(msgspec.Struct, frozen=True, gc=False):
    """A task as stored. `parent_id` and `owner_id` are "" where it has none."""

    account_id: str
    id: str
    name: str
    description: str
    status: TaskStatus
    priority: float
    parent_kind: ParentKind
    parent_id: str
    owner_id: str
    due_at: Instant | None
    custom_fields: dict[str, Any] | None
    extra: dict[str, Any]
    created_at: Instant
    created_by: str
    modified_at: Instant
    modified_by: str

    @property
    def owner_ids(self) -> tuple[str, ...]:
        """The owner as a tuple, like the owners of other records."""
        return (self.owner_id,) if self.owner_id else ()


class TaskChange(msgspec.Struct, frozen=True, kw_only=True):
    """The fields to change. `custom_fields` replaces all of them (`None`: as if never set); `custom_field_edits` merges
    by key, `None` removes. `extra` is merged by key, `UNSET` removes. The kind of a parent is looked up if not given.
    """

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    status: TaskStatus | UnsetType = UNSET
    priority: float | UnsetType = UNSET
    parent_kind: ParentKind | UnsetType = UNSET
    parent_id: str | UnsetType = UNSET
    owner_id: str | UnsetType = UNSET
    due_at: Instant | None | UnsetType = UNSET
    custom_fields: dict[str, Any] | None | UnsetType = UNSET
    custom_field_edits: dict[str, Any] | UnsetType = UNSET
    extra: dict[str, Any] = {}


def blank(account_id: str, task_id: str, *, at: Instant, by: str) -> Task:
    """An empty task, created by a user at an instant."""
    return Task(
        account_id=account_id,
        id=task_id,
        name="",
        description="",
        status=TaskStatus.TODO,
        priority=0.0,
        parent_kind=ParentKind.NONE,
        parent_id="",
        owner_id="",
        due_at=None,
        custom_fields=None,
        extra={},
        created_at=at,
        created_by=by,
        modified_at=at,
        modified_by=by,
    )


def revised(standing: Task, change: TaskChange) -> Task:
    """The task after a change; its parent is left to the caller. `Invalid` names every field that is wrong."""
    faults: list[Fault] = []
    new: dict[str, Any] = {}
    custom_fields = edited(standing.custom_fields, change.custom_fields, change.custom_field_edits)
    checks: tuple[tuple[str, Callable[[Any, str], Any], Any], ...] = (
        ("name", name, chosen(change.name, standing.name)),
        ("description", text, chosen(change.description, standing.description)),
        ("priority", number, chosen(change.priority, standing.priority)),
        ("custom_fields", document, custom_fields),
        ("extra", partial(merged, standing.extra), change.extra),
    )
    for field, check, asked in checks:
        try:
            new[field] = check(asked, field)
        except Invalid as error:
            faults.extend(error.faults)
    if faults:
        raise Invalid.of(faults)
    return msgspec.structs.replace(
        standing,
        status=chosen(change.status, standing.status),
        owner_id=chosen(change.owner_id, standing.owner_id),
        due_at=chosen(change.due_at, standing.due_at),
        **new,
    )
