"""`milepost backup` and `milepost restore`, as an operator uses them, on both engines."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from milepost.store.vault import key_file
from postgresql import Server
from terminal import Terminal


@pytest.fixture
def url(postgresql_server: Server) -> Iterator[str]:
    with postgresql_server.database(empty=True) as address:
        yield address


def test_there_and_back(company: Terminal, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a file to a server's database, and back from that."""
    users = company.right("user", "list", "--json").json
    made, again = tmp_path / "made.db", tmp_path / "again.db"
    company.right("backup", str(made))
    outcome = company("restore", str(made), environment=url)
    assert outcome.code == 0, outcome.err
    place = f"postgresql://{url.rpartition('@')[2]}"
    *_, restored, verified = outcome.err.splitlines()
    assert restored == f"Restored to {place}; all 9 rows were read again, and are as in the file."
    assert verified == "Verified: it is what its audit trail says."
    assert outcome.out.splitlines()[0].split() == ["TABLE", "ROWS"]

    refused = company("restore", str(made), environment=url)
    assert (refused.code, refused.out) == (1, "")
    assert "there are rows in accounts already, and only an empty database can become a copy" in refused.err

    monkeypatch.setenv("MILEPOST_SECRET_KEY", "f00d" * 10)
    assert company("key", "add", "--user", "ben@acme.test", environment=url).code == 0
    told = company("backup", str(again), environment=url)
    assert (told.code, told.out) == (0, f"{again}\n")
    assert "12 rows (" in told.err
    assert "The server key in MILEPOST_SECRET_KEY is not among them" in told.err
    assert again.stat().st_mode & 0o777 == 0o600
    file = f"sqlite:///{tmp_path}/back.db"
    document = company("restore", str(again), "--json", environment=file).json
    assert (document["rows"], document["verified"], document["tables"]["keys"]) == (12, True, 1)
    assert document["notes"] == [
        "The secrets of signing keys (1) can be read in the copy with the server key in MILEPOST_SECRET_KEY."
    ]
    assert company("user", "list", "--json", environment=file).json == users


def test_a_server_key_that_is_not_there_is_told(company: Terminal, tmp_path: Path) -> None:
    company.right("key", "add", "--user", "ben@acme.test")
    company.right("backup", str(tmp_path / "made.db"))
    kept = key_file(company.file).read_text().strip()
    outcome = company("restore", str(tmp_path / "made.db"), environment=f"sqlite:///{tmp_path}/new.db")
    assert outcome.code == 0
    assert "Of 1 signing key(s), the secrets of 1 cannot be read in the copy" in outcome.err
    assert kept not in outcome.err


def test_what_is_no_backup_makes_no_database(company: Terminal, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Milk, eggs, butter. " * 400)
    outcome = company("restore", str(tmp_path / "notes.txt"), environment=f"sqlite:///{tmp_path}/new.db")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(
        f"milepost: {tmp_path}/notes.txt is no backup: name a file that `milepost backup` made"
    )
    assert not (tmp_path / "new.db").exists()


def test_a_backup_that_its_trail_does_not_fit_is_restored_and_told(company: Terminal, tmp_path: Path) -> None:
    made = tmp_path / "made.db"
    company.right("backup", str(made))
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("UPDATE users SET role = 'admin' WHERE email = 'ben@acme.test'")
        connection.commit()
    new = f"sqlite:///{tmp_path}/new.db"
    outcome = company("restore", str(made), environment=new)
    assert outcome.code == 1
    assert "milepost: restored, but the backup is not what its audit trail says: " in outcome.err
    assert len(company("user", "list", "--json", environment=new).json) == 2


def test_a_database_of_an_older_version_is_not_brought_up_to_date_for_it(company: Terminal, tmp_path: Path) -> None:
    company.right("backup", str(tmp_path / "made.db"))
    with closing(sqlite3.connect(company.file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.commit()
    outcome = company("restore", str(tmp_path / "made.db"))
    assert (outcome.code, outcome.out) == (1, "")
    assert "the database is at version 0001, older than" in outcome.err
