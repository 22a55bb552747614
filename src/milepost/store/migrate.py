"""Migrations: a database is brought to this program's version when it is opened, or refused when it is newer."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from milepost.store.engine import Database

# The newest migration; a test holds it against the files under `migrations/versions`.
HEAD = "0001"


class CannotOpen(Exception):
    """The database cannot be used; the message tells the operator why and what to do."""


def open_database(path: Path) -> Database:
    """The database in a file, made if there is none, with its tables brought up to date.

    `CannotOpen` where the file is no such database, cannot be read or written, or is newer than this program.
    """
    if not path.parent.is_dir():
        raise CannotOpen(f"{path}: the folder {path.parent} does not exist; make it first")
    database = Database(path)
    try:
        version = _version(database)
        if version == HEAD:
            return database
        if version is not None and version > HEAD:
            raise CannotOpen(
                f"{path}: the database is at version {version}, newer than this program, which knows {HEAD}; "
                "run the newer Milepost that wrote it, or restore a backup from before the upgrade"
            )
        database.close()
        _upgrade(path)
        return database
    except sqlite3.Error as error:
        database.close()
        raise CannotOpen(f"{path}: {error}; is this a Milepost database that this user may read and write?") from error
    except CannotOpen:
        database.close()
        raise


def _version(database: Database) -> str | None:
    known = database.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    names = {name for (name,) in known}
    if not names:
        return None
    if "alembic_version" not in names:
        raise CannotOpen(f"{database.path}: this is a database of another program; name a file of Milepost's own")
    row = database.connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _upgrade(path: Path) -> None:
    # Imported here: a server whose database is up to date starts without it.
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import URL, create_engine, event
    from sqlalchemy.pool import NullPool

    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def manual(connection: sqlite3.Connection, _record: object) -> None:
        # Python's sqlite3 would commit before every change of the schema; a migration is all or nothing.
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: object) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]  # it is SQLAlchemy's Connection

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()
