"""What a thread remembers is never older than the database, whoever changes that."""

from __future__ import annotations

import msgspec
import pytest

from acme import Acme
from engines import change, watch
from milepost.actions import tokens
from milepost.actions.context import operator
from milepost.store import users
from milepost.store.engine import Database
from milepost.store.engine.sqlite import SqliteDatabase
from wire import InProcess


@pytest.mark.sqlite("a server's connections learn of each other's commits within five seconds")
def test_what_another_connection_commits_is_seen_at_once(acme: Acme, anna: InProcess) -> None:
    """Another server or the command line, that is: the file is all that they share."""
    assert anna.get("v2/sessions").status == 200
    elsewhere = SqliteDatabase(acme.database.path)
    boss = operator(elsewhere, acme.account.id, acme.clock)
    (mine,) = [one for one in tokens.everyone(boss) if one.user_id == acme.anna.id]
    tokens.revoke(boss, mine.id)
    elsewhere.close()
    assert anna.get("v2/sessions").status == 401


@pytest.mark.sqlite("it changes the database with SQLite's own cursor")
def test_it_is_read_once_while_nothing_is_committed(database: Database, acme: Acme) -> None:
    asked: list[int] = []

    def read() -> int:
        asked.append(1)
        return len(asked)

    assert [database.remembered("key", read) for _ in range(3)] == [1, 1, 1]
    with database.transaction():
        acme.database.connection.execute("UPDATE accounts SET name = 'Other'")
        assert database.remembered("key", read) == 2, "what is not committed yet may still be undone"
    assert [database.remembered("key", read) for _ in range(2)] == [3, 3]


def test_it_is_bounded(database: Database) -> None:
    for key in range(3_000):
        database.remembered(key, str)
    assert database.remembered(0, lambda: "again") == "again"
    assert database.remembered(2_999, lambda: "again") == ""


@pytest.mark.sqlite("a server's connections do not hear of each other's commits")
def test_what_stands_around_records_is_never_older_than_the_database(acme: Acme) -> None:
    def named() -> str:
        return users.records.around(database, acme.account.id, [acme.ben.id])[acme.ben.id].name

    def rename(name: str) -> None:
        elsewhere.connection.execute("UPDATE users SET name = ? WHERE id = ?", (name, acme.ben.id))

    database, elsewhere = acme.database, SqliteDatabase(acme.database.path)
    rename("Benjamin")
    assert named() == "Benjamin"
    assert database.memory(), "it was kept"
    rename("Ben")
    assert named() == "Ben"
    with database.reading():
        assert named() == "Ben"
        rename("Benno")
        assert named() == "Ben", "a reading is of one state"
    assert named() == "Benno"
    with database.transaction():
        change(database, "UPDATE users SET name = 'Nobody' WHERE id = :id", id=acme.ben.id)
        assert named() == "Nobody"
    assert named() == "Nobody"
    elsewhere.close()


def test_a_transaction_reads_again_what_it_has_changed(database: Database, acme: Acme) -> None:
    def named() -> str:
        return users.records.around(database, acme.account.id, [acme.ben.id])[acme.ben.id].name

    def rename(name: str) -> None:
        users.records.update(database, msgspec.structs.replace(acme.ben, name=name))

    with database.transaction():
        assert [named(), named()] == [acme.ben.name] * 2
        rename("Benjamin")
        assert named() == "Benjamin"
        with pytest.raises(KeyError), database.transaction():
            rename("Nobody")
            assert named() == "Nobody"
            raise KeyError
        assert named() == "Benjamin"
        change(
            database,
            "UPDATE users SET name = 'Benno' WHERE id = :id AND account_id = :account",
            id=acme.ben.id,
            account=acme.account.id,
        )
        assert named() == "Benno"
    assert named() == "Benno"


def test_a_transaction_reads_once_what_it_has_not_changed(
    database: Database, acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    watch(monkeypatch, type(database), asked.append)
    with database.transaction():
        for _ in range(3):
            users.records.around(database, acme.account.id, [acme.ben.id])
    assert len(asked) == 1
