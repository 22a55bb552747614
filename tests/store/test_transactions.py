"""Transactions: all or nothing, nested as savepoints."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from engines import change, rows
from milepost.store.engine import ENGINE_ERRORS, Database


class Stop(Exception):
    """Raised to leave a transaction."""


def _add(database: Database, account: str) -> None:
    change(database, "INSERT INTO accounts VALUES (:account, '', '', 'active', 0, '{}', 7)", account=account)


def _accounts(database: Database) -> list[str]:
    return [one for (one,) in rows(database, "SELECT id FROM accounts ORDER BY id")]


def test_what_is_left_early_has_not_happened(database: Database) -> None:
    with pytest.raises(Stop), database.transaction():
        _add(database, "a")
        raise Stop
    assert _accounts(database) == []
    assert not database.in_transaction


def test_an_inner_failure_takes_only_itself(database: Database) -> None:
    with database.transaction():
        _add(database, "a")
        with pytest.raises(ENGINE_ERRORS), database.transaction():
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
    with database.reading(), ThreadPoolExecutor(1) as other:
        assert _accounts(database) == []
        other.submit(_add, database, "a").result()
        assert _accounts(database) == []
    assert _accounts(database) == ["a"]


def test_a_scratch_copy_holds_what_stands_and_holds_nothing_up(database: Database) -> None:
    _add(database, "a")
    with database.scratch() as copy:
        assert copy.place != database.place
        with copy.transaction():
            _add(copy, "b")
            assert _accounts(copy) == ["a", "b"]
            with database.transaction():
                _add(database, "b")
                change(database, "DELETE FROM accounts WHERE id = :account", account="b")
    assert _accounts(database) == ["a"]
    assert copy.file is None or not copy.file.exists()
