"""Backups of either engine, restored into either: every row, of one moment, of any version, or nothing at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from acme import Acme
from engines import change, changing, rows, unchain
from milepost.actions import verification
from milepost.store import copying
from milepost.store.backup import back_up
from milepost.store.copying import CannotCopy
from milepost.store.engine import Database, SqliteDatabase
from milepost.store.migrate import HEAD, CannotOpen, open_database
from milepost.store.new_file import CannotBackUp
from milepost.store.restoring import CannotRestore, backup
from milepost.store.row_backup import back_up_rows
from milepost.store.schema import metadata

Opener = Callable[[Path], AbstractContextManager[Database]]


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row, by table."""
    with database.reading():
        return {
            table.name: sorted(map(tuple, rows(database, f"SELECT * FROM {table.name}")), key=repr)
            for table in metadata.sorted_tables
        }


def backed_up(database: Database, target: Path) -> Path:
    """A backup, made as that engine's are."""
    if isinstance(database, SqliteDatabase):
        back_up(database.path, target)
    else:
        back_up_rows(database, target)
    return target


@pytest.fixture
def made(acme: Acme, tmp_path: Path) -> Path:
    return backed_up(acme.database, tmp_path / "backup.db")


@pytest.fixture
def empty(opened: Opener, tmp_path: Path) -> Iterator[Database]:
    """Another database on the same engine."""
    (tmp_path / "empty").mkdir()
    with opened(tmp_path / "empty") as database:
        yield database


def test_it_comes_back_on_both_engines(acme: Acme, made: Path, empty: Database, tmp_path: Path) -> None:
    assert made.stat().st_mode & 0o777 == 0o600
    before = made.read_bytes()
    with closing(open_database(tmp_path / "other.db")) as other, backup(made) as original:
        for target in (empty, other):
            copying.copy(original, target)
            assert everything(target) == everything(acme.database)
            assert len(verification.verify(target, None)) == 2
    assert made.read_bytes() == before
    assert [path.name for path in tmp_path.glob("backup*")] == ["backup.db"]


def test_it_is_read_where_nobody_writes(made: Path, empty: Database) -> None:
    place = made.parent / "sealed"
    place.mkdir()
    made = made.rename(place / made.name)
    place.chmod(0o500)
    try:
        with backup(made) as original:
            copying.copy(original, empty)
        assert os.listdir(place) == [made.name]
    finally:
        place.chmod(0o700)
    with backup(made) as original, pytest.raises(sqlite3.OperationalError, match="readonly"):
        change(original, "DELETE FROM audit")


def test_only_into_an_empty_one(acme: Acme, made: Path) -> None:
    before = everything(acme.database)
    with backup(made) as original, pytest.raises(CannotCopy, match="only an empty database"):
        copying.copy(original, acme.database)
    assert everything(acme.database) == before


def test_of_rows_it_is_of_one_moment(acme: Acme, tmp_path: Path) -> None:
    with changing(acme.database):
        for number in range(3):
            back_up_rows(acme.database, tmp_path / f"{number}.db")
    for number in range(3):
        with backup(tmp_path / f"{number}.db") as found:
            told = rows(found, "SELECT extra FROM accounts UNION SELECT extra FROM users")
            assert len(told) == 1


def test_a_backup_of_rows_that_fails_leaves_nothing(
    acme: Acme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise KeyboardInterrupt

    target = tmp_path / "new" / "backup.db"
    target.parent.mkdir()
    monkeypatch.setattr(copying, "_compare", refuse)
    with pytest.raises(CannotBackUp, match="no backup was made: interrupted"):
        back_up_rows(acme.database, target)
    assert os.listdir(target.parent) == []


@pytest.mark.sqlite("a file of an older version")
def test_an_older_one_is_brought_up_to_date_in_a_copy(acme: Acme, tmp_path: Path) -> None:
    unchain(acme.database)
    made = backed_up(acme.database, tmp_path / "old.db")
    before, told = made.read_bytes(), list[str]()
    with backup(made, told.append) as original, closing(open_database(tmp_path / "new.db")) as target:
        copying.copy(original, target)
        assert len(verification.verify(target, None)) == 2
    assert made.read_bytes() == before
    assert [path.name for path in tmp_path.glob("old*")] == ["old.db"]
    (words,) = told
    assert words.startswith(f"{made} is of version 0008: ")
    assert words.endswith(f"is brought to {HEAD}, and the file stays as it is")


def altered(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def newer(path: Path) -> None:
    altered(path, "UPDATE alembic_version SET version_num = '9999'")


def foreign(path: Path) -> None:
    altered(path, "DROP TABLE key_results")


def overwritten(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(8_192)
        file.write(b"\xff" * 20_000)


def text(path: Path) -> None:
    path.write_text("PGDMP")


def short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def in_use(path: Path) -> None:
    path.with_name(f"{path.name}-wal").write_bytes(b"changes")


@pytest.mark.sqlite("what is wrong with a file")
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (newer, "is at version 9999, newer than this program"),
        (foreign, "is a database of another program: name a file that `milepost backup` made"),
        (overwritten, r"is damaged \(.*\): restore another backup"),
        (short, r"is damaged \(.*\): restore another backup"),
        (text, "is no backup: name a file .* What pg_dump wrote, pg_restore reads"),
        (in_use, "is not whole: backup.db-wal beside it holds a part"),
        (os.remove, "No such file or directory; name a file that `milepost backup` made"),
    ],
)
def test_what_is_no_backup_is_refused(made: Path, spoil: Callable[[Path], object], words: str) -> None:
    spoil(made)
    with pytest.raises((CannotRestore, CannotOpen), match=words), backup(made):
        raise AssertionError("it was taken")
