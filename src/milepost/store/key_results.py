"""Key results in the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, case, func, select, update

from milepost.domain.instants import BEGINNING, Instant
from milepost.domain.key_result import Confidence, Format, KeyResult, Kind, Tag
from milepost.domain.query import FieldType
from milepost.store import rows
from milepost.store.engine import Database, Statement
from milepost.store.engine.sql import among, constant, json_length
from milepost.store.listing import Listing
from milepost.store.owners import Owners, owner_columns
from milepost.store.schema import key_result_owners, key_results, objectives
from milepost.store.table import Records
from milepost.store.where import Scalar

_format = msgspec.json.Decoder(Format)
_PLAIN = Format()
_PLAIN_TEXT = rows.dump(_PLAIN)
_KINDS = {kind.value: kind for kind in Kind}
owners = Owners(key_result_owners, key_result_owners.c.key_result_id, key_results)


def from_row(row: Any) -> KeyResult:
    (
        account_id, key_result_id, objective_id, cycle_id, name, description, kind, start, target, target_max, critical,
        number_type, format_, weight, due_at, soft_due_at, owner_ids, tags, automated, position, custom_fields, extra,
        current, confidence, confidence_at, confidence_reason, confidence_by, attainment, last_check_in_at,
        check_in_count, created_at, created_by, modified_at, modified_by, _owner_id,
        parent_id, child_count, task_count,
    ) = row  # fmt: skip
    return KeyResult(
        account_id, key_result_id, objective_id, cycle_id, name, description, _KINDS[kind], start, target, target_max,
        critical, number_type, _PLAIN if format_ == _PLAIN_TEXT else _format.decode(format_), weight, due_at,
        soft_due_at, rows.load_texts(owner_ids), rows.load_tags(tags), bool(automated), position,
        rows.load_optional(custom_fields), rows.load_object(extra), current,
        None if confidence is None else Confidence(confidence, confidence_at, confidence_reason, confidence_by),
        attainment, last_check_in_at, check_in_count, created_at, created_by, modified_at, modified_by,
        parent_id, child_count, task_count,
    )  # fmt: skip


def to_row(one: KeyResult) -> dict[str, Any]:
    return {
        "account_id": one.account_id,
        "id": one.id,
        "objective_id": one.objective_id,
        "cycle_id": one.cycle_id,
        "name": one.name,
        "description": one.description,
        "kind": one.kind,
        "start_value": one.start,
        "target": one.target,
        "target_max": one.target_max,
        "critical": one.critical,
        "number_type": one.number_type,
        "format": rows.dump(one.format),
        "weight": one.weight,
        "due_at": one.due_at,
        "soft_due_at": one.soft_due_at,
        "owner_ids": rows.dump(one.owner_ids),
        "tags": rows.dump(one.tags),
        "automated": int(one.automated),
        "position": one.position,
        "custom_fields": rows.dump_optional(one.custom_fields),
        "extra": rows.dump(one.extra),
        **_progress(one),
        "created_at": one.created_at,
        "created_by": one.created_by,
        "owner_id": one.owner_id,
        "parent_id": one.parent_id,
        "child_count": one.child_count,
        "task_count": one.task_count,
    }


def _progress(one: KeyResult) -> dict[str, Any]:
    confidence = one.confidence
    return {
        "current_value": one.current,
        "confidence": None if confidence is None else confidence.value,
        "confidence_at": None if confidence is None else confidence.at,
        "confidence_reason": None if confidence is None else confidence.reason,
        "confidence_by": None if confidence is None else confidence.by,
        "attainment": one.attainment,
        "last_check_in_at": one.last_check_in_at,
        "check_in_count": one.check_in_count,
        "modified_at": one.modified_at,
        "modified_by": one.modified_by,
    }


_c = key_results.c


def _objective(name: str) -> Any:
    of_key_result = and_(objectives.c.account_id == _c.account_id, objectives.c.id == _c.objective_id)
    return select(objectives.c[name]).where(of_key_result).scalar_subquery()


def _of(column: str, kind: FieldType, name: str | None = None, *, optional: bool = False) -> dict[tuple[str, ...], Any]:
    expression: Any = _c[column]
    if kind is FieldType.INSTANT and _c[column].nullable and not optional:
        expression = func.coalesce(expression, BEGINNING)
    return {("key_result", name or column): Scalar(expression, kind, optional)}


_confidence = ("key_result", "confidence")
_columns: dict[tuple[str, ...], Any] = {
    **_of("start_value", FieldType.NUMBER, "start"),
    **_of("target", FieldType.NUMBER),
    **_of("target_max", FieldType.NUMBER, optional=True),
    **_of("critical", FieldType.NUMBER, optional=True),
    **_of("weight", FieldType.NUMBER),
    **_of("position", FieldType.NUMBER),
    **_of("current_value", FieldType.NUMBER, "current"),
    **_of("task_count", FieldType.NUMBER),
    **_of("automated", FieldType.FLAG),
    ("key_result", "score"): Scalar(func.coalesce(_c.attainment, 0.0), FieldType.NUMBER),
    ("key_result", "cascade"): Scalar(constant(case((_c.child_count > 0, "sum"), else_="")), FieldType.TEXT),
    ("key_result", "owner_ids"): owners.members,
    ("key_result", "owner_id"): Scalar(_c.owner_id, FieldType.TEXT),
    ("key_result", "owner_count"): Scalar(json_length(_c.owner_ids), FieldType.NUMBER),
    _confidence: Scalar(_c.confidence, FieldType.FREE, True),
    (*_confidence, "value"): Scalar(_c.confidence, FieldType.NUMBER, True),
    (*_confidence, "at"): Scalar(_c.confidence_at, FieldType.INSTANT, True),
    (*_confidence, "reason"): Scalar(_c.confidence_reason, FieldType.TEXT, True),
    (*_confidence, "by"): Scalar(_c.confidence_by, FieldType.TEXT, True),
    ("objective", "name"): Scalar(_objective("name"), FieldType.TEXT),
    ("objective", "description"): Scalar(_objective("description"), FieldType.TEXT),
    ("objective", "score"): Scalar(func.coalesce(_objective("attainment"), 0.0), FieldType.NUMBER),
    ("objective", "closing", "status"): Scalar(_objective("status"), FieldType.TEXT),
    **owner_columns(_c.owner_id, _c.account_id),
}
for _name in (
    "account_id",
    "id",
    "objective_id",
    "cycle_id",
    "name",
    "description",
    "kind",
    "number_type",
    "parent_id",
):
    _columns |= _of(_name, FieldType.TEXT)
for _name in ("created_by", "modified_by"):
    _columns |= _of(_name, FieldType.TEXT)
for _name in ("due_at", "soft_due_at", "last_check_in_at", "created_at", "modified_at"):
    _columns |= _of(_name, FieldType.INSTANT)

listing = Listing(key_results, from_row, _columns)

records = Records(key_results, from_row, to_row)
# The index in a row of the main owner, which is derived from the list of owners.
OWNER_ID = list(key_results.c).index(key_results.c.owner_id)


def insert(database: Database, key_result: KeyResult) -> None:
    """Add a key result with its owners."""
    records.insert(database, key_result)
    owners.write(database, key_result.account_id, key_result.id, key_result.owner_ids, new=True)


def update_one(database: Database, key_result: KeyResult) -> None:
    """Write a key result that is there, with its owners."""
    records.update(database, key_result)
    owners.write(database, key_result.account_id, key_result.id, key_result.owner_ids, new=False)


_of_account = _c.account_id == bindparam("account")
_one = and_(_of_account, _c.id == bindparam("key_result"))
_of_objective = and_(_of_account, _c.objective_id == bindparam("objective"))
# A column with the name of a parameter of WHERE would clash; none of these has one.
_set_progress = Statement(
    update(key_results)
    .where(_one)
    .values(
        {
            name: bindparam(name)
            for name in (
                "current_value", "confidence", "confidence_at", "confidence_reason", "confidence_by", "attainment",
                "last_check_in_at", "check_in_count", "modified_at", "modified_by",
            )
        }
    )
)  # fmt: skip
_in_objectives = Statement(
    select(*_c)
    .where(_of_account, among(_c.objective_id, bindparam("objectives")))
    .order_by(_c.position, _c.created_at, _c.id)
)
_in_cycle = and_(_of_account, _c.cycle_id == bindparam("cycle"))
_scored = Statement(
    select(
        _c.attainment, _c.last_check_in_at, _c.created_at, _c.confidence, _c.objective_id, _c.owner_ids, _c.tags
    ).where(_in_cycle)
)
_last_position = Statement(select(func.max(_c.position)).where(_of_objective))
_close_gap = Statement(
    update(key_results).where(_of_objective, _c.position > bindparam("gap")).values(position=_c.position - 1)
)
_move_cycle = Statement(update(key_results).where(_of_objective).values(cycle_id=bindparam("new_cycle")))


def set_progress(database: Database, key_result: KeyResult) -> None:
    """Write what a check-in changes: the derived values and who modified them."""
    values = {"account": key_result.account_id, "key_result": key_result.id, **_progress(key_result)}
    database.run(_set_progress, values)


def in_objectives(database: Database, account_id: str, objective_ids: Iterable[str]) -> list[KeyResult]:
    """The key results of several objectives, by position."""
    values = {"account": account_id, "objectives": rows.dump(sorted(set(objective_ids)))}
    return [from_row(row) for row in database.all(_in_objectives, values)]


class Scored(msgspec.Struct, frozen=True, gc=False):
    """The values of a key result that decide its health, and those to filter by, which are decoded when asked for."""

    attainment: float | None
    last_check_in_at: Instant | None
    created_at: Instant
    sure: float | None
    objective_id: str
    owner_text: str
    tag_text: str

    @property
    def owner_ids(self) -> tuple[str, ...]:
        """The ids of its owners."""
        return rows.load_texts(self.owner_text)

    @property
    def tags(self) -> tuple[Tag, ...]:
        """Its tags."""
        return rows.load_tags(self.tag_text)


def scored(database: Database, account_id: str, cycle_id: str) -> list[Scored]:
    """Only these values of each key result of a cycle: a fraction of the cost of whole records."""
    return [Scored(*row) for row in database.all(_scored, {"account": account_id, "cycle": cycle_id})]


def next_position(database: Database, account_id: str, objective_id: str) -> int:
    """The position behind the last key result of an objective, from 1."""
    return int(database.one(_last_position, {"account": account_id, "objective": objective_id})[0] or 0) + 1


def close_gap(database: Database, account_id: str, objective_id: str, position: int) -> None:
    """Move the key results behind a position that has become free up by one."""
    database.run(_close_gap, {"account": account_id, "objective": objective_id, "gap": position})


def move_cycle(database: Database, account_id: str, objective_id: str, cycle_id: str) -> None:
    """Take an objective's key results along into another cycle."""
    database.run(_move_cycle, {"account": account_id, "objective": objective_id, "new_cycle": cycle_id})
