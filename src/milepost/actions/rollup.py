"""Keeps the attainment and the counts of objectives up to date, in the transaction that changes their key results or
the objectives beneath them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import msgspec

from milepost.actions import rules
from milepost.actions.context import Context
from milepost.domain import progress
from milepost.domain.objective import Objective
from milepost.store import objectives as stored
from milepost.store import scores
from milepost.store.engine import Database

# The ids of objectives to update later, `None` where they are updated at once.
_waiting: ContextVar[set[str] | None] = ContextVar("milepost_rollup", default=None)


def objectives(context: Context, touched: Iterable[str], *, into_closed: bool = False) -> None:
    """Update the derived values of objectives from their key results and children, then of those above them: each once,
    the lowest first, and none above where nothing changes. Unknown ids, "" included, are ignored.

    An objective in a closed cycle keeps its values (Gtmhub) unless `into_closed`.
    """
    waiting = _waiting.get()
    if waiting is not None and not into_closed:
        waiting.update(touched)
        return
    stale = set(touched)
    upward = stored.ancestry.upward(context.database, context.account_id, stale)
    closed = frozenset() if into_closed else rules.closed_cycles(context, (one.cycle_id for one in upward))
    for standing in upward:
        if standing.id not in stale or standing.cycle_id in closed:
            continue
        after = rolled_up(context.database, context.account_id, standing)
        if after != standing:
            stored.set_progress(context.database, after)
            stale.add(standing.parent_id)


@contextmanager
def put_off(context: Context) -> Iterator[None]:
    """Update objectives once, at the end, however many changes there are: for an import, in its transaction. Until then
    nothing may read their derived values.
    """
    touched: set[str] = set()
    before = _waiting.set(touched)
    try:
        yield
    finally:
        _waiting.reset(before)
    objectives(context, touched)


def rolled_up(database: Database, account_id: str, one: Objective) -> Objective:
    """The objective with the values derived from its key results and its direct children."""
    of_key_results, beneath = scores.beneath(database, account_id, one.id)
    own = [(value, weight) for value, weight in of_key_results if value is not None]
    children = [(value, 1.0) for value, _, _ in beneath if value is not None]
    attained = progress.mean(own + children if one.counts_children else own)
    children_mean = progress.mean(children)
    further = [(value, float(count)) for _, value, count in beneath if value is not None]
    return msgspec.structs.replace(
        one,
        attainment=children_mean if attained is None else attained,
        key_result_count=len(of_key_results),
        children_attainment=children_mean,
        beneath_attainment=progress.mean(children + further),
        beneath_count=len(children) + sum(count for _, _, count in beneath),
    )
