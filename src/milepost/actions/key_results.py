"""Key results: get, list, add, revise, remove. A value changes through a check-in only, whoever asks for it."""

from __future__ import annotations

import msgspec

from milepost.actions import access, cascade, check_ins, rules, surroundings, tasks, trail
from milepost.actions.context import Context
from milepost.actions.surroundings import History
from milepost.domain import history as histories
from milepost.domain import ids
from milepost.domain.change import (
    ConfidenceChange,
    KeyResultChange,
    chosen,
    confidence_of,
    held_by_lock,
    revised_key_result,
)
from milepost.domain.check_in import Entry
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.errors import Invalid, NotFound
from milepost.domain.key_result import KeyResult, blank
from milepost.domain.objective import Objective
from milepost.domain.people import Capability
from milepost.domain.query import Page, Query, both
from milepost.domain.values import number
from milepost.domain.views import KeyResultView
from milepost.store import check_ins as stored_check_ins
from milepost.store import key_results, surrounded
from milepost.store.key_results import Scored


def find(context: Context, key_result_id: str) -> KeyResult:
    """The stored key result; `NotFound` where the account holds none of this id."""
    return rules.key_result_of(context, key_result_id)


def get(context: Context, key_result_id: str, history: History = History.ALL) -> KeyResultView:
    """A key result in its surroundings, with its whole history unless told otherwise."""
    with context.database.reading():
        return around(context, find(context, key_result_id), history)


def around(context: Context, standing: KeyResult, history: History = History.ALL) -> KeyResultView:
    """A key result in its surroundings. Find it in the same `reading`, or it may have changed since."""
    view = surroundings.of_key_results(context.database, context.account_id, [standing], history)[0]
    surroundings.remember(context.database, view)
    return view


def in_one_statement(context: Context, key_result_id: str) -> KeyResultView | None:
    """A key result in its surroundings, without its history, where one statement can read it; else `None`. An embedded
    database caches surroundings, the statement for a server reads them. `NotFound` where the account holds none of this
    id.
    """
    if context.database.is_embedded:
        return surroundings.remembered(context.database, find(context, key_result_id))
    found = surrounded.find(context.database, context.account_id, key_result_id)
    if found is None:
        raise NotFound("key result", key_result_id)
    owners = () if found.owner is None else (surroundings.of_user(found.owner),)
    if found.key_result.owner_ids != tuple([owner.id for owner in owners]):  # a team, or more than one
        return None
    return KeyResultView(found.key_result, found.objective, found.cycle, owners)


def list_bare(context: Context, query: Query) -> Page[KeyResult]:
    """The key results that a query asks for, without their surroundings."""
    database, account = context.database, context.account_id
    seen = msgspec.structs.replace(query, condition=both(access.visible(context), query.condition))
    return key_results.listing.page(
        database, account, seen, lambda found: surroundings.of_key_results(database, account, found)
    )


def scored(context: Context, cycle_id: str) -> list[Scored]:
    """All key results of a cycle, with only what their health, their owners and their tags need."""
    access.require(context, Capability.READ)
    return key_results.scored(context.database, context.account_id, cycle_id)


def list_(context: Context, query: Query, history: History = History.NONE) -> Page[KeyResultView]:
    """The key results that a query asks for, in their surroundings."""
    database, account = context.database, context.account_id
    with database.reading():
        page = list_bare(context, query)
        return Page(surroundings.of_key_results(database, account, page.items, history), page.total)


def add(context: Context, objective_id: str, change: KeyResultChange) -> KeyResultView:
    """A new key result under an objective. A current value or a confidence becomes its first check-in.

    `Invalid` without a name, under an unknown or abandoned objective, in a cycle that is not open (Gtmhub: 400).
    """
    access.require(context, Capability.CONTRIBUTE)
    with context.database.transaction():
        objective = rules.referred_objective(context, objective_id)
        rules.require_open(rules.cycle_of(context, objective.cycle_id))
        rules.require_not_abandoned(objective)
        if not chosen(change.name, ""):
            raise Invalid("name", "is required")
        wanted = revised_key_result(_blank(context, objective), change)
        rules.require_owners(context, wanted.owner_ids)
        _check_parent(context, wanted, "")
        wanted = histories.valued(wanted, wanted.start)
        key_results.insert(context.database, wanted)
        trail.leave(context, "key_result.added", wanted, None, wanted)
        value = number(chosen(change.current, wanted.start), "current")
        confidence = confidence_of(change, wanted)
        if value != wanted.start or confidence is not None:
            cascade.append(context, wanted, check_ins.made(context, wanted.id, _entry(value, confidence)))
        cascade.carry(context, wanted)
        return get(context, wanted.id)


