"""Cycles in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, or_, select

from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.instants import BEGINNING
from milepost.domain.query import FieldType
from milepost.store import rows
from milepost.store.ancestry import Ancestry
from milepost.store.engine import Database, Statement
from milepost.store.listing import Listing
from milepost.store.schema import cycles
from milepost.store.table import Records
from milepost.store.where import Scalar


def from_row(row: Any) -> Cycle:
    (
        account_id, cycle_id, name, state, starts, ends, time_zone,
        created, created_by, modified, modified_by, extra, parent_id,
    ) = row  # fmt: skip
    return Cycle(
        account_id, cycle_id, name, CycleState(state), starts, ends, time_zone,
        created, created_by, modified, modified_by, rows.load_object(extra), parent_id,
    )  # fmt: skip


def to_row(cycle: Cycle) -> dict[str, Any]:
    return {
        "account_id": cycle.account_id,
        "id": cycle.id,
        "name": cycle.name,
        "state": cycle.state,
        "starts_at": cycle.starts_at,
        "ends_at": cycle.ends_at,
        "time_zone": cycle.time_zone,
        "created_at": cycle.created_at,
        "created_by": cycle.created_by,
        "modified_at": cycle.modified_at,
        "modified_by": cycle.modified_by,
        "extra": rows.dump(cycle.extra),
        "parent_id": cycle.parent_id,
    }


def _dated(name: str) -> Scalar:
    return Scalar(func.coalesce(cycles.c[name], BEGINNING), FieldType.INSTANT)


listing = Listing(
    cycles,
    from_row,
    {
        **{(name,): Scalar(cycles.c[name], FieldType.TEXT) for name in ("account_id", "id", "name", "state")},
        **{(name,): Scalar(cycles.c[name], FieldType.TEXT) for name in ("parent_id", "time_zone")},
        **{(name,): Scalar(cycles.c[name], FieldType.TEXT) for name in ("created_by", "modified_by")},
        **{(name,): Scalar(cycles.c[name], FieldType.INSTANT) for name in ("created_at", "modified_at")},
        **{(name,): _dated(name) for name in ("starts_at", "ends_at")},
    },
)

records = Records(cycles, from_row, to_row)
ancestry = Ancestry(cycles, records)

_beneath = Statement(
    select(*cycles.c)
    .where(cycles.c.account_id == bindparam("account"), cycles.c.parent_id == bindparam("parent"))
    .order_by(cycles.c.created_at, cycles.c.id)
)

_running = Statement(
    select(*cycles.c)
    .where(
        cycles.c.account_id == bindparam("account"),
        or_(cycles.c.starts_at.is_(None), cycles.c.starts_at <= bindparam("now")),
        or_(cycles.c.ends_at.is_(None), cycles.c.ends_at >= bindparam("now")),
    )
    .order_by(cycles.c.created_at, cycles.c.id)
)


def beneath(database: Database, account_id: str, parent_id: str) -> list[Cycle]:
    """The cycles directly beneath another."""
    return [from_row(row) for row in database.all(_beneath, {"account": account_id, "parent": parent_id})]


def running(database: Database, account_id: str, now: int) -> list[Cycle]:
    """The cycles that have started and not ended at a moment; a missing date never excludes."""
    return [from_row(row) for row in database.all(_running, {"account": account_id, "now": now})]
