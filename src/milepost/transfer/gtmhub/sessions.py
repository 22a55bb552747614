"""sessions.json: cycles."""

from __future__ import annotations

from milepost.actions import trail
from milepost.dialects.gtmhub.wire.sessions import NAMES, decode_part
from milepost.domain.change import chosen
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.errors import Invalid
from milepost.domain.values import merged, name
from milepost.store import cycles
from milepost.transfer.gtmhub import reading
from milepost.transfer.gtmhub.run import Item, Run

__all__ = ["COMPARED", "NAMES", "add", "read"]

COMPARED = {"name": "title", "state": "status", "starts_at": "start", "ends_at": "end", "parent_id": "parentId"}


def add(run: Run, item: Item) -> None:
    """Add the cycle, open unless it says otherwise."""
    cycle = _cycle(run, item)
    cycles.records.insert(run.database, cycle)
    trail.leave(item.context, "cycle.added", cycle, None, cycle)


def read(run: Run, item: Item) -> tuple[Cycle, Cycle] | None:
    """The cycle as stored, and as the item would make it."""
    standing = cycles.records.find(run.database, item.context.account_id, item.id)
    return None if standing is None else (standing, _cycle(run, item))


def _cycle(run: Run, item: Item) -> Cycle:
    change = decode_part(item.raw)
    reading.required(change.name, "name")
    made = reading.making(item.raw, item.id, run.now)
    starts_at, ends_at = chosen(change.starts_at, None), chosen(change.ends_at, None)
    if starts_at is not None and ends_at is not None and ends_at < starts_at:
        raise Invalid("ends_at", "must not lie before the start")
    return Cycle(
        account_id=item.context.account_id,
        id=item.id,
        name=name(chosen(change.name, ""), "name"),
        state=chosen(change.state, CycleState.OPEN),
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=name(chosen(change.time_zone, ""), "time_zone"),
        created_at=made.created_at,
        created_by=made.created_by,
        modified_at=made.modified_at,
        modified_by=made.modified_by,
        extra=merged({}, change.extra),
        parent_id=chosen(change.parent_id, ""),
    )
