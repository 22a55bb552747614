"""Tasks: get, list, add, revise, remove. Members make and change them, and remove what they own or made."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from milepost.actions import access, rules, surroundings, trail
from milepost.actions.context import Context
from milepost.domain import ids
from milepost.domain.change import chosen
from milepost.domain.errors import Invalid, NotFound
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective
from milepost.domain.people import Capability
from milepost.domain.query import Field, FieldType, Page, Query, both, equals
from milepost.domain.task import ParentKind, StatusChange, Task, TaskChange, blank, revised
from milepost.domain.views import TaskView
from milepost.store import key_results, objectives, tasks
from milepost.store.table import Records

# At most this many tasks, the oldest, are shown with their objective or key result.
BENEATH_LIMIT = 1_000

_PARENTS: dict[ParentKind, Records[Objective] | Records[KeyResult]] = {
    ParentKind.OBJECTIVE: objectives.records,
    ParentKind.KEY_RESULT: key_results.records,
}


def find(context: Context, task_id: str) -> Task:
    """The stored task; `NotFound` where the account holds none of this id."""
    found = tasks.records.find(context.database, context.account_id, task_id)
    if found is None:
        raise NotFound("task", task_id)
    return found


def get(context: Context, task_id: str) -> TaskView:
    """A task in its surroundings, with the whole history of its status."""
    with context.database.reading():
        return surroundings.of_tasks(context.database, context.account_id, [find(context, task_id)], None)[0]


def list_(context: Context, query: Query) -> Page[TaskView]:
    """The tasks that a query asks for, each with the newest 100 changes of its status."""
    seen = msgspec.structs.replace(query, condition=both(access.visible(context), query.condition))
    database, account = context.database, context.account_id
    with database.reading():
        page = tasks.listing.page(
            database, account, seen, lambda found: surroundings.of_tasks(database, account, found)
        )
        return Page(surroundings.of_tasks(database, account, page.items), page.total)


def beneath(context: Context, parent_id: str) -> list[TaskView]:
    """The tasks of an objective or a key result, in order of creation; the first 1,000 of them."""
    theirs = equals(Field(("task", "parent_id"), FieldType.TEXT), parent_id)
    return list_(context, Query(theirs, limit=BENEATH_LIMIT, counted=False)).items


def add(context: Context, change: TaskChange) -> TaskView:
    """A new task. `Invalid` without a name, and for references that the account does not hold."""
    access.require(context, Capability.CONTRIBUTE)
    with context.database.transaction():
        if not chosen(change.name, ""):
            raise Invalid("name", "is required")
        now = context.clock()
        bare = blank(context.account_id, ids.new(now), at=now, by=context.user_id)
        task = _placed(context, revised(bare, change), change)
        rules.require_owners(context, task.owner_ids)
        _require_writable(context, task)
        tasks.records.insert(context.database, task)
        _tell_status(context, task, "")
        trail.leave(context, "task.added", task, None, task)
        tasks.recount(context.database, context.account_id, task.parent_id)
        return get(context, task.id)


def revise(context: Context, task_id: str, change: TaskChange) -> TaskView:
    """A task after a change; what the change does not name stays. A change that changes nothing leaves no trace."""
    access.require(context, Capability.CONTRIBUTE)
    with context.database.transaction():
        before = find(context, task_id)
        _require_writable(context, before)
        after = _placed(context, revised(before, change), change)
        rules.require_owners(context, after.owner_ids, before.owner_ids)
        if after != before:
            _require_writable(context, after)
            after = _write(context, before, after)
        if after.parent_id != before.parent_id:
            tasks.recount(context.database, context.account_id, before.parent_id)
            tasks.recount(context.database, context.account_id, after.parent_id)
        return get(context, task_id)


def remove(context: Context, task_id: str) -> None:
    """Delete a task with its history: admins, and members what they own or made."""
    access.require(context, Capability.CONTRIBUTE)
    with context.database.transaction():
        task = find(context, task_id)
        access.require_removal(context, task)
        _require_writable(context, task)
        _discard(context, [task])
        tasks.recount(context.database, context.account_id, task.parent_id)


def discard_beneath(context: Context, parent_id: str) -> None:
    """Delete the tasks of an objective or a key result that is being deleted."""
    _discard(context, tasks.beneath(context.database, context.account_id, parent_id))


def disown(context: Context, owner_id: str) -> None:
    """Remove an owner from tasks; the tasks stay."""
    for task in tasks.owned(context.database, context.account_id, owner_id):
        _write(context, task, msgspec.structs.replace(task, owner_id=""))


def _discard(context: Context, found: Sequence[Task]) -> None:
    told = tasks.histories(context.database, context.account_id, [task.id for task in found], None) if found else {}
    for task in found:
        tasks.records.delete(context.database, context.account_id, task.id)
        trail.leave(context, "task.removed", task, {"task": task, "changes": told.get(task.id, ())})


def _write(context: Context, before: Task, after: Task) -> Task:
    """Store a changed task; a new status joins its history."""
    after = msgspec.structs.replace(after, modified_at=context.clock(), modified_by=context.user_id)
    tasks.records.update(context.database, after)
    if after.status is not before.status:
        _tell_status(context, after, before.status)
    trail.leave(context, "task.revised", after, before, after)
    return after


def _tell_status(context: Context, task: Task, before: str) -> None:
    """Add a task's new status to its history."""
    entry = StatusChange(
        account_id=task.account_id,
        task_id=task.id,
        id=ids.new(task.modified_at),
        before=before,
        after=task.status,
        at=task.modified_at,
        by=context.user_id,
    )
    tasks.changes.insert(context.database, entry)


def _placed(context: Context, task: Task, change: TaskChange) -> Task:
    """The task beneath the parent that the change names; `Invalid` where the account holds no such parent."""
    parent_id = chosen(change.parent_id, task.parent_id)
    if not parent_id:
        return msgspec.structs.replace(task, parent_id="", parent_kind=ParentKind.NONE)
    asked = chosen(change.parent_kind, task.parent_kind if parent_id == task.parent_id else ParentKind.NONE)
    if parent_id != task.parent_id and asked is task.parent_kind:
        asked = ParentKind.NONE  # a repeated kind may be the old parent's: the id of the new one tells its kind
    if (asked, parent_id) == (task.parent_kind, task.parent_id):
        return task  # an import may have kept an unknown parent
    for kind, records in _PARENTS.items():
        if asked in (kind, ParentKind.NONE) and records.find(context.database, context.account_id, parent_id):
            return msgspec.structs.replace(task, parent_id=parent_id, parent_kind=kind)
    raise Invalid("parent_id", "is not known in this account as what it is to be")


def _require_writable(context: Context, task: Task) -> None:
    """`Invalid` where a closed cycle or an abandoned objective holds the task. In a locked cycle work goes on."""
    objective_id = task.parent_id
    if task.parent_kind is ParentKind.KEY_RESULT:
        measure = key_results.records.find(context.database, context.account_id, task.parent_id)
        objective_id = measure.objective_id if measure else ""
    objective = objectives.records.find(context.database, context.account_id, objective_id)
    if objective is not None:
        rules.require_not_closed(rules.cycle_of(context, objective.cycle_id))
        rules.require_not_abandoned(objective)
