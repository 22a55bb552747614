"""Objectives in the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, select, update

from milepost.domain.instants import BEGINNING
from milepost.domain.objective import Closing, Objective, ObjectiveStatus
from milepost.domain.query import FieldType
from milepost.store import rows
from milepost.store.ancestry import Ancestry
from milepost.store.engine import Database, Statement
from milepost.store.listing import Listing
from milepost.store.owners import Owners, owner_columns
from milepost.store.schema import cycles, key_result_owners, key_results, objective_owners, objectives
from milepost.store.table import Records
from milepost.store.where import Members, Scalar

_STATUSES = {status.value: status for status in ObjectiveStatus}
owners = Owners(objective_owners, objective_owners.c.objective_id, objectives)


def from_row(row: Any) -> Objective:
    (
        account_id, objective_id, cycle_id, parent_id, name, description, owner_ids, tags, status, comment, at, by,
        starts_at, ends_at, custom_fields, extra, attainment, key_results, created, created_by, modified, modified_by,
        _owner_id, is_company, is_personal, counts_children, children_attainment, beneath_attainment, beneath_count,
    ) = row  # fmt: skip
    return Objective(
        account_id, objective_id, cycle_id, parent_id, name, description, rows.load_texts(owner_ids),
        rows.load_tags(tags), Closing(_STATUSES[status], comment, at, by), starts_at, ends_at,
        rows.load_optional(custom_fields), rows.load_object(extra), attainment, key_results,
        created, created_by, modified, modified_by, bool(is_company), bool(is_personal),
        bool(counts_children), children_attainment, beneath_attainment, beneath_count,
    )  # fmt: skip


def to_row(one: Objective) -> dict[str, Any]:
    return {
        "account_id": one.account_id,
        "id": one.id,
        "cycle_id": one.cycle_id,
        "parent_id": one.parent_id,
        "name": one.name,
        "description": one.description,
        "owner_ids": rows.dump(one.owner_ids),
        "tags": rows.dump(one.tags),
        "status": one.closing.status,
        "status_comment": one.closing.comment,
        "status_at": one.closing.at,
        "status_by": one.closing.by,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "custom_fields": rows.dump_optional(one.custom_fields),
        "extra": rows.dump(one.extra),
        **_progress(one),
        "created_at": one.created_at,
        "created_by": one.created_by,
        "modified_at": one.modified_at,
        "modified_by": one.modified_by,
        "owner_id": one.owner_id,
        "is_company": int(one.is_company),
        "is_personal": int(one.is_personal),
        "counts_children": int(one.counts_children),
    }


def _progress(one: Objective) -> dict[str, Any]:
    return {
        "attainment": one.attainment,
        "key_result_count": one.key_result_count,
        "children_attainment": one.children_attainment,
        "beneath_attainment": one.beneath_attainment,
        "beneath_count": one.beneath_count,
    }


def _cycle_date(name: str) -> Scalar:
    """A date of an objective: its own, else its cycle's, else none."""
    of_cycle = and_(cycles.c.account_id == objectives.c.account_id, cycles.c.id == objectives.c.cycle_id)
    inherited = select(cycles.c[name]).where(of_cycle).scalar_subquery()
    return Scalar(func.coalesce(objectives.c[name], inherited, BEGINNING), FieldType.INSTANT)


def _coalesced(name: str) -> Scalar:
    """A mean over objectives beneath it, or its own attainment, or 0."""
    return Scalar(func.coalesce(objectives.c[name], objectives.c.attainment, 0.0), FieldType.NUMBER)


def _of(name: str, kind: FieldType) -> dict[tuple[str, ...], Scalar]:
    return {("objective", name): Scalar(objectives.c[name], kind)}


