"""Changes of a key result's history, and their effects on everything above it.

A key result with children has the sum of their values. Whenever that sum changes, its own history gets an entry by the
user who changed the child, in the same transaction (Gtmhub).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from milepost.actions import rollup, rules, trail
from milepost.actions.context import Context
from milepost.domain import history, ids, progress
from milepost.domain.check_in import CheckIn
from milepost.domain.key_result import KeyResult
from milepost.store import cascades, check_ins, key_results
from milepost.store import objectives as stored_objectives


def append(context: Context, key_result: KeyResult, entry: CheckIn) -> KeyResult:
    """Add an entry to the history and update the key result by it. The caller has checked the rules, and calls `carry`
    for the effects above.
    """
    check_ins.records.insert(context.database, entry)
    after = history.extended(key_result, entry) or _from_history(context, key_result)
    after = msgspec.structs.replace(after, modified_at=context.clock(), modified_by=context.user_id)
    key_results.set_progress(context.database, after)
    trail.leave(context, "check_in.recorded", entry, None, entry)
    return after


def settle(context: Context, key_result: KeyResult) -> KeyResult:
    """Update a key result after any other change of its history; `carry` has to follow where its value may change."""
    after = _from_history(context, key_result)
    after = msgspec.structs.replace(after, modified_at=context.clock(), modified_by=context.user_id)
    key_results.set_progress(context.database, after)
    return after


def carry(context: Context, *changed: KeyResult, objectives: Iterable[str] = ()) -> None:
    """Update everything that depends on key results that were changed, added, removed, or moved (given as they were and
    as they are): their own sums and those of their parents, their objectives and the given `objectives`, and all above.

    A key result in a closed cycle keeps its sum (Gtmhub). One that has lost all its children keeps its last value.
    """
    database, account = context.database, context.account_id
    touched = {*objectives, *(one.objective_id for one in changed)}
    stale = {one.parent_id for one in changed} | {one.id for one in changed if one.child_count}
    cascades.recount(database, account, stale)
    upward = cascades.ancestry.upward(database, account, stale)
    closed = rules.closed_cycles(context, (one.cycle_id for one in upward))
    for standing in upward:
        if standing.id not in stale or standing.cycle_id in closed or not standing.child_count:
            continue
        total = progress.total(cascades.child_values(database, account, standing.id))
        if total != standing.current:
            append(context, standing, _sum(context, standing, total))
            touched.add(standing.objective_id)
            stale.add(standing.parent_id)
    rollup.objectives(context, touched)


def catch_up(context: Context, cycle_id: str) -> None:
    """Update a cycle that is no longer closed by the changes beneath it that it has missed."""
    parents = cascades.parents_in_cycle(context.database, context.account_id, cycle_id)
    standing = stored_objectives.of_cycle(context.database, context.account_id, cycle_id)
    carry(context, *parents, objectives=[one.id for one in standing])


def orphan(context: Context, parent_id: str) -> None:
    """Remove the parent of the key results beneath one that is being deleted."""
    for child in cascades.children(context.database, context.account_id, parent_id):
        after = msgspec.structs.replace(child, parent_id="", modified_at=context.clock(), modified_by=context.user_id)
        key_results.update_one(context.database, after)
        trail.leave(context, "key_result.revised", after, child, after)


def _sum(context: Context, parent: KeyResult, total: float) -> CheckIn:
    """The entry that records a new sum. It is the newest of its history, even where an import or a clock that was set
    back has left entries in the future.
    """
    now = context.clock()
    last = parent.last_check_in_at
    return CheckIn(
        account_id=context.account_id,
        id=ids.new(now),
        key_result_id=parent.id,
        value=total,
        confidence=None,
        comment="",
        author_id=context.user_id,
        effective_at=now if last is None else max(now, last + 1),
        recorded_at=now,
    )


def _from_history(context: Context, key_result: KeyResult) -> KeyResult:
    """The key result with its progress as it follows from the stored history."""
    database, account, one = context.database, context.account_id, key_result.id
    return history.settled(
        key_result,
        check_ins.newest(database, account, one),
        check_ins.newest_confident(database, account, one),
        check_ins.count(database, account, one),
    )
