"""Key results whose value is the sum of others, which name them as their parent."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, bindparam, func, select, update

from milepost.domain.key_result import KeyResult
from milepost.store import rows
from milepost.store.ancestry import Ancestry
from milepost.store.engine import Database, Statement
from milepost.store.engine.sql import among
from milepost.store.key_results import from_row, records
from milepost.store.schema import key_results

ancestry = Ancestry(key_results, records)

_c = key_results.c
_of_account = _c.account_id == bindparam("account")
_of_parent = and_(_of_account, _c.parent_id == bindparam("parent"))
_children = Statement(select(*_c).where(_of_parent).order_by(_c.created_at, _c.id))
_child_values = Statement(select(_c.current_value).where(_of_parent))
_child = key_results.alias("child")
_counted = (
    select(func.count())
    .select_from(_child)
    .where(_child.c.account_id == bindparam("account"), _child.c.parent_id == _c.id)
    .correlate(key_results)
    .scalar_subquery()
)
_recount = Statement(
    update(key_results)
    .where(_of_account, among(_c.id, bindparam("parents")), _c.child_count != _counted)
    .values(child_count=_counted)
)
_parents_in_cycle = Statement(
    select(*_c).where(_of_account, _c.cycle_id == bindparam("cycle"), _c.child_count > 0).order_by(_c.created_at, _c.id)
)


def children(database: Database, account_id: str, parent_id: str) -> list[KeyResult]:
    """The children of a key result, whose values it sums, in order of creation."""
    return [from_row(row) for row in database.all(_children, {"account": account_id, "parent": parent_id})]


def child_values(database: Database, account_id: str, parent_id: str) -> list[float]:
    """The current values of the children of a key result."""
    return [value for (value,) in database.all(_child_values, {"account": account_id, "parent": parent_id})]


def recount(database: Database, account_id: str, parent_ids: Iterable[str]) -> None:
    """Write the number of children of each of these key results."""
    asked = sorted(filter(None, set(parent_ids)))
    if asked:
        database.run(_recount, {"account": account_id, "parents": rows.dump(asked)})


def parents_in_cycle(database: Database, account_id: str, cycle_id: str) -> list[KeyResult]:
    """The key results of a cycle that have children, in order of creation."""
    return [from_row(row) for row in database.all(_parents_in_cycle, {"account": account_id, "cycle": cycle_id})]
