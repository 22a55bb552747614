"""Examines a database of a PostgreSQL server: is it durable, and does it accept enough connections?"""

from __future__ import annotations

from collections.abc import Iterator
from time import time

import psycopg

from milepost.store.engine.postgresql.address import connected, shown
from milepost.store.examining.file import of_version
from milepost.store.examining.finding import Finding, note, ok, wrong
from milepost.store.migrate_postgresql import refused

# The most connections that each process of a server takes.
_PER_PROCESS = 12
_CLOCK_TOLERANCE_SECONDS = 5.0
_KEEPING = ("fsync", "full_page_writes", "synchronous_commit")


def examine(url: str) -> Iterator[Finding]:
    """The findings about the database; only one where it cannot be reached."""
    try:
        with connected(url) as connection:
            yield ok("database", f"{shown(url)} answers")
            yield from _durability(connection)
            yield from _connections(connection)
            yield from _clock(connection)
            yield from _tables(connection, url)
    except psycopg.Error as error:
        yield wrong("database", refused(shown(url), url, error))


def _setting(connection: psycopg.Connection, name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    return "" if row is None else str(row[0])


def _durability(connection: psycopg.Connection) -> Iterator[Finding]:
    off = [name for name in _KEEPING if _setting(connection, name) == "off"]
    if off:
        yield wrong(
            "durability", f"{', '.join(off)} is off: what was answered may be lost with the power; set it to on"
        )
    else:
        yield ok("durability", "what was committed is on disk")
    row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
    if row == (True,):
        yield wrong("changes", "this is a standby, which takes no changes: name the server that it follows")
    elif _setting(connection, "default_transaction_read_only") == "on":
        yield wrong("changes", "default_transaction_read_only is on: set it to off for this user and database")


def _connections(connection: psycopg.Connection) -> Iterator[Finding]:
    most = int(_setting(connection, "max_connections")) - int(_setting(connection, "superuser_reserved_connections"))
    held = most // _PER_PROCESS
    words = f"{most} connections are enough for {held} processes of Milepost's, which take up to {_PER_PROCESS} each"
    yield ok("connections", words) if held > 1 else wrong("connections", f"{words}: raise max_connections")


def _clock(connection: psycopg.Connection) -> Iterator[Finding]:
    row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
    apart = 0.0 if row is None else float(row[0]) - time()
    if abs(apart) > _CLOCK_TOLERANCE_SECONDS:
        yield note("clocks", f"the database's clock is {apart:+.0f} s from this machine's: keep both right (NTP)")
    else:
        yield ok("clocks", "the database's clock is that of this machine")


def _tables(connection: psycopg.Connection, url: str) -> Iterator[Finding]:
    lacking = "SELECT to_regclass('alembic_version') IS NULL OR to_regclass('key_results') IS NULL"
    if connection.execute(lacking).fetchone() == (True,):
        yield wrong("version", f"{shown(url)} holds no tables of Milepost's: its first start makes them")
        return
    version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    yield of_version("" if version is None else str(version[0]))
