"""Cycles. They come without dates, and open: this API shows neither."""

from __future__ import annotations

from milepost.actions import trail
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.values import name
from milepost.store import cycles
from milepost.transfer.simpleokr.run import Item, Run


def decode(run: Run, item: Item) -> Cycle:
    """The cycle that an item shows."""
    shown = item.shown
    shown.require("name")
    created_at = shown.moment("created_at")
    cycle = Cycle(
        account_id=run.account_id,
        id=item.id,
        name=shown.text("name"),
        state=CycleState.OPEN,
        starts_at=None,
        ends_at=None,
        time_zone="",
        created_at=created_at,
        created_by="",
        modified_at=created_at,
        modified_by="",
    )
    shown.finish()
    name(cycle.name, "name")
    return cycle


def add(run: Run, _item: Item, cycle: Cycle) -> None:
    """Add the cycle."""
    cycles.records.insert(run.database, cycle)
    trail.leave(run.context, "cycle.added", cycle, None, cycle)
