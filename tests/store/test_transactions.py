"""Transactions of the embedded engine: all or nothing, nested as savepoints."""

from __future__ import annotations

import sqlite3

import pytest

from milepost.store.engine import Database


class Stop(Exception):
    """Raised to leave a transaction."""


def _add(database: Database, account: str) -> None:
    database.connection.execute("INSERT INTO accounts VALUES (?, '', '', 'active', 0, '{}')", (account,))


def _accounts(database: Database) -> list[str]:
    return [one for (one,) in database.connection.execute("SELECT id FROM accounts ORDER BY id")]


def test_what_is_left_early_has_not_happened(database: Database) -> None:
    with pytest.raises(Stop), database.transaction():
        _add(database, "a")
        raise Stop
    assert _accounts(database) == []
    assert not database.in_transaction


def test_an_inner_failure_takes_only_itself(database: Database) -> None:
    with database.transaction():
        _add(database, "a")
        with pytest.raises(sqlite3.IntegrityError), database.transaction():
            _add(database, "b")
            _add(database, "a")
        with database.transaction():
            _add(database, "c")
    assert _accounts(database) == ["a", "c"]


def test_an_outer_failure_takes_all(database: Database) -> None:
    with pytest.raises(Stop), database.transaction():
        with database.transaction():
            _add(database, "a")
        raise Stop
    assert _accounts(database) == []


def test_reading_sees_one_state(database: Database) -> None:
    other = Database(database.path)
    with database.reading():
        assert _accounts(database) == []
        _add(other, "a")
        assert _accounts(database) == []
    assert _accounts(database) == ["a"]
    other.close()


def test_a_scratch_copy_holds_what_stands_and_holds_nothing_up(database: Database) -> None:
    account = "INSERT INTO accounts VALUES (?, 'A', '', 'active', 0, '{}')"
    count = "SELECT count(*) FROM accounts"
    database.connection.execute(account, ("a",))
    with database.scratch() as copy:
        assert copy.path != database.path
        with copy.transaction():
            copy.connection.execute(account, ("b",))
            assert copy.connection.execute(count).fetchone() == (2,)
            with database.transaction():
                database.connection.execute(account, ("c",))
                database.connection.execute("DELETE FROM accounts WHERE id = 'c'")
    assert database.connection.execute(count).fetchone() == (1,)
    assert not copy.path.exists()
