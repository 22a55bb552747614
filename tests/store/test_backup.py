"""Copies of a file: whole, of one moment, private, and made by themselves before an upgrade, which has a way back."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import filesystems
from acme import Acme, build
from engines import changing, unchain
from milepost.actions import verification
from milepost.store.backup import CannotBackUp, back_up, in_words
from milepost.store.engine import SqliteDatabase
from milepost.store.migrate import HEAD, CannotOpen, open_database

OLD = "0008"


def version_in(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file as the version before left it."""
    path = tmp_path / "milepost.db"
    with closing(open_database(path)) as database:
        build(database)
        unchain(database)
    return path


def test_a_copy_is_made_before_an_upgrade_and_is_the_way_back(old: Path) -> None:
    told: list[str] = []
    copy = old.with_name(f"milepost.db.before-{HEAD}")
    open_database(old, tell=told.append).close()
    assert told == [f"the database is brought to version {HEAD}; as it was before, it is kept in {copy}"]
    assert (version_in(old), version_in(copy)) == (HEAD, OLD)
    open_database(old, tell=told.append).close()
    assert len(told) == 1
    # The way back, and on again: nothing that is kept is overwritten.
    os.replace(copy, old)
    assert version_in(old) == OLD
    copy.write_text("kept")
    with closing(open_database(old)) as database:
        assert len(verification.verify(database, None)) == 2
    assert copy.read_text() == "kept"
    assert version_in(old.with_name(f"milepost.db.before-{HEAD}-2")) == OLD
    assert sorted(os.listdir(old.parent)) == ["milepost.db", copy.name, f"{copy.name}-2"]


def test_a_new_database_has_nothing_to_keep(tmp_path: Path) -> None:
    open_database(tmp_path / "new.db").close()
    assert os.listdir(tmp_path) == ["new.db"]


def test_an_upgrade_that_fails_leaves_all_as_it_was(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("ALTER TABLE audit ADD COLUMN hash TEXT")  # which the upgrade is to add
        connection.commit()
    before = sorted(os.listdir(old.parent))
    with pytest.raises(CannotOpen, match="duplicate column"):
        open_database(old)
    assert version_in(old) == OLD
    assert sorted(os.listdir(old.parent)) == before


def test_no_upgrade_without_room_for_the_copy(tmp_path: Path) -> None:
    with filesystems.small(tmp_path, 4) as place:
        path = place / "milepost.db"
        with closing(open_database(path)) as database:
            build(database)
            unchain(database)
        wanted = pytest.raises(CannotOpen, match=r"there is no room for a copy: it takes .* MiB, and \d+ KiB are free")
        with filesystems.filled(place, but=200_000), wanted:
            open_database(path)
        with filesystems.filled(place), pytest.raises(CannotOpen, match="there is no room left on its disk"):
            open_database(path)
        assert version_in(path) == OLD
        open_database(path).close()
        assert version_in(path) == HEAD


_OPEN = """
import sys
from contextlib import closing
from pathlib import Path
from milepost.store.migrate import open_database
sys.stdin.readline()
with closing(open_database(Path(sys.argv[1]), tell=print)):
    pass
"""


def test_of_many_that_start_at_once_one_upgrades(old: Path) -> None:
    command = [sys.executable, "-c", _OPEN, str(old)]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()
    said = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0] * 4, said
    assert sorted(bool(out) for out, _ in said) == [False, False, False, True]
    assert sorted(os.listdir(old.parent)) == ["milepost.db", f"milepost.db.before-{HEAD}"]
    with closing(open_database(old)) as database:
        assert len(verification.verify(database, None)) == 2


def test_a_copy_while_others_write_is_of_one_moment(acme: Acme, tmp_path: Path) -> None:
    database: SqliteDatabase = acme.database
    with changing(database):
        for number in range(5):
            back_up(database.path, tmp_path / f"copy-{number}.db")
    for number in range(5):
        with closing(sqlite3.connect(tmp_path / f"copy-{number}.db")) as copy:
            found = copy.execute("SELECT extra FROM accounts UNION SELECT extra FROM users").fetchall()
            assert len(found) == 1
    assert not list(tmp_path.glob("*.part"))


def test_a_copy_is_for_its_owner_alone(acme: Acme, tmp_path: Path) -> None:
    acme.database.path.chmod(0o664)
    back_up(acme.database.path, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


def test_a_copy_that_cannot_be(acme: Acme, tmp_path: Path) -> None:
    path = acme.database.path
    (tmp_path / "there.db").write_text("kept")
    with pytest.raises(CannotBackUp, match=r"there\.db is there already: name a file that is not"):
        back_up(path, tmp_path / "there.db")
    assert (tmp_path / "there.db").read_text() == "kept"
    with pytest.raises(CannotBackUp, match="name a file in a folder that is there"):
        back_up(path, tmp_path / "nowhere" / "copy.db")
    (tmp_path / "notes.txt").write_text("Milk, eggs, butter. " * 400)
    with pytest.raises(CannotBackUp, match="file is not a database"):
        back_up(tmp_path / "notes.txt", tmp_path / "copy.db")
    assert sorted(path.name for path in tmp_path.glob("*copy*")) == []


def test_what_gets_the_name_meanwhile_keeps_it(acme: Acme, tmp_path: Path) -> None:
    """Two backups that are told the same name at once: neither becomes half of the other."""

    def late(done: int, whole: int) -> None:
        if done == whole:
            back_up(acme.database.path, tmp_path / "copy.db")

    with pytest.raises(CannotBackUp, match=r"copy\.db is there already"):
        back_up(acme.database.path, tmp_path / "copy.db", late)
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not list(tmp_path.glob("*.part*"))


def test_sizes_in_words() -> None:
    sizes = [0, 999, 1_536, 20_000, 3 << 20, 5 << 40]
    assert [in_words(size) for size in sizes] == ["0 bytes", "999 bytes", "1.5 KiB", "20 KiB", "3.0 MiB", "5.0 TiB"]
