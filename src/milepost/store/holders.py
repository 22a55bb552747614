"""Who holds an id: every kind of record has a table of its own, and an id may name only one record of an account."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, literal, select, union_all

from milepost.store import rows
from milepost.store.engine import Database, Statement
from milepost.store.engine.sql import among
from milepost.store.schema import (
    accounts,
    check_ins,
    custom_fields,
    cycles,
    key_results,
    objectives,
    saved_lists,
    tasks,
    teams,
    users,
)

_TABLES = (
    ("user", users),
    ("team", teams),
    ("cycle", cycles),
    ("objective", objectives),
    ("key result", key_results),
    ("check-in", check_ins),
    ("task", tasks),
    ("custom field", custom_fields),
    ("saved list", saved_lists),
)


def _held() -> Statement:
    parts = []
    for kind, table in _TABLES:
        condition = (table.c.account_id == bindparam("account"), among(table.c.id, bindparam("ids")))
        parts.append(select(table.c.id, literal(kind)).where(*condition))
    itself = (accounts.c.id == bindparam("account"), among(accounts.c.id, bindparam("ids")))
    return Statement(union_all(*parts, select(accounts.c.id, literal("account")).where(*itself)))


_kinds = _held()


def kinds(database: Database, account_id: str, ids: Iterable[str]) -> dict[str, str]:
    """The kind of record that holds each of those ids in the account, by id: "user", "team", "cycle", "objective",
    "key result", "check-in", "task", "custom field", "saved list", or "account" for the account's own. Ids that are
    free are left out.
    """
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return dict(database.all(_kinds, {"account": account_id, "ids": rows.dump(wanted)}))
