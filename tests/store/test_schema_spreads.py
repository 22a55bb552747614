"""The schema can be spread over several machines by account: each key, each index, each reference begins with the
account, and each statement names it. docs/scale.md builds on this.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine.interfaces import ReflectedForeignKeyConstraint
from sqlalchemy.pool import NullPool

from account_ties import strays
from acme import Acme
from calls import calls_of
from engines import watch
from gtmhub_calls import GTMHUB
from milepost import app, store
from milepost.cli.demo_company import build as build_demo
from milepost.store.engine import POSTGRESQL, SQLITE, Statement
from milepost.store.schema import metadata
from simpleokr_calls import SIMPLEOKR
from wire import InProcess

Addressed = Callable[[Path], AbstractContextManager[str]]

# It says at which version the schema is, once for all.
MIGRATIONS = "alembic_version"

# The statements that are about every account, and why. Those of one account never are.
ABOUT_ALL = {
    "accounts._all": "the operator's list of the companies, and whether there is any yet",
    "keys._by_credential_anywhere": "a credential that was brought along does not say whose it is",
    "keys._holding": "which secrets a server key opens, when a server starts, and to seal them anew",
    "tokens._by_digest_anywhere": "a token that was brought along does not say whose it is",
    "copying._everything": "the whole database is copied",
    "copying._count": "likewise",
    "copying._any": "likewise: whether there is anything at all",
    "derived._homeless": "whether there are rows of an account that there is not, when everything is verified",
}
FILTERS = (
    '{"name": {"$regex": "a"}}', '{"attainment": {"$gt": 0.5}}', '{"tags.title": {"$in": ["a", "b"]}}',
    '{"$or": [{"name": "a"}, {"ownerIds": {"$in": ["b"]}}]}',
    '{"ownerIds": {"$nin": ["0123456789abcdef01234567"]}}', '{"name": 5}',
)  # fmt: skip


def account(table: str) -> str:
    """The column that says whose a row is."""
    return "id" if table == "accounts" else "account_id"


@pytest.fixture(scope="module")
def schema(addressed: Addressed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """What a database says of its own tables, after all migrations."""
    with addressed(tmp_path_factory.mktemp("schema")) as url:
        app.database(url).close()
        engine = create_engine(re.sub("^postgresql:", "postgresql+psycopg:", url), poolclass=NullPool)
        yield inspect(engine)
        engine.dispose()


@pytest.fixture(scope="module")
def tables(schema: Any) -> list[str]:
    found = set(schema.get_table_names()) - {MIGRATIONS}
    assert found == set(metadata.tables)
    return sorted(found)


def test_every_primary_key_begins_with_the_account(schema: Any, tables: list[str]) -> None:
    for table in tables:
        assert schema.get_pk_constraint(table)["constrained_columns"][0] == account(table), table


def test_every_index_begins_with_the_account_unique_or_not(schema: Any, tables: list[str]) -> None:
    found = [(table, one["column_names"]) for table in tables for one in schema.get_indexes(table)]
    found += [(table, one["column_names"]) for table in tables for one in schema.get_unique_constraints(table)]
    assert len(found) > len(tables)
    for table, columns in found:
        assert columns[0] == account(table), (table, columns)


def test_every_reference_is_to_a_row_of_the_same_account(schema: Any, tables: list[str]) -> None:
    for table in tables:
        references: list[ReflectedForeignKeyConstraint] = schema.get_foreign_keys(table)
        assert bool(references) == (table != "accounts")
        for one in references:
            pair = one["constrained_columns"][0], one["referred_columns"][0]
            assert pair == (account(table), account(one["referred_table"])), (table, one["name"])


def test_accounts_have_one_type_everywhere(schema: Any, tables: list[str]) -> None:
    types = {
        str(column["type"]): table
        for table in tables
        for column in schema.get_columns(table)
        if column["name"] == account(table)
    }
    assert len(types) == 1, types


def statements() -> dict[str, Statement]:
    """Every statement that the modules of the store keep, by where it is found."""
    found: dict[str, Statement] = {}

    def collect(place: str, value: Any) -> None:
        if isinstance(value, Statement):
            found.setdefault(place, value)
        elif isinstance(value, dict):
            for key, one in list(value.items()):
                collect(f"{place}[{key}]", one)
        elif isinstance(value, list | tuple | set | frozenset):
            for number, one in enumerate(value):
                collect(f"{place}[{number}]", one)
        elif type(value).__module__.startswith(store.__name__):
            for name, one in getattr(value, "__dict__", {}).items():
                collect(f"{place}.{name}", one)

    for module in pkgutil.walk_packages(store.__path__, f"{store.__name__}."):
        if ".migrations" not in module.name:
            for name, value in vars(importlib.import_module(module.name)).items():
                collect(f"{module.name.removeprefix(f'{store.__name__}.')}.{name}", value)
    return found


def about_all(place: str) -> str:
    """The exception that a statement falls under, or ""."""
    return next((one for one in ABOUT_ALL if place == one or place.startswith(f"{one}[")), "")


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL])
def test_every_statement_of_the_store_names_the_account(dialect: str) -> None:
    found = statements()
    assert len(found) > 150
    loose = {place: missing for place, one in found.items() if (missing := strays(one.on(dialect).sql))}
    unexpected = {place: tables for place, tables in loose.items() if not about_all(place)}
    assert not unexpected, f"these say of no account which it is: {unexpected}"
    assert {about_all(place) for place in loose} == ABOUT_ALL.keys(), "an exception that none needs any more"


def test_so_does_every_statement_that_is_made_when_it_is_needed(acme: Acme, anna: InProcess) -> None:
    dialect = SQLITE if acme.database.is_embedded else POSTGRESQL
    # But for what earlier tests made, and a list has kept.
    known = {place: one.on(dialect).sql for place, one in statements().items() if "._statements[" not in place}
    excepted = {sql for place, sql in known.items() if about_all(place)}
    seen: set[str] = set()
    taken: list[bool] = []
    with pytest.MonkeyPatch.context() as patch:
        watch(patch, type(acme.database), seen.add)
        removals = [(call, call.dialect.ours(acme)) for call in calls_of(GTMHUB, SIMPLEOKR) if call.method == "DELETE"]
        for call in calls_of(GTMHUB, SIMPLEOKR):
            if call.method != "DELETE":
                call.send(anna, call.dialect.ours(acme))
        for path in ("metrics", "goals", "tasks", "sessions", "users"):
            for filter_ in FILTERS:
                for sort in ("name", "-attainment", "dateCreated"):
                    taken.append(anna.get(f"v1/{path}", filter=filter_, sort=sort, take=2, skip=1).status == 200)
        for call, of in removals:
            call.send(anna, of)
        build_demo(acme.database, acme.clock())
    assert len(seen - set(known.values())) > 50
    assert sum(taken) > 50
    loose = {sql: missing for sql in seen - excepted if (missing := strays(sql))}
    assert not loose


@pytest.mark.parametrize(
    ("sql", "missing"),
    [
        ("SELECT users.id FROM users WHERE users.account_id = ? AND users.id = ?", []),
        ("SELECT users.id FROM users WHERE users.id = ?", ["users"]),
        ("SELECT users.id FROM users WHERE users.account_id = users.id", ["users"]),
        ("SELECT users.id FROM users WHERE users.account_id = ? OR users.id = ?", ["users"]),
        ("SELECT users.id FROM users WHERE (users.account_id = ? OR users.id = ?) AND users.id = ?", ["users"]),
        ("SELECT users.id FROM users WHERE NOT (users.account_id = ?)", ["users"]),
        ("SELECT u.id FROM users AS u, teams WHERE u.account_id = %s AND teams.id = %s", ["teams"]),
        ("SELECT u.id FROM users AS u, teams WHERE u.account_id = %s AND teams.account_id = u.account_id", []),
        ("SELECT 1 FROM accounts JOIN users ON accounts.id = users.account_id WHERE users.account_id = ?", []),
        ("SELECT 1 FROM users JOIN accounts ON accounts.name = users.account_id WHERE users.account_id = ?",
         ["accounts"]),
        ("SELECT 1 FROM users WHERE users.account_id IN (SELECT accounts.id FROM accounts)", ["users", "accounts"]),
        ("SELECT id FROM users WHERE users.account_id = ? UNION SELECT id FROM teams", ["teams"]),
        ("UPDATE users SET name=? WHERE users.id = ?", ["users"]),
        ("UPDATE users SET role=(SELECT max(t.id) FROM teams AS t WHERE t.account_id = users.account_id) "
         "WHERE users.account_id = ?", []),
        ("UPDATE users SET role=(SELECT max(users.id) FROM users) WHERE users.account_id = ?", ["users"]),
        ("DELETE FROM users WHERE users.id = ?", ["users"]),
        ("INSERT INTO users (account_id, id) VALUES (?, ?)", []),
        ("INSERT INTO users (id, name) VALUES (?, ?)", ["users"]),
        ("INSERT INTO users (account_id, id) VALUES ('a', ?)", ["users"]),
        ("INSERT INTO accounts (id, name) VALUES (?, ?)", []),
        ("WITH RECURSIVE line(id) AS (SELECT users.id FROM users UNION SELECT t.id FROM line JOIN teams AS t "
         "ON t.account_id = ? AND t.id = line.id) SELECT 1 FROM line", ["users"]),
    ],
)  # fmt: skip
def test_what_is_not_tied_to_an_account_is_found(sql: str, missing: list[str]) -> None:
    assert strays(sql) == missing
