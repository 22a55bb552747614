"""Cycles: get, list, add, revise, remove. Only admins change them."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.actions import access, cascade, objectives, rules, trail
from milepost.actions.context import Context
from milepost.domain import ids
from milepost.domain.change import chosen
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.errors import Invalid
from milepost.domain.instants import Instant
from milepost.domain.people import Capability
from milepost.domain.query import Page, Query, both
from milepost.domain.values import merged, name
from milepost.store import cycles
from milepost.store import objectives as stored_objectives


class CycleChange(msgspec.Struct, frozen=True, kw_only=True):
    """The wanted changes; a field that is `UNSET` stays. `extra` is merged into the stored one (`UNSET` removes)."""

    name: str | UnsetType = UNSET
    state: CycleState | UnsetType = UNSET
    starts_at: Instant | None | UnsetType = UNSET
    ends_at: Instant | None | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    parent_id: str | UnsetType = UNSET
    extra: dict[str, Any] = {}


def get(context: Context, cycle_id: str) -> Cycle:
    """The cycle; `NotFound` where the account holds none of this id."""
    return rules.cycle_of(context, cycle_id)


def list_(context: Context, query: Query) -> Page[Cycle]:
    """The cycles that a query asks for."""
    seen = msgspec.structs.replace(query, condition=both(access.visible(context), query.condition))
    return cycles.listing.page(context.database, context.account_id, seen, list)


def running(context: Context) -> list[Cycle]:
    """The cycles that have started and not ended; one without dates runs while it is open."""
    found = cycles.running(context.database, context.account_id, context.clock())
    return [
        cycle
        for cycle in found
        if cycle.state is CycleState.OPEN or cycle.starts_at is not None or cycle.ends_at is not None
    ]


def add(context: Context, change: CycleChange) -> Cycle:
    """A new cycle. `Invalid` for a parent that the account does not hold."""
    access.require(context, Capability.ADMINISTER)
    now = context.clock()
    blank = Cycle(
        account_id=context.account_id,
        id=ids.new(now),
        name="",
        state=CycleState.OPEN,
        starts_at=None,
        ends_at=None,
        time_zone="",
        created_at=now,
        created_by=context.user_id,
        modified_at=now,
        modified_by=context.user_id,
    )
    cycle = _revised(blank, change)
    with context.database.transaction():
        _check_parent(context, cycle, "")
        cycles.records.insert(context.database, cycle)
        trail.leave(context, "cycle.added", cycle, None, cycle)
    return cycle


def revise(context: Context, cycle_id: str, change: CycleChange) -> Cycle:
    """A cycle after a change. `Invalid` for a closed cycle, unless the change re-opens or locks it."""
    access.require(context, Capability.ADMINISTER)
    with context.database.transaction():
        before = get(context, cycle_id)
        after = _revised(before, change)
        if after == before:
            return before
        if before.state is CycleState.CLOSED and after.state is CycleState.CLOSED:
            rules.require_not_closed(before)
        _check_parent(context, after, before.parent_id)
        after = msgspec.structs.replace(after, modified_at=context.clock(), modified_by=context.user_id)
        cycles.records.update(context.database, after)
        trail.leave(context, "cycle.revised", after, before, after)
        if before.state is CycleState.CLOSED:
            cascade.catch_up(context, cycle_id)
    return after


def remove(context: Context, cycle_id: str) -> None:
    """Delete a cycle with its objectives and their key results. Cycles beneath it stay, without a parent."""
    access.require(context, Capability.ADMINISTER)
    with context.database.transaction():
        cycle = get(context, cycle_id)
        standing = stored_objectives.of_cycle(context.database, context.account_id, cycle_id)
        measures = [one for objective in standing for one in objectives.discard(context, objective)]
        cascade.carry(context, *measures, objectives=[objective.parent_id for objective in standing])
        for one in cycles.beneath(context.database, context.account_id, cycle_id):
            orphan = msgspec.structs.replace(
                one, parent_id="", modified_at=context.clock(), modified_by=context.user_id
            )
            cycles.records.update(context.database, orphan)
            trail.leave(context, "cycle.revised", orphan, one, orphan)
        cycles.records.delete(context.database, context.account_id, cycle_id)
        trail.leave(context, "cycle.removed", cycle, cycle)


def _check_parent(context: Context, after: Cycle, standing_parent: str) -> None:
    """`Invalid` where a new parent is unknown, or is beneath the cycle itself. Imports may keep unknown parents."""
    if after.parent_id and after.parent_id != standing_parent:
        rules.referred_cycle(context, after.parent_id, "parent_id")
        rules.require_no_cycle_circle(context, after.id, after.parent_id)


def _revised(standing: Cycle, change: CycleChange) -> Cycle:
    starts_at = chosen(change.starts_at, standing.starts_at)
    ends_at = chosen(change.ends_at, standing.ends_at)
    if starts_at is not None and ends_at is not None and ends_at < starts_at:
        raise Invalid("ends_at", "must not lie before the start")
    return msgspec.structs.replace(
        standing,
        name=name(chosen(change.name, standing.name), "name"),
        state=chosen(change.state, standing.state),
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=name(chosen(change.time_zone, standing.time_zone), "time_zone"),
        parent_id=chosen(change.parent_id, standing.parent_id),
        extra=merged(standing.extra, change.extra),
    )
