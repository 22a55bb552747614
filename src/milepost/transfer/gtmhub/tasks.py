"""tasks.json: tasks, each with the history of its status. Their parents need not exist here."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.actions import trail
from milepost.dialects.gtmhub.wire import shared
from milepost.dialects.gtmhub.wire.tasks import NAMES, decode_new, status
from milepost.domain import ids
from milepost.domain.change import chosen
from milepost.domain.errors import Fault, Invalid
from milepost.domain.instants import END, Instant
from milepost.domain.task import ParentKind, StatusChange, Task, blank, revised
from milepost.store import holders, tasks
from milepost.transfer.gtmhub import reading
from milepost.transfer.gtmhub.run import Item, Run

__all__ = ["NAMES", "add"]

FIELD = "snapshots"
_KINDS = {"objective": ParentKind.OBJECTIVE, "key result": ParentKind.KEY_RESULT}


class EntryBody(msgspec.Struct, rename="camel"):
    """What an entry says that is not read elsewhere."""

    id: str | UnsetType | None = UNSET
    old_status: str | UnsetType | None = UNSET
    new_status: str | UnsetType | None = UNSET


def add(run: Run, item: Item) -> None:
    """Add the task with its history, and one entry more where the history does not end in the task's status."""
    account = item.context.account_id
    change = decode_new(item.raw, "")
    reading.required(change.name, "name")
    made = reading.making(item.raw, item.id, run.now)
    bare = msgspec.structs.replace(
        blank(account, item.id, at=made.created_at, by=made.created_by),
        modified_at=made.modified_at,
        modified_by=made.modified_by,
        parent_id=chosen(change.parent_id, ""),
        parent_kind=chosen(change.parent_kind, ParentKind.NONE),
    )
    faults: list[Fault] = []
    task = _placed(run, item, revised(bare, change))
    told = _explained(task, _history(item, run.now, faults), run.now)
    tasks.records.insert(run.database, task)
    tasks.changes.insert_many(run.database, told)
    trail.leave(item.context, "task.added", task, None, {"task": task, "changes": told})
    tasks.recount(run.database, account, task.parent_id)
    run.report.refuse(item.file, item.index, faults)
    run.mention_owners(item, task.owner_ids)


def _placed(run: Run, item: Item, task: Task) -> Task:
    """The task with the kind of its stored parent; the id of a missing parent is kept and reported."""
    if not task.parent_id:
        return msgspec.structs.replace(task, parent_kind=ParentKind.NONE)
    held = holders.kinds(run.database, task.account_id, [task.parent_id]).get(task.parent_id, "")
    if held not in _KINDS:
        said = f"the account has no goal or metric {task.parent_id}; kept as it is"
        run.report.note(item.file, item.index, "parentId", said)
        return task
    return msgspec.structs.replace(task, parent_kind=_KINDS[held])


def _history(item: Item, now: Instant, faults: list[Fault]) -> list[StatusChange]:
    """The entries that can be read, by date; the others are faults."""
    entries = item.raw.get(FIELD)
    if entries is None:
        return []
    if not isinstance(entries, list):
        raise Invalid(FIELD, "must be a list")
    found: dict[str, StatusChange] = {}
    for index, raw in enumerate(entries):
        try:
            entry = _entry(item, raw, now)
            if entry.id in found:
                raise Invalid("id", "is the id of another entry already")
            found[entry.id] = entry
        except Invalid as error:
            faults.extend(
                Fault(f"{FIELD}[{index}]{'.' if one.field else ''}{one.field}", one.message) for one in error.faults
            )
    return sorted(found.values(), key=lambda entry: (entry.at, entry.id))


def _entry(item: Item, raw: Any, now: Instant) -> StatusChange:
    if not isinstance(raw, dict):
        raise Invalid("", "must be an object")
    given = shared.named(shared.convert(raw, EntryBody))
    at = reading.moment(raw, "modifiedAt")
    if at is None:
        raise Invalid("modifiedAt", "is required")
    old = given.get("old_status", "")
    return StatusChange(
        account_id=item.context.account_id,
        task_id=item.id,
        id=ids.parse(given["id"], "id") if given.get("id") else ids.new(now),
        before=status(old, "oldStatus") if old else "",
        after=status(given.get("new_status", ""), "newStatus"),
        at=at,
        by=reading.person(raw, "modifiedBy"),
    )


def _explained(task: Task, told: list[StatusChange], now: Instant) -> list[StatusChange]:
    """A history that ends in the status that the task has."""
    last = told[-1] if told else None
    if last is not None and last.after == task.status:
        return told
    at = task.created_at if last is None else min(END, max(task.modified_at, last.at + 1))
    by = task.created_by if last is None else task.modified_by
    before = "" if last is None else last.after
    return [*told, StatusChange(task.account_id, task.id, ids.new(now), before, task.status, at, by)]
