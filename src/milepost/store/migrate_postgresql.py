"""Opens a database of a PostgreSQL server: brought to this program's version, by one process at a time, or refused."""

from __future__ import annotations

import re

import psycopg
from psycopg.conninfo import conninfo_to_dict

from milepost.store.engine.postgresql import PostgresDatabase
from milepost.store.engine.postgresql.address import TABLES, connected, shown
from milepost.store.engine.postgresql.locks import lock_number
from milepost.store.migrate import HEAD, CannotOpen, Tell, bring_up_to_date, require_known, silent

_OLDEST = 150000
_ADDRESS = "postgresql://user:password@host:5432/name"
_PORTS = re.compile(r"[0-9,]*\Z")
_OUR_VERSION = re.compile(r"[0-9]{4}\Z")
# Advice for a server that refuses the connection, by a part of its message.
_ADVICE = (
    ("does not exist", "make it with `createdb`, or name another"),
    ("password", "see that the address has the right user and password"),
    ("pg_hba", "let this machine in, in the server's pg_hba.conf"),
    ("too many", "raise the server's max_connections, or close what holds them"),
)


def open_postgresql(url: str, *, make: bool = True, upgrade: bool = True, tell: Tell = silent) -> PostgresDatabase:
    """The database of an address, with its tables made or brought up to date.

    `make` false: refuse a database without tables. `upgrade` false: refuse one that is older than this program. `tell`
    gets messages for the operator. `CannotOpen` where the server cannot be reached, refuses the connection or is too
    old, or the database is another program's or newer than this one. No message contains the password.
    """
    _require_address(url)
    place = shown(url)
    try:
        connection = connected(url)
    except psycopg.Error as error:
        raise CannotOpen(refused(place, url, error)) from None
    try:
        with connection:
            version = _version(connection, place)
        require_known(place, version, upgrade=upgrade)
        if version is None and not make:
            raise CannotOpen(
                f"{place}: there is nothing in this database yet: start it with `milepost serve` or "
                "`milepost account add NAME`, or name another"
            )
        if version is not None and version != HEAD:
            tell(
                f"{place} is brought from version {version} to {HEAD}, all or nothing; the way back is a copy that "
                "pg_dump made before"
            )
        if version != HEAD:
            _upgrade(url)
    except psycopg.Error as error:
        raise CannotOpen(f"{place}: {_words(error, url)}; may this user make tables in it?") from error
    return PostgresDatabase(url)


def _require_address(url: str) -> None:
    """`CannotOpen` where a text is no address, or part of its password would be taken for another part. The message
    repeats nothing of it, as libpq's own would.
    """
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        parts = {"port": "none"}
    places = (str(parts.get("host", "")), str(parts.get("dbname", "")))
    # There may be several hosts, with a port each.
    if not _PORTS.match(str(parts.get("port", ""))) or any("@" in place for place in places):
        raise CannotOpen(
            f"this is no address of a PostgreSQL database: write {_ADDRESS}, with %40 for a @ in the password, %2F for "
            "a / and %25 for a %"
        )


def _version(connection: psycopg.Connection, place: str) -> str | None:
    if connection.info.server_version < _OLDEST:
        raise CannotOpen(f"{place}: the server is older than PostgreSQL {_OLDEST // 10000}; upgrade it first")
    if connection.info.parameter_status("server_encoding") != "UTF8":
        raise CannotOpen(f"{place}: the database's encoding is not UTF8; make one with `createdb --encoding=UTF8`")
    if connection.execute("SELECT current_schema()").fetchone() == (None,):
        raise CannotOpen(f"{place}: the schema that the address or the role names is not there; CREATE SCHEMA makes it")
    names = {name for (name,) in connection.execute(TABLES).fetchall()}
    if not names:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if "alembic_version" in names else ()
    if row is None:
        return None
    if not row or "key_results" not in names or not _OUR_VERSION.match(row[0]):
        raise CannotOpen(
            f"{place}: there are tables of another program; name a database of Milepost's own, or a schema of it with "
            "?options=-csearch_path%3Dmilepost"
        )
    return str(row[0])


def _upgrade(url: str) -> None:
    # Imported here: a server whose database is up to date starts without it.
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            # A second process waits here, and then finds nothing to do.
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({lock_number('migration')})")
            bring_up_to_date(connection)
    except DBAPIError as error:
        raise (error.orig or error) from None  # the driver's own error, such as a permission that is missing
    finally:
        engine.dispose()


def refused(place: str, url: str, error: psycopg.Error) -> str:
    """Why the server refuses the connection, and what to do; without the password of the address."""
    words = _words(error, url)
    advice = next((advice for sign, advice in _ADVICE if sign in words), "")
    return f"{place}: {words}; {advice or 'see that the server runs, and that the address is right'}"


def _words(error: psycopg.Error, url: str) -> str:
    """The driver's words on one line, without the password should they hold it."""
    words = " ".join(str(error).split())
    password = str(conninfo_to_dict(url).get("password") or "")
    return words.replace(password, "***") if password else words
