"""Checks values derived from other records that SQL can recompute, and references: finds the first that is wrong.

Values derived from a history, and means, are recomputed by the program instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, FromClause, ScalarSelect, Table, bindparam, exists, func, select

from milepost.domain.task import ParentKind
from milepost.store.check_ins import from_row as check_in
from milepost.store.engine import Database, Statement
from milepost.store.schema import (
    accounts,
    check_ins,
    key_result_owners,
    key_results,
    metadata,
    objective_owners,
    objectives,
    tasks,
)

_ROWS_IN_MEMORY = 500


class Wrong(msgspec.Struct, frozen=True):
    """A derived value that disagrees with the records it is derived from."""

    table: str
    id: str
    column: str
    stands: Any
    should: Any


class Orphan(msgspec.Struct, frozen=True):
    """A record that refers to a missing one."""

    account_id: str
    table: str
    id: str
    column: str
    refers_to: str


def _counted(table: FromClause, *conditions: Any) -> ScalarSelect[int]:
    return select(func.count()).select_from(table).where(*conditions).scalar_subquery()


_beneath = key_results.alias("beneath")
_FOLLOWING: tuple[tuple[Table, str, ColumnElement[Any] | ScalarSelect[Any]], ...] = (
    (
        key_results,
        "child_count",
        _counted(_beneath, _beneath.c.account_id == key_results.c.account_id, _beneath.c.parent_id == key_results.c.id),
    ),
    (
        key_results,
        "task_count",
        _counted(
            tasks,
            tasks.c.account_id == key_results.c.account_id,
            tasks.c.parent_id == key_results.c.id,
            tasks.c.parent_kind == ParentKind.KEY_RESULT.value,
        ),
    ),
    (
        key_results,
        "cycle_id",
        select(objectives.c.cycle_id)
        .where(objectives.c.account_id == key_results.c.account_id, objectives.c.id == key_results.c.objective_id)
        .scalar_subquery(),
    ),
)


def _first_wrong(table: Table, column: str, follows: Any) -> Statement:
    return Statement(
        select(table.c.id, table.c[column], follows)
        .where(table.c.account_id == bindparam("account"), table.c[column] != follows)
        .order_by(table.c.id)
        .limit(1)
    )


_wrong = {(table.name, column): _first_wrong(table, column, follows) for table, column, follows in _FOLLOWING}


def _references() -> Iterator[tuple[tuple[str, str, str], Statement]]:
    """For each reference of one table to another: the first row whose target is missing."""
    for table in metadata.sorted_tables:
        for reference in sorted(table.foreign_key_constraints, key=lambda one: str(one.name)):
            if reference.referred_table is accounts:
                continue
            *_, element = reference.elements
            there, here = reference.referred_table.alias("there"), element.parent
            found = exists(select(1)).where(
                there.c.account_id == table.c.account_id, there.c[element.column.name] == here
            )
            *_, key = table.primary_key.columns
            yield (
                (table.name, here.name, reference.referred_table.name),
                Statement(
                    select(key, here)
                    .where(table.c.account_id == bindparam("account"), ~found)
                    .order_by(*table.primary_key)
                    .limit(1)
                ),
            )


_orphans = dict(_references())
# Rows whose account does not exist.
_homeless = {
    table.name: Statement(
        select(table.c.account_id, list(table.primary_key)[-1])
        .where(table.c.account_id.not_in(select(accounts.c.id)))
        .order_by(*table.primary_key)
        .limit(1)
    )
    for table in metadata.sorted_tables
    if table is not accounts
}


def wrong(database: Database, account_id: str) -> Iterator[Wrong]:
    """For each derived value, the first of the account's records where it is wrong."""
    for (table, column), statement in _wrong.items():
        if (row := database.one(statement, {"account": account_id})) is not None:
            yield Wrong(table, row[0], column, row[1], row[2])


def orphans(database: Database, account_id: str) -> Iterator[Orphan]:
    """For each reference, the first of the account's records where its target is missing."""
    for (table, column, referred), statement in _orphans.items():
        if (row := database.one(statement, {"account": account_id})) is not None:
            yield Orphan(account_id, table, str(row[0]), column, f"{referred} {row[1]}")


def homeless(database: Database) -> Iterator[Orphan]:
    """For each table, the first row whose account does not exist. It names no account: it is about all of them."""
    for table, statement in _homeless.items():
        if (row := database.one(statement, {})) is not None:
            yield Orphan(str(row[0]), table, str(row[1]), "account_id", f"accounts {row[0]}")


_owned = {
    table.name: Statement(
        select(owning.c[column], owning.c.owner_id)
        .where(owning.c.account_id == bindparam("account"))
        .order_by(owning.c[column], owning.c.owner_id)
    )
    for table, owning, column in (
        (objectives, objective_owners, "objective_id"),
        (key_results, key_result_owners, "key_result_id"),
    )
}
_histories = Statement(
    select(*check_ins.c)
    .where(check_ins.c.account_id == bindparam("account"))
    .order_by(check_ins.c.key_result_id, check_ins.c.effective_at, check_ins.c.recorded_at, check_ins.c.id)
)


def owned(database: Database, account_id: str, table: str) -> Iterator[tuple[str, str]]:
    """(record, owner) of every entry of an index of owners, in the order of records; inside a `reading`."""
    for part in database.chunks(_owned[table], {"account": account_id}, _ROWS_IN_MEMORY):
        yield from map(tuple, part)


def histories(database: Database, account_id: str) -> Iterator[Any]:
    """Every check-in, in the order of key results, each history ascending; inside a `reading`."""
    for part in database.chunks(_histories, {"account": account_id}, _ROWS_IN_MEMORY):
        yield from map(check_in, part)
