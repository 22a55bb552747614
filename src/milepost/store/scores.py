"""The scores beneath an objective, from which its derived values are computed."""

from __future__ import annotations

from typing import TypeAlias

from sqlalchemy import bindparam, select

from milepost.store.engine import Database, Statement
from milepost.store.schema import key_results, objectives

# (attainment, weight) of a key result; an attainment of `None` is not scored.
Scored: TypeAlias = tuple[float | None, float]
# (attainment, mean of all scored beneath, number of those) of an objective.
Beneath: TypeAlias = tuple[float | None, float | None, int]

_k, _o = key_results.c, objectives.c
_key_results = Statement(
    select(_k.attainment, _k.weight).where(
        _k.account_id == bindparam("account"), _k.objective_id == bindparam("objective")
    )
)
_children = Statement(
    select(_o.attainment, _o.beneath_attainment, _o.beneath_count).where(
        _o.account_id == bindparam("account"), _o.parent_id == bindparam("objective")
    )
)


def beneath(database: Database, account_id: str, objective_id: str) -> tuple[list[Scored], list[Beneath]]:
    """Of each key result of an objective, and of each objective directly beneath it."""
    values = {"account": account_id, "objective": objective_id}
    of_key_results, of_children = database.each([(_key_results, values), (_children, values)])
    return of_key_results, of_children
