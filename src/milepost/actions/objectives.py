"""Objectives: get, list, add, revise, close, re-open, remove."""

from __future__ import annotations

from typing import Any

import msgspec

from milepost.actions import access, cascade, key_results, rollup, rules, surroundings, tasks, trail
from milepost.actions.context import Context
from milepost.actions.surroundings import History
from milepost.domain import ids
from milepost.domain.change import ObjectiveChange, chosen, held_by_lock, revised_objective
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.errors import Invalid
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Closing, Objective, ObjectiveStatus, blank
from milepost.domain.people import Capability
from milepost.domain.query import Page, Query, both
from milepost.domain.values import merged, text
from milepost.domain.views import ObjectiveView
from milepost.store import key_results as stored_key_results
from milepost.store import objectives


def find(context: Context, objective_id: str) -> Objective:
    """The stored objective; `NotFound` where the account holds none of this id."""
    return rules.objective_of(context, objective_id)


def get(
    context: Context, objective_id: str, *, with_key_results: bool = True, history: History = History.ALL
) -> ObjectiveView:
    """An objective in its surroundings, with its key results and as much of their history as asked for."""
    with context.database.reading():
        found = find(context, objective_id)
        return surroundings.of_objectives(
            context.database, context.account_id, [found], with_key_results=with_key_results, history=history
        )[0]


def list_(
    context: Context, query: Query, *, with_key_results: bool = False, history: History = History.NONE
) -> Page[ObjectiveView]:
    """The objectives that a query asks for, with their key results if wanted."""
    database, account = context.database, context.account_id
    seen = msgspec.structs.replace(query, condition=both(access.visible(context), query.condition))
    with database.reading():
        page = objectives.listing.page(
            database, account, seen, lambda found: surroundings.of_objectives(database, account, found)
        )
        views = surroundings.of_objectives(
            database, account, page.items, with_key_results=with_key_results, history=history
        )
        return Page(views, page.total)


def standing_in(context: Context, cycle_id: str) -> list[Objective]:
    """All objectives of a cycle, without their surroundings."""
    access.require(context, Capability.READ)
    return objectives.of_cycle(context.database, context.account_id, cycle_id)


def add(context: Context, cycle_id: str, change: ObjectiveChange) -> ObjectiveView:
    """A new objective in a cycle. `Invalid` without a name, in a cycle that is unknown or not open, and for references
    that the account does not hold.
    """
    access.require(context, Capability.CONTRIBUTE)
    with context.database.transaction():
        cycle = rules.referred_cycle(context, cycle_id)
        rules.require_open(cycle)
        if not chosen(change.name, ""):
            raise Invalid("name", "is required")
        blank = _blank(context, cycle)
        whole = msgspec.structs.replace(_without_inherited(change, blank, cycle), cycle_id=cycle_id)
        wanted = revised_objective(blank, whole)
        _check(context, wanted, None)
        objectives.insert(context.database, wanted)
        trail.leave(context, "objective.added", wanted, None, wanted)
        return get(context, wanted.id)


def revise(context: Context, objective_id: str, change: ObjectiveChange) -> ObjectiveView:
    """An objective after a change; into another cycle it takes its key results along. A change that changes nothing
    leaves no trace. `Invalid` where a closed or locked cycle or a value forbids it.
    """
    access.require(context, Capability.CONTRIBUTE)
    with context.database.transaction():
        before = find(context, objective_id)
        cycle = rules.cycle_of(context, before.cycle_id)
        rules.require_not_closed(cycle)
        after = revised_objective(before, _without_inherited(change, before, cycle))
        if after.cycle_id != before.cycle_id:
            rules.require_open(cycle)
            rules.require_open(rules.referred_cycle(context, after.cycle_id))
        _check(context, after, before)
        if cycle.state is CycleState.LOCKED and (held := held_by_lock(before, after)):
            raise Invalid.of(held)
        if after != before:
            after = msgspec.structs.replace(after, modified_at=context.clock(), modified_by=context.user_id)
            objectives.update_one(context.database, after)
            if after.cycle_id != before.cycle_id:
                stored_key_results.move_cycle(context.database, context.account_id, objective_id, after.cycle_id)
            trail.leave(context, "objective.revised", after, before, after)
            further = {before.parent_id, after.parent_id} if after.parent_id != before.parent_id else set()
            rollup.objectives(context, {objective_id, *further})
        return get(context, objective_id)


