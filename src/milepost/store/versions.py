"""The version of an open database: the last migration applied to it."""

from __future__ import annotations

from sqlalchemy import text

from milepost.store.engine import Database, Statement

_version = Statement(text("SELECT version_num FROM alembic_version"))


def version_of(database: Database) -> str:
    """The version; "" for none. `ENGINE_ERRORS` where it cannot be read."""
    row = database.one(_version, {})
    return "" if row is None else str(row[0])