def revise(context: Context, key_result_id: str, change: KeyResultChange) -> KeyResultView:
    """A key result after a change; what the change does not name stays. A change that changes nothing leaves no trace.

    `current` and `confidence` are recorded as one check-in by the actor where they differ from the stored ones, under
    the rules of a check-in. `Invalid` where a closed or locked cycle, an abandoned objective or a value forbids it.
    """
    access.require(context, Capability.CONTRIBUTE)
    with context.database.transaction():
        before = find(context, key_result_id)
        cycle = rules.cycle_of(context, before.cycle_id)
        rules.require_not_closed(cycle)
        rules.require_not_abandoned(rules.objective_of(context, before.objective_id))
        after = _moved(context, revised_key_result(before, change), change, cycle)
        rules.require_owners(context, after.owner_ids, before.owner_ids)
        _check_parent(context, after, before.parent_id)
        if cycle.state is CycleState.LOCKED and (held := held_by_lock(before, after)):
            raise Invalid.of(held)
        entry = _entry_of(context, after, change)
        if after.start != before.start and not before.check_in_count:
            check_ins.require_due(context, after)  # without a history the start is shown as the value
        if after != before:
            after = _write(context, before, after)
        if entry is not None:
            after = cascade.append(context, after, check_ins.made(context, after.id, entry))
        if after != before:
            cascade.carry(context, before, after)
        return get(context, key_result_id)


def remove(context: Context, key_result_id: str) -> None:
    """Delete a key result with its history: admins, and members what they own or created."""
    access.require(context, Capability.CONTRIBUTE)
    with context.database.transaction():
        one = find(context, key_result_id)
        access.require_removal(context, one)
        rules.require_open(rules.cycle_of(context, one.cycle_id))
        rules.require_not_abandoned(rules.objective_of(context, one.objective_id))
        discard(context, one)
        key_results.close_gap(context.database, context.account_id, one.objective_id, one.position)
        cascade.carry(context, one)


def discard(context: Context, key_result: KeyResult) -> None:
    """Delete a key result with its history and tasks, and leave all of them in the audit. The caller has checked the
    rules, and calls `cascade.carry` for the effects above.
    """
    standing = find(context, key_result.id)
    history = stored_check_ins.history(context.database, context.account_id, key_result.id)
    tasks.discard_beneath(context, key_result.id)
    cascade.orphan(context, key_result.id)
    key_results.records.delete(context.database, context.account_id, key_result.id)
    trail.leave(context, "key_result.removed", key_result, {"key_result": standing, "check_ins": history})


def _blank(context: Context, objective: Objective) -> KeyResult:
    now = context.clock()
    position = key_results.next_position(context.database, context.account_id, objective.id)
    return blank(
        context.account_id,
        ids.new(now),
        objective.id,
        objective.cycle_id,
        position=position,
        at=now,
        by=context.user_id,
    )


def _moved(context: Context, one: KeyResult, change: KeyResultChange, cycle: Cycle) -> KeyResult:
    """The key result under the objective that the change names, if it names another."""
    objective_id = chosen(change.objective_id, one.objective_id)
    if objective_id == one.objective_id:
        return one
    objective = rules.referred_objective(context, objective_id)
    rules.require_open(cycle)
    rules.require_open(rules.cycle_of(context, objective.cycle_id))
    rules.require_not_abandoned(objective)
    position = key_results.next_position(context.database, context.account_id, objective_id)
    return msgspec.structs.replace(
        one, objective_id=objective_id, cycle_id=objective.cycle_id, position=chosen(change.position, position)
    )


def _check_parent(context: Context, after: KeyResult, standing_parent: str) -> None:
    """`Invalid` where a new parent is unknown, is beneath the key result itself, or has no children in a locked or
    closed cycle: becoming a sum would be more than progress.
    """
    if not after.parent_id or after.parent_id == standing_parent:
        return
    parent = rules.referred_key_result(context, after.parent_id, "parent_id")
    rules.require_no_cascade_circle(context, after.id, after.parent_id)
    cycle = rules.cycle_of(context, parent.cycle_id)
    if cycle.state is not CycleState.OPEN and not parent.child_count:
        raise Invalid("parent_id", f"stands in a {cycle.state} cycle ({cycle.name}), where it cannot become a sum")


def _write(context: Context, before: KeyResult, after: KeyResult) -> KeyResult:
    """Store a changed key result. Its progress is calculated anew: its start or target may have changed."""
    database, account = context.database, context.account_id
    after = msgspec.structs.replace(after, modified_at=context.clock(), modified_by=context.user_id)
    after = histories.valued(after, after.current if after.check_in_count else after.start)
    key_results.update_one(database, after)
    if after.objective_id != before.objective_id:
        key_results.close_gap(database, account, before.objective_id, before.position)
    trail.leave(context, "key_result.revised", after, before, after)
    return after


def _entry_of(context: Context, one: KeyResult, change: KeyResultChange) -> Entry | None:
    """The check-in that a change asks for; `None` for none. A value for a key result that is not manual is ignored."""
    current = one.current if one.check_in_count else one.start
    value = number(chosen(change.current, current), "current") if one.is_manual else current
    confidence = confidence_of(change, one)
    if value == current and confidence is None:
        return None
    check_ins.require_due(context, one)
    return _entry(value, confidence)


def _entry(value: float, confidence: ConfidenceChange | None) -> Entry:
    if confidence is None:
        return Entry(value=value)
    return Entry(value=value, confidence=confidence.value, comment=confidence.reason or "")