def close(
    context: Context,
    objective_id: str,
    status: ObjectiveStatus,
    comment: str,
    extra: dict[str, Any] | None = None,
) -> Objective:
    """Set an objective to achieved, abandoned, or active (again), with a comment; `extra` is merged into its unknown
    fields.
    """
    closing = Closing(status, text(comment, "comment"), context.clock(), context.user_id)
    return _set_status(context, objective_id, closing, extra or {})


def reopen(context: Context, objective_id: str, extra: dict[str, Any] | None = None) -> Objective:
    """Make an objective active, as if nobody had ever closed it; `extra` as in `close`."""
    return _set_status(context, objective_id, Closing(), extra or {})


def remove(context: Context, objective_id: str) -> None:
    """Delete an objective with its key results; objectives beneath it stay, with no parent. Admins, and members what
    they own or created.
    """
    access.require(context, Capability.CONTRIBUTE)
    with context.database.transaction():
        one = find(context, objective_id)
        access.require_removal(context, one)
        rules.require_open(rules.cycle_of(context, one.cycle_id))
        measures = discard(context, one)
        cascade.carry(context, *measures, objectives=[one.parent_id])


def discard(context: Context, objective: Objective) -> list[KeyResult]:
    """Delete an objective with its key results and tasks; the deleted key results come back. The caller has checked the
    rules, and calls `cascade.carry` for the effects above.
    """
    measures = stored_key_results.in_objectives(context.database, context.account_id, [objective.id])
    for key_result in measures:
        key_results.discard(context, key_result)
    tasks.discard_beneath(context, objective.id)
    for child in objectives.children(context.database, context.account_id, objective.id):
        orphan = msgspec.structs.replace(child, parent_id="", modified_at=context.clock(), modified_by=context.user_id)
        objectives.update_one(context.database, orphan)
        trail.leave(context, "objective.revised", orphan, child, orphan)
    objectives.records.delete(context.database, context.account_id, objective.id)
    trail.leave(context, "objective.removed", objective, objective)
    return measures


def _set_status(context: Context, objective_id: str, closing: Closing, extra: dict[str, Any]) -> Objective:
    access.require(context, Capability.CONTRIBUTE)
    with context.database.transaction():
        before = find(context, objective_id)
        rules.require_not_closed(rules.cycle_of(context, before.cycle_id))
        after = msgspec.structs.replace(before, closing=closing, extra=merged(before.extra, extra))
        if after != before:
            after = msgspec.structs.replace(after, modified_at=context.clock(), modified_by=context.user_id)
            objectives.update_one(context.database, after)
            trail.leave(context, "objective.status_set", after, before, after)
        return after


def _without_inherited(change: ObjectiveChange, standing: Objective, cycle: Cycle) -> ObjectiveChange:
    """The change without dates that only repeat those of the cycle: a client sent back what it had read."""
    if standing.starts_at is None and change.starts_at == cycle.starts_at:
        change = msgspec.structs.replace(change, starts_at=None)
    if standing.ends_at is None and change.ends_at == cycle.ends_at:
        change = msgspec.structs.replace(change, ends_at=None)
    return change


def _check(context: Context, after: Objective, before: Objective | None) -> None:
    """`Invalid` where the objective has unknown owners or an unknown parent, or ends before it starts."""
    rules.require_owners(context, after.owner_ids, before.owner_ids if before else ())
    if after.parent_id and (before is None or after.parent_id != before.parent_id):
        rules.referred_objective(context, after.parent_id, "parent_id")
        if before is not None:  # a new one is nobody's ancestor
            rules.require_no_circle(context, after.id, after.parent_id)
    dated = ("starts_at", "ends_at")
    if before is None or any(getattr(after, field) != getattr(before, field) for field in dated):
        _check_dates(after, rules.referred_cycle(context, after.cycle_id))


def _check_dates(one: Objective, cycle: Cycle) -> None:
    """`Invalid` where an objective's own dates, or one of them and the cycle's other, are in the wrong order."""
    starts = cycle.starts_at if one.starts_at is None else one.starts_at
    ends = cycle.ends_at if one.ends_at is None else one.ends_at
    if starts is None or ends is None or starts <= ends or one.starts_at is one.ends_at is None:
        return
    if one.ends_at is None:
        raise Invalid("starts_at", "must not lie behind the end, which is the cycle's where none is given")
    raise Invalid("ends_at", "must not lie before the start, which is the cycle's where none is given")


def _blank(context: Context, cycle: Cycle) -> Objective:
    now = context.clock()
    return blank(context.account_id, ids.new(now), cycle.id, at=now, by=context.user_id)
