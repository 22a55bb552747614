"""Opening databases: new, current, newer, broken, and other programs'."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from milepost.store import migrate
from milepost.store.engine import SqliteDatabase
from milepost.store.migrate import HEAD, CannotOpen, open_database
from milepost.store.schema import metadata


def test_the_migrations_make_the_tables_that_the_schema_says(database: SqliteDatabase) -> None:
    engine = create_engine(f"sqlite:///{database.path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_current_database_is_opened_as_it_is(database: SqliteDatabase) -> None:
    database.connection.execute("INSERT INTO accounts VALUES ('a', 'A', '', 'active', 0, '{}', 7)")
    again = open_database(database.path)
    assert again.connection.execute("SELECT count(*) FROM accounts").fetchone() == (1,)
    again.close()


def test_a_newer_database_is_refused(database: SqliteDatabase) -> None:
    database.connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(CannotOpen, match=rf"version 9999, newer than this program, which knows {HEAD}; .*backup"):
        open_database(database.path)


def test_another_program_s_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    theirs = sqlite3.connect(path)
    theirs.execute("CREATE TABLE songs (title TEXT)")
    theirs.commit()
    with pytest.raises(CannotOpen, match="another program"):
        open_database(path)
    assert theirs.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]
    theirs.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Milk, eggs, butter. " * 200)
    with pytest.raises(CannotOpen, match=r"notes\.txt: file is not a database"):
        open_database(path)


def test_a_file_that_is_no_database_is_not_held_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Milk, eggs, butter. " * 200)
    connect, opened = sqlite3.connect, []

    def remembered(*args: Any, **options: Any) -> sqlite3.Connection:
        opened.append(connect(*args, **options))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", remembered)
    with pytest.raises(CannotOpen):
        open_database(path)
    (connection,) = opened
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        connection.execute("SELECT 1")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match=r"the folder .*nowhere does not exist"):
        open_database(tmp_path / "nowhere" / "milepost.db")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen, match="is a folder; name a file in it"):
        open_database(tmp_path)


@pytest.mark.parametrize("name", ["ünï code.db", "per%cent.db", "que?stion#.db"])
def test_odd_file_names_work(tmp_path: Path, name: str) -> None:
    opened = open_database(tmp_path / name)
    assert (tmp_path / name).stat().st_size > 0
    assert opened.connection.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
    opened.close()
    assert sorted(os.listdir(tmp_path)) == [name]


def test_connections_are_durable_and_keep_references(database: SqliteDatabase) -> None:
    def pragma(name: str) -> object:
        return database.connection.execute(f"PRAGMA {name}").fetchone()[0]

    assert (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys")) == ("wal", 2, 1)


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with closing(open_database(tmp_path / "milepost.db")) as database:
            assert database.file.exists()
            rights = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert set(rights.values()) == {0o600}
