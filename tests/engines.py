"""The engines that a test runs on, and SQL of a test's own that all of them understand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from milepost.store.engine import POSTGRESQL, SQLITE, Database, SqliteDatabase, Statement
from milepost.store.schema import metadata

ENGINES = ("sqlite", "postgresql")


def rows(database: Database, query: str, **values: Any) -> list[Any]:
    """What a query of the test's own finds; its parameters are written :name."""
    return database.all(Statement(text(query)), values)


def change(database: Database, statement: str, **values: Any) -> int:
    """How many rows a statement of the test's own touched."""
    return database.run(Statement(text(statement)), values)


@contextmanager
def changing(database: Database) -> Iterator[None]:
    """Somebody else changes all accounts and users meanwhile, both or neither, again and again."""
    over = threading.Event()

    def write() -> None:
        number = 0
        while not over.is_set():
            number += 1
            with database.transaction():
                for table in ("accounts", "users"):
                    change(database, f"UPDATE {table} SET extra = :extra", extra=f'{{"n": {number}}}')

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        over.set()
        writer.join()


def unchain(database: Database) -> None:
    """Make the audit that of the version before its records were chained."""
    with database.transaction():
        change(database, "DROP TABLE kept_answers")
        for column in ("previous", "payload_digest", "hash"):
            change(database, f"ALTER TABLE audit DROP COLUMN {column}")
        for column in ("salt", "erased_by"):
            change(database, f"ALTER TABLE audit_payloads DROP COLUMN {column}")
        for column in ("kind", "came_from", "key_result_id"):
            change(database, f"ALTER TABLE tokens DROP COLUMN {column}")
        change(database, "ALTER TABLE accounts DROP COLUMN stale_days")
        for table in ("tokens", "keys"):
            for column in ("scopes", "last_used_at"):
                change(database, f"ALTER TABLE {table} DROP COLUMN {column}")
        change(database, "UPDATE alembic_version SET version_num = '0008'")


def held(database: Database, account_id: str) -> dict[str, list[Any]]:
    """Every row of an account, by table."""
    found = {}
    for table in metadata.sorted_tables:
        account = "id" if table.name == "accounts" else "account_id"
        order = ", ".join(f'"{column.name}"' for column in table.primary_key)
        # When a token was last used is written behind the answer.
        columns = ", ".join(f'"{column.name}"' for column in table.c if column.name != "last_used_at")
        query = f"SELECT {columns} FROM {table.name} WHERE {account} = :account ORDER BY {order}"
        found[table.name] = rows(database, query, account=account_id)
    return found


def watch(patch: pytest.MonkeyPatch, engine: type[Database], seen: Callable[[str], object]) -> None:
    """Show every statement of the store to `seen`, as the engine's SQL, before it runs."""
    dialect = SQLITE if engine is SqliteDatabase else POSTGRESQL
    for name in ("one", "all", "chunks", "run", "run_many"):
        run = getattr(engine, name)

        def watched(database: Database, statement: Statement, *values: Any, _run: Any = run) -> Any:
            seen(statement.on(dialect).sql)
            return _run(database, statement, *values)

        patch.setattr(engine, name, watched)

    each = engine.each

    def all_watched(database: Database, asked: Sequence[tuple[Statement, Mapping[str, Any]]]) -> list[list[Any]]:
        for statement, _ in asked:
            seen(statement.on(dialect).sql)
        return each(database, asked)

    patch.setattr(engine, "each", all_watched)
