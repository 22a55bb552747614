"""Lists beyond what SQL can say: budget, windows, caches."""

from __future__ import annotations

import pytest

from acme import Acme
from milepost.actions import key_results
from milepost.domain.change import KeyResultChange
from milepost.domain.errors import Invalid
from milepost.domain.query import All, Compare, Comparison, Field, FieldType, HasSize, Matches, Order, Query, equals
from milepost.store import key_results as stored
from milepost.store import listing

NAME = Field(("key_result", "name"), FieldType.TEXT)
REGION = Field(("key_result", "custom_fields", "region"))


def _plant(acme: Acme, count: int) -> None:
    context = acme.context(acme.anna)
    for index in range(count):
        change = KeyResultChange(name=f"n{index:03}", custom_fields={"region": ["north", "south"][index % 2]})
        key_results.add(context, acme.growth, change)


def test_a_scan_has_a_budget(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    _plant(acme, 12)
    monkeypatch.setattr(listing, "SCAN_LIMIT", 10)
    context = acme.context(acme.anna)
    with pytest.raises(Invalid, match="more than 10 records one by one"):
        key_results.list_(context, Query(equals(REGION, "north")))
    # What SQL says narrows the scan, and what SQL says alone is no scan.
    narrowed = All((equals(REGION, "north"), Compare(NAME, Comparison.LESS, "n008")))
    assert key_results.list_(context, Query(narrowed)).total == 4
    assert key_results.list_(context, Query(Compare(NAME, Comparison.LESS, "n008"))).total == 9


def test_windows_of_scans_are_windows_of_one_list(acme: Acme) -> None:
    _plant(acme, 30)
    context = acme.context(acme.anna)
    for orders in ((), (Order(NAME, descending=True),), (Order(REGION), Order(NAME))):
        whole = key_results.list_(context, Query(equals(REGION, "south"), orders, 0, 100))
        assert whole.total == len(whole.items) == 15
        parts = [
            view.key_result.name
            for skip in range(0, 20, 4)
            for view in key_results.list_(context, Query(equals(REGION, "south"), orders, skip, 4)).items
        ]
        assert parts == [view.key_result.name for view in whole.items]


def test_conditions_that_differ_in_operands_share_their_sql(acme: Acme) -> None:
    context = acme.context(acme.anna)
    key_results.list_(context, Query(equals(NAME, "a")))
    before = len(stored.listing._statements)
    for name in ("b", "c", "d", ""):
        key_results.list_(context, Query(equals(NAME, name)))
    assert len(stored.listing._statements) == before


def test_the_cache_of_statements_is_bounded(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "_STATEMENTS", 20)
    context = acme.context(acme.anna)
    for index in range(50):
        key_results.list_(context, Query(Matches(NAME, f"x{index}")))
    assert len(stored.listing._statements) <= 20
    assert key_results.list_(context, Query(HasSize(REGION, 3))).total == 0
