"""A database that is measured: what took time, and which check-ins stay."""

from __future__ import annotations

import pytest

from acme import Acme
from milepost.actions import check_ins
from milepost.domain.check_in import Entry
from milepost.store.engine import watch
from milepost.store.schema import check_ins as table


class Told:
    """What a watch is told."""

    def __init__(self) -> None:
        self.reads = self.changes = self.commits = self.added = 0

    def read(self, seconds: float) -> None:
        assert seconds >= 0
        self.reads += 1

    def changed(self, seconds: float) -> None:
        assert seconds >= 0
        self.changes += 1

    def committed(self, seconds: float, added: int) -> None:
        assert seconds >= 0
        self.commits += 1
        self.added += added


@pytest.fixture
def told(acme: Acme) -> Told:
    found = Told()
    watch(acme.database, table, found)
    return found


def test_check_ins_count_once_they_are_committed(acme: Acme, told: Told) -> None:
    anna, database = acme.context(acme.anna), acme.database
    check_ins.record(anna, acme.revenue, Entry(value=1))
    assert (told.added, told.commits) == (1, 1)
    assert told.reads > 0
    assert told.changes > 0
    with database.transaction():
        check_ins.record_all(anna, [(acme.revenue, Entry(value=value)) for value in (2, 3)])
        with pytest.raises(ZeroDivisionError), database.transaction():
            check_ins.record(anna, acme.revenue, Entry(value=4))
            assert 1 / 0
        assert told.added == 1, "nothing is committed yet"
    assert (told.added, told.commits) == (3, 2)
    with pytest.raises(ZeroDivisionError), database.transaction():
        check_ins.record(anna, acme.revenue, Entry(value=5))
        assert 1 / 0
    check_ins.comment(anna, check_ins.record(anna, acme.revenue, Entry(value=6))[1].id, "a word")
    assert (told.added, told.commits) == (4, 4)
    assert len(check_ins.between(anna, acme.revenue, None, None, 0, 10).items) == 4


def test_one_that_nobody_watches_is_as_it_was(acme: Acme) -> None:
    assert "transaction" not in vars(acme.database)
