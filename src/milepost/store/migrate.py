"""Migrations: a database is brought to this program's version when it is opened, after a copy was made of a file, or
refused when it is newer.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from milepost.store.backup import CannotBackUp, back_up
from milepost.store.engine import SqliteDatabase, Trouble
from milepost.store.engine.trouble import of_sqlite

if TYPE_CHECKING:
    from sqlalchemy import Connection

# The newest migration; a test holds it against the files under `migrations/versions`.
HEAD = "0014"


# How long a second process waits for the one that upgrades.
_UPGRADE_SECONDS = 600

Tell = Callable[[str], None]


def silent(_words: str) -> None:
    """A `Tell` that discards the message."""


class CannotOpen(Exception):
    """The database cannot be used; the message tells the operator why and what to do."""


def open_database(
    path: Path, *, make: bool = True, upgrade: bool = True, keep: bool = True, tell: Tell = silent
) -> SqliteDatabase:
    """The database in a file, made if there is none, with its tables brought up to date.

    `make` false: refuse a file that is missing or has no tables. `upgrade` false: refuse one that is older than this
    program. `keep` false: keep no copy from before an upgrade. `tell` gets messages for the operator, such as where
    that copy is. `CannotOpen` where the file is no such database, cannot be read or written, is newer than this
    program, or is older and there is no room for that copy.
    """
    if not make and _is_missing(path):
        raise CannotOpen(_nothing(path))
    # By os.path, which answers also where this user may not look into the folder; pathlib raises.
    if os.path.isdir(path):
        raise CannotOpen(f"{path} is a folder; name a file in it, such as {path / 'milepost.db'}")
    if not os.path.isdir(path.parent):
        raise CannotOpen(f"{path}: the folder {path.parent} does not exist, or this user may not see it; make it first")
    if make:
        _begin(path)
    database = SqliteDatabase(path)
    try:
        version = _version(database)
        if version == HEAD:
            return database
        if version is None and not make:
            raise CannotOpen(_nothing(path))
        require_known(str(path), version, upgrade=upgrade)
        database.close()
        _upgrade(path, keep, tell)
        return database
    except sqlite3.Error as error:
        database.close()
        raise CannotOpen(_explained(path, error)) from error
    except CannotOpen:
        database.close()
        raise


def require_known(place: str, version: str | None, *, upgrade: bool) -> None:
    """`CannotOpen` where a database is at a version that this program does not know, or is not to `upgrade`."""
    if version is not None and version < HEAD and not upgrade:
        raise CannotOpen(
            f"{place}: the database is at version {version}, older than {HEAD}, which this program works with: keep a "
            "copy of it, then bring it up to date with `milepost account list --database` and its address"
        )
    if version is not None and version > HEAD:
        raise CannotOpen(
            f"{place}: the database is at version {version}, newer than this program, which knows {HEAD}; "
            "run the newer Milepost that wrote it, or restore a backup from before the upgrade"
        )


def _begin(path: Path) -> None:
    """Create a new file for its owner alone; SQLite gives the files that it makes beside it the same rights."""
    with suppress(OSError):  # it is there already, or opening it will tell why it cannot be made
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _is_missing(path: Path) -> bool:
    try:
        return not path.exists()
    except OSError:  # this user may not look: opening it tells more
        return False


def _nothing(path: Path) -> str:
    return (
        f"{path}: there is no database here yet: start one with `milepost serve` or `milepost account add NAME`, "
        "or name another"
    )


def _explained(path: Path, error: sqlite3.Error) -> str:
    """The cause of SQLite's error, and what to do."""
    if os.path.exists(path) and not _allowed(path, os.R_OK | os.W_OK):
        return f"{path} cannot be read and written by this user; change its permissions, or name another"
    # SQLite puts its journal beside the file.
    if not _allowed(path.parent, os.W_OK | os.X_OK):
        return f"the folder {path.parent} cannot be written by this user; name another"
    if of_sqlite(error) is Trouble.FULL:
        return f"{path}: there is no room left on its disk; make some, then try again"
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
        return f"{path}: {error}; name a file of Milepost's own, or one that is not there yet"
    if of_sqlite(error) is Trouble.BROKEN:
        return f"{path} is damaged ({error}); keep it, and restore a backup: `milepost doctor` says more"
    if of_sqlite(error) is Trouble.BUSY:
        return f"{path} is locked by another program, such as a long import or a shell of sqlite3; let it finish"
    return f"{path}: {error}; is this a Milepost database that this user may read and write?"


def _allowed(path: Path, mode: int) -> bool:
    """Whether this process, not the user who started it, may do so."""
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _version(database: SqliteDatabase) -> str | None:
    known = database.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    names = {name for (name,) in known}
    if not names:
        return None
    if "alembic_version" not in names:
        raise CannotOpen(f"{database.path}: this is a database of another program; name a file of Milepost's own")
    row = database.connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _upgrade(path: Path, keep: bool, tell: Tell) -> None:
    # Imported here: a server whose database is up to date starts without it.
    from sqlalchemy import URL, create_engine, event
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    address = URL.create("sqlite", database=str(path))
    engine = create_engine(address, poolclass=NullPool, connect_args={"timeout": _UPGRADE_SECONDS})

    @event.listens_for(engine, "connect")
    def manual(connection: sqlite3.Connection, _record: object) -> None:
        # Python's sqlite3 would commit before every change of the schema; a migration is all or nothing.
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        with engine.begin() as connection:
            # A second process has waited until here, and finds nothing to do.
            if (version := _standing(connection)) == HEAD:
                return
            copy = _kept(path, tell) if keep and version is not None else None
            try:
                bring_up_to_date(connection)
            except BaseException:
                if copy is not None:
                    copy.unlink()  # the database itself stays as it was
                raise
    except DBAPIError as error:
        raise (error.orig or error) from None  # the driver's own error, such as a full disk
    finally:
        engine.dispose()


def _standing(connection: Connection) -> str | None:
    tables = connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").fetchone() if tables else None
    return None if row is None else str(row[0])


def _kept(path: Path, tell: Tell) -> Path:
    """A copy of the database beside it, from before it is upgraded; none that is there already is touched."""
    name = f"{path.name}.before-{HEAD}"
    names = (path.with_name(name if number == 1 else f"{name}-{number}") for number in count(1))
    copy = next(one for one in names if not os.path.lexists(one))
    try:
        back_up(path, copy)
    except CannotBackUp as error:
        raise CannotOpen(
            f"{path} has to be brought up to date, but not without a copy from before: {error}; then try again"
        ) from error
    tell(f"the database is brought to version {HEAD}; as it was before, it is kept in {copy}")
    return copy


def bring_up_to_date(connection: Connection) -> None:
    """Run the migrations that are missing, in the transaction that a connection has open."""
    from alembic import command  # imported here, as above
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
