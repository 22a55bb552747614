"""Cycles in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, or_, select

from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.instants import BEGINNING
from milepost.domain.query import FieldType
from milepost.store import rows
from milepost.store.engine import Database, Statement
from milepost.store.listing import Listing
from milepost.store.schema import cycles
from milepost.store.table import Records
from milepost.store.where import Scalar


def from_row(row: Any) -> Cycle:
    (account_id, cycle_id, name, state, starts, ends, time_zone, created, created_by, modified, modified_by, extra) = (
        row
    )
    return Cycle(
        account_id, cycle_id, name, CycleState(state), starts, ends, time_zone,
        created, created_by, modified, modified_by, rows.load_object(extra),
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
    }


def _dated(name: str) -> Scalar:
    return Scalar(func.coalesce(cycles.c[name], BEGINNING), FieldType.INSTANT)


listing = Listing(
    cycles,
    from_row,
    {
        **{(name,): Scalar(cycles.c[name], FieldType.TEXT) for name in ("account_id", "id", "name", "state")},
        **{(name,): Scalar(cycles.c[name], FieldType.TEXT) for name in ("time_zone", "created_by", "modified_by")},
        **{(name,): Scalar(cycles.c[name], FieldType.INSTANT) for name in ("created_at", "modified_at")},
        **{(name,): _dated(name) for name in ("starts_at", "ends_at")},
    },
)

records = Records(cycles, from_row, to_row)

_running = Statement(
    select(*cycles.c)
    .where(
        cycles.c.account_id == bindparam("account"),
        or_(cycles.c.starts_at.is_(None), cycles.c.starts_at <= bindparam("now")),
        or_(cycles.c.ends_at.is_(None), cycles.c.ends_at >= bindparam("now")),
    )
    .order_by(cycles.c.created_at, cycles.c.id)
)


def running(database: Database, account_id: str, now: int) -> list[Cycle]:
    """The cycles that have started and not ended at a moment; a missing date never excludes."""
    return [from_row(row) for row in database.all(_running, {"account": account_id, "now": now})]
