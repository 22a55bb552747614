"""Temporary copies of the tables, to try something on."""

from __future__ import annotations

import psycopg
from psycopg import sql

from milepost.store.engine.postgresql.address import TABLES

# The defaults and the indexes come along; references do not, which an import checks itself.
_COPYING = (
    "CREATE TEMPORARY TABLE {copy} (LIKE {original} INCLUDING ALL)",
    "INSERT INTO pg_temp.{copy} SELECT * FROM {original}",
)


def copy_tables(connection: psycopg.Connection) -> None:
    """Copy every table, as it stands in the transaction that the connection has open. Its name then means the copy on
    this connection; `psycopg.Error` where that fails.
    """
    schema = _schema(connection)
    for (table,) in connection.execute(TABLES).fetchall():
        names = {"copy": sql.Identifier(table), "original": sql.Identifier(schema, table)}
        for command in _COPYING:
            connection.execute(sql.SQL(command).format(**names))


def _schema(connection: psycopg.Connection) -> str:
    row = connection.execute("SELECT current_schema()").fetchone()
    return "" if row is None else str(row[0])