def _owns_a_key_result(condition: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    owned = (
        select(key_results.c.objective_id)
        .join_from(
            key_result_owners,
            key_results,
            and_(
                key_results.c.account_id == key_result_owners.c.account_id,
                key_results.c.id == key_result_owners.c.key_result_id,
            ),
        )
        .where(key_result_owners.c.account_id == bindparam("account"), condition(key_result_owners.c.owner_id))
    )
    found: ColumnElement[bool] = objectives.c.id.in_(owned)
    return found


_columns: dict[tuple[str, ...], Any] = {
    ("objective", "owner_ids"): owners.members,
    ("key_result_owner_ids",): Members(_owns_a_key_result),
    ("objective", "owner_id"): Scalar(objectives.c.owner_id, FieldType.TEXT),
    ("objective", "closing", "status"): Scalar(objectives.c.status, FieldType.TEXT),
    ("objective", "closing", "comment"): Scalar(objectives.c.status_comment, FieldType.TEXT),
    ("objective", "closing", "by"): Scalar(objectives.c.status_by, FieldType.TEXT),
    ("objective", "closing", "at"): Scalar(func.coalesce(objectives.c.status_at, BEGINNING), FieldType.INSTANT),
    ("objective", "score"): Scalar(func.coalesce(objectives.c.attainment, 0.0), FieldType.NUMBER),
    ("objective", "children_score"): _coalesced("children_attainment"),
    ("objective", "beneath_score"): _coalesced("beneath_attainment"),
    ("objective", "key_result_count"): Scalar(objectives.c.key_result_count, FieldType.NUMBER),
    ("starts_at",): _cycle_date("starts_at"),
    ("ends_at",): _cycle_date("ends_at"),
    **owner_columns(objectives.c.owner_id, objectives.c.account_id),
}
for _name in ("account_id", "id", "cycle_id", "parent_id", "name", "description", "created_by", "modified_by"):
    _columns |= _of(_name, FieldType.TEXT)
for _name in ("created_at", "modified_at"):
    _columns |= _of(_name, FieldType.INSTANT)

listing = Listing(objectives, from_row, _columns)

records = Records(objectives, from_row, to_row)
# The index in a row of the main owner, which is derived from the list of owners.
OWNER_ID = list(objectives.c).index(objectives.c.owner_id)
ancestry = Ancestry(objectives, records)


def insert(database: Database, objective: Objective) -> None:
    """Add an objective with its owners."""
    records.insert(database, objective)
    owners.write(database, objective.account_id, objective.id, objective.owner_ids, new=True)


def update_one(database: Database, objective: Objective) -> None:
    """Write an objective that is there, with its owners."""
    records.update(database, objective)
    owners.write(database, objective.account_id, objective.id, objective.owner_ids, new=False)


_of_account = objectives.c.account_id == bindparam("account")
_one = and_(_of_account, objectives.c.id == bindparam("objective"))
_DERIVED = ("attainment", "key_result_count", "children_attainment", "beneath_attainment", "beneath_count")
_set_progress = Statement(update(objectives).where(_one).values({name: bindparam(name) for name in _DERIVED}))
_children = Statement(
    select(*objectives.c)
    .where(_of_account, objectives.c.parent_id == bindparam("parent"))
    .order_by(objectives.c.created_at, objectives.c.id)
)
_of_cycle = Statement(
    select(*objectives.c)
    .where(_of_account, objectives.c.cycle_id == bindparam("cycle"))
    .order_by(objectives.c.created_at, objectives.c.id)
)


def set_progress(database: Database, objective: Objective) -> None:
    """Write what is derived from key results and from the objectives beneath."""
    values = {"account": objective.account_id, "objective": objective.id, **_progress(objective)}
    database.run(_set_progress, values)


def children(database: Database, account_id: str, parent_id: str) -> list[Objective]:
    """The objectives directly beneath one, in order of creation."""
    return [from_row(row) for row in database.all(_children, {"account": account_id, "parent": parent_id})]


def of_cycle(database: Database, account_id: str, cycle_id: str) -> list[Objective]:
    """The objectives of a cycle, in order of creation."""
    return [from_row(row) for row in database.all(_of_cycle, {"account": account_id, "cycle": cycle_id})]
