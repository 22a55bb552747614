"""Tasks in the database, with the history of their status."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, bindparam, case, func, select, update

from milepost.domain.query import FieldType
from milepost.domain.task import ParentKind, StatusChange, Task, TaskStatus
from milepost.store import rows
from milepost.store.engine import Database, Statement
from milepost.store.engine.sql import among
from milepost.store.listing import Listing
from milepost.store.owners import owner_columns
from milepost.store.schema import key_results, objectives, task_changes, tasks
from milepost.store.table import Records
from milepost.store.where import Scalar

# A list shows at most this many entries of each task's history, the newest.
CHANGES_IN_LISTS = 100


def from_row(row: Any) -> Task:
    (
        account_id, task_id, name, description, status, priority, parent_kind, parent_id, owner_id, due_at,
        custom_fields, extra, created_at, created_by, modified_at, modified_by,
    ) = row  # fmt: skip
    return Task(
        account_id, task_id, name, description, TaskStatus(status), priority, ParentKind(parent_kind), parent_id,
        owner_id, due_at, rows.load_optional(custom_fields), rows.load_object(extra), created_at, created_by,
        modified_at, modified_by,
    )  # fmt: skip


def to_row(task: Task) -> dict[str, Any]:
    return {
        "account_id": task.account_id,
        "id": task.id,
        "name": task.name,
        "description": task.description,
        "status": task.status,
        "priority": task.priority,
        "parent_kind": task.parent_kind,
        "parent_id": task.parent_id,
        "owner_id": task.owner_id,
        "due_at": task.due_at,
        "custom_fields": rows.dump_optional(task.custom_fields),
        "extra": rows.dump(task.extra),
        "created_at": task.created_at,
        "created_by": task.created_by,
        "modified_at": task.modified_at,
        "modified_by": task.modified_by,
    }


def change_from_row(row: Any) -> StatusChange:
    """An entry of a history."""
    account_id, task_id, change_id, old_status, new_status, changed_at, changed_by = row
    return StatusChange(account_id, task_id, change_id, old_status, new_status, changed_at, changed_by)


def change_to_row(change: StatusChange) -> dict[str, Any]:
    """The columns of an entry of a history."""
    return {
        "account_id": change.account_id,
        "task_id": change.task_id,
        "id": change.id,
        "old_status": change.before,
        "new_status": change.after,
        "changed_at": change.at,
        "changed_by": change.by,
    }


_c, _h = tasks.c, task_changes.c


def _name_of(kind: ParentKind, parents: Any) -> tuple[Any, Any]:
    named = select(parents.c.name).where(parents.c.account_id == _c.account_id, parents.c.id == _c.parent_id)
    return _c.parent_kind == kind.value, named.scalar_subquery()


_parent_name = func.coalesce(
    case(_name_of(ParentKind.OBJECTIVE, objectives), _name_of(ParentKind.KEY_RESULT, key_results)), ""
)
_TEXTS = (
    "account_id", "id", "name", "description", "status", "parent_kind", "parent_id", "owner_id", "created_by",
    "modified_by",
)  # fmt: skip

listing = Listing(
    tasks,
    from_row,
    {
        **{("task", name): Scalar(_c[name], FieldType.TEXT) for name in _TEXTS},
        **{("task", name): Scalar(_c[name], FieldType.INSTANT) for name in ("created_at", "modified_at")},
        ("task", "due_at"): Scalar(_c.due_at, FieldType.INSTANT, optional=True),
        ("task", "priority"): Scalar(_c.priority, FieldType.NUMBER),
        ("parent_name",): Scalar(_parent_name, FieldType.TEXT),
        **owner_columns(_c.owner_id, _c.account_id),
    },
)

records = Records(tasks, from_row, to_row)
changes = Records(task_changes, change_from_row, change_to_row)

_of_account = _c.account_id == bindparam("account")
_order = (_c.created_at, _c.id)
_beneath = Statement(select(*_c).where(_of_account, _c.parent_id == bindparam("parent")).order_by(*_order))
_owned = Statement(select(*_c).where(_of_account, _c.owner_id == bindparam("owner")).order_by(*_order))
_newness = func.row_number().over(partition_by=_h.task_id, order_by=(_h.changed_at.desc(), _h.id.desc()))
_ranked = (
    select(*_h, _newness.label("newness"))
    .where(_h.account_id == bindparam("account"), among(_h.task_id, bindparam("tasks")))
    .subquery()
)
_histories = Statement(
    select(*[_ranked.c[column.name] for column in _h])
    .where(_ranked.c.newness <= bindparam("most"))
    .order_by(_ranked.c.task_id, _ranked.c.changed_at, _ranked.c.id)
)
_belonging = and_(
    _c.account_id == key_results.c.account_id,
    _c.parent_id == key_results.c.id,
    _c.parent_kind == ParentKind.KEY_RESULT.value,
)
_recount = Statement(
    update(key_results)
    .where(key_results.c.account_id == bindparam("account"), key_results.c.id == bindparam("key_result"))
    .values(task_count=select(func.count()).select_from(tasks).where(_belonging).scalar_subquery())
)


def beneath(database: Database, account_id: str, parent_id: str) -> list[Task]:
    """The tasks of an objective or a key result, in order of creation."""
    return [from_row(row) for row in database.all(_beneath, {"account": account_id, "parent": parent_id})]


def owned(database: Database, account_id: str, owner_id: str) -> list[Task]:
    """The tasks that somebody owns, in order of creation."""
    return [from_row(row) for row in database.all(_owned, {"account": account_id, "owner": owner_id})]


def histories(
    database: Database, account_id: str, task_ids: Iterable[str], most: int | None = CHANGES_IN_LISTS
) -> dict[str, list[StatusChange]]:
    """The changes of each task's status, ascending, by its id; only the newest `most` of each unless that is `None`."""
    found: dict[str, list[StatusChange]] = {}
    values = {"account": account_id, "tasks": rows.dump(sorted(set(task_ids))), "most": 2**62 if most is None else most}
    for row in database.all(_histories, values):
        found.setdefault(row[1], []).append(change_from_row(row))
    return found


def recount(database: Database, account_id: str, key_result_id: str) -> None:
    """Write how many tasks belong to a key result; nothing where there is none of this id."""
    database.run(_recount, {"account": account_id, "key_result": key_result_id})
