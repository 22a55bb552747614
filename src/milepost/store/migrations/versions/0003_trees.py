"""Values that objectives and key results derive from those beneath them, also for existing trees."""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The form of a reference; earlier versions kept references among the unknown fields.
_ID = re.compile(r"[0-9a-f]{24}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def upgrade() -> None:
    op.add_column("objectives", sa.Column("counts_children", sa.Integer(), server_default="0", nullable=False))
    op.add_column("objectives", sa.Column("children_attainment", sa.Double(), nullable=True))
    op.add_column("objectives", sa.Column("beneath_attainment", sa.Double(), nullable=True))
    op.add_column("objectives", sa.Column("beneath_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("key_results", sa.Column("parent_id", sa.Text(), server_default="", nullable=False))
    op.add_column("key_results", sa.Column("child_count", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_key_results_parent", "key_results", ["account_id", "parent_id"])
    _read_what_was_kept()
    _count_key_results()
    _roll_up()


def _run(statement: str, **values: Any) -> list[Any]:
    result = op.get_bind().execute(sa.text(statement), values)
    return list(result) if result.returns_rows else []


def _read_what_was_kept() -> None:
    kept = "SELECT account_id, id, extra FROM {} WHERE extra LIKE '%{}%'"
    for account, record, extra in _run(kept.format("objectives", "attainmentType")):
        if json.loads(extra).get("attainmentType") == "all":
            _run("UPDATE objectives SET counts_children = 1 WHERE account_id = :a AND id = :i", a=account, i=record)
    parents: dict[tuple[str, str], str] = {}
    for account, record, extra in _run(kept.format("key_results", "parentMetricId")):
        parent = json.loads(extra).get("parentMetricId")
        if isinstance(parent, str) and _ID.fullmatch(parent) and not _closes_a_circle(parents, account, record, parent):
            parents[account, record] = parent
            one = {"a": account, "i": record, "p": parent}
            _run("UPDATE key_results SET parent_id = :p WHERE account_id = :a AND id = :i", **one)


def _closes_a_circle(parents: dict[tuple[str, str], str], account: str, record: str, parent: str) -> bool:
    above = parent
    while above != record:
        if not (above := parents.get((account, above), "")):
            return False
    return True


def _count_key_results() -> None:
    _run(
        "UPDATE key_results SET child_count = (SELECT count(*) FROM key_results AS child"
        " WHERE child.account_id = key_results.account_id AND child.parent_id = key_results.id)"
    )


def _roll_up() -> None:
    """Sums stay as they stand until a key result beneath changes; the means of objectives are computed at once."""
    own = defaultdict(list)
    for account, objective, value, weight in _run(
        "SELECT account_id, objective_id, attainment, weight FROM key_results WHERE attainment IS NOT NULL"
    ):
        own[account, objective].append((value, weight))
    trees: dict[str, dict[str, tuple[str, bool]]] = defaultdict(dict)
    for account, objective, parent, both in _run("SELECT account_id, id, parent_id, counts_children FROM objectives"):
        trees[account][objective] = (parent, bool(both))
    for account, tree in trees.items():
        for objective, values in _from_below(tree, {one: own[account, one] for one in tree}):
            _run(
                "UPDATE objectives SET attainment = :attained, children_attainment = :children,"
                " beneath_attainment = :beneath, beneath_count = :count WHERE account_id = :account AND id = :one",
                account=account,
                one=objective,
                **values,
            )


def _from_below(tree: dict[str, tuple[str, bool]], own: dict[str, list[Any]]) -> list[tuple[str, dict[str, Any]]]:
    """The values of each objective that has any beneath it."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    beneath = defaultdict(list)
    for one, (parent, _) in tree.items():
        if parent in tree:
            sorter.add(parent, one)
            beneath[parent].append(one)
    try:
        order = list(sorter.static_order())
    except CycleError:  # which no front end and no import lets in
        return []
    attained = {one: _mean(scores) for one, scores in own.items()}
    below: dict[str, list[Any]] = {one: [] for one in tree}
    found = []
    for one in order:
        if not beneath[one]:
            continue
        children = [(score, 1.0) for child in beneath[one] if (score := attained[child]) is not None]
        attained[one] = _mean(own[one] + children if tree[one][1] else own[one])
        if attained[one] is None:
            attained[one] = _mean(children)
        further = [(mean, count) for child in beneath[one] for mean, count in below[child]]
        count = sum(int(weight) for _, weight in children + further)
        mean = _mean(children + further)
        below[one] = [] if mean is None else [(mean, float(count))]
        found.append((one, {"attained": attained[one], "children": _mean(children), "beneath": mean, "count": count}))
    return found


def _mean(parts: list[Any]) -> float | None:
    whole = math.fsum(weight for _, weight in parts)
    return sum(value * (weight / whole) for value, weight in parts) if whole > 0 else None
