"""Keeps what is derived from key results up to date, in the transaction that changes them."""

from __future__ import annotations

from milepost.actions.context import Context
from milepost.domain import history, progress
from milepost.domain.key_result import KeyResult
from milepost.store import check_ins, key_results, objectives


def objective(context: Context, objective_id: str) -> None:
    """Bring an objective's attainment and count in line with its key results."""
    scores = key_results.scores(context.database, context.account_id, objective_id)
    attained = progress.mean((value, weight) for value, weight in scores if value is not None)
    objectives.set_progress(context.database, context.account_id, objective_id, attained, len(scores))


def from_history(context: Context, key_result: KeyResult) -> KeyResult:
    """The key result as its stored history says it is."""
    database, account, one = context.database, context.account_id, key_result.id
    return history.settled(
        key_result,
        check_ins.newest(database, account, one),
        check_ins.newest_confident(database, account, one),
        check_ins.count(database, account, one),
    )
