"""Lists: beyond what SQL can say (budget, windows, caches), and behind a place in the order of creation."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acme import Acme
from milepost.actions import key_results
from milepost.domain.change import KeyResultChange
from milepost.domain.errors import Invalid
from milepost.domain.key_result import blank
from milepost.domain.query import (
    EVERYTHING,
    All,
    Compare,
    Comparison,
    Field,
    FieldType,
    HasSize,
    Matches,
    Order,
    Place,
    Query,
    equals,
)
from milepost.store import bounds, listing
from milepost.store import cycles as stored_cycles
from milepost.store import key_results as stored
from milepost.store import teams as stored_teams
from milepost.store import users as stored_users
from milepost.store.engine import SQLITE, SqliteDatabase, Statement

NAME = Field(("key_result", "name"), FieldType.TEXT)
REGION = Field(("key_result", "custom_fields", "region"))


def _plant(acme: Acme, count: int) -> None:
    context = acme.context(acme.anna)
    for index in range(count):
        change = KeyResultChange(name=f"n{index:03}", custom_fields={"region": ["north", "south"][index % 2]})
        key_results.add(context, acme.growth, change)


def test_a_scan_has_a_budget(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    _plant(acme, 12)
    monkeypatch.setattr(bounds, "SCAN_LIMIT", 10)
    context = acme.context(acme.anna)
    with pytest.raises(Invalid, match="more than 10 records one by one"):
        key_results.list_(context, Query(equals(REGION, "north")))
    # What SQL says narrows the scan, and what SQL says alone is no scan.
    narrowed = All((equals(REGION, "north"), Compare(NAME, Comparison.LESS, "n008")))
    assert key_results.list_(context, Query(narrowed)).total == 4
    assert key_results.list_(context, Query(Compare(NAME, Comparison.LESS, "n008"))).total == 9


def test_a_scan_whose_total_nobody_asks_for_ends_with_its_page(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    _plant(acme, 12)
    monkeypatch.setattr(listing, "_CHUNK", 4)
    monkeypatch.setattr(bounds, "SCAN_LIMIT", 8)
    context = acme.context(acme.anna)
    page = key_results.list_(context, Query(equals(REGION, "north"), limit=2, counted=False))
    assert [view.key_result.name for view in page.items] == ["n000", "n002"]
    with pytest.raises(Invalid, match="one by one"):
        key_results.list_(context, Query(equals(REGION, "north"), limit=2))


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


MOMENTS = st.integers(0, 4)
# Both spellings of ids: 24 digits, and the UUIDs that an import keeps.
IDS = st.one_of(st.text("0123456789abcdef", min_size=24, max_size=24), st.uuids().map(str))
RECORDS = st.lists(
    st.tuples(MOMENTS, IDS, st.sampled_from(["north", "south"])), max_size=25, unique_by=lambda one: one[1]
)
CONDITIONS = {
    "all": (EVERYTHING, lambda name: True),
    "in SQL": (equals(NAME, "north"), lambda name: name == "north"),
    "one by one": (equals(REGION, "north"), lambda name: name == "north"),
}


@settings(max_examples=150)
@given(
    records=RECORDS,
    place=st.none() | st.tuples(MOMENTS, IDS) | st.integers(0, 24),
    asked=st.sampled_from(sorted(CONDITIONS)),
    skip=st.integers(0, 4),
    limit=st.integers(0, 8),
    counted=st.booleans(),
)
def test_what_stands_behind_a_place_is_what_sorting_says(
    acme: Acme, records: list[Any], place: Any, asked: str, skip: int, limit: int, counted: bool
) -> None:
    """`after` and `counted` against a sorted list, for conditions that SQL can say and for those it cannot."""
    database, account = acme.database, acme.account.id
    if isinstance(place, int):  # that of one of the records
        place = records[place % len(records)][:2] if records else None
    with suppress(_Undone), database.transaction():
        key_results.remove(acme.context(acme.anna), acme.revenue)
        for at, record_id, name in records:
            made = blank(account, record_id, acme.growth, acme.q3.id, position=0, at=at, by="")
            stored.insert(database, msgspec.structs.replace(made, name=name, custom_fields={"region": name}))
        condition, wanted = CONDITIONS[asked]
        expected = sorted((at, record_id) for at, record_id, name in records if wanted(name))
        expected = [one for one in expected if place is None or one > place]
        query = Query(condition, skip=skip, limit=limit, after=Place(*place) if place else None, counted=counted)
        page = key_results.list_bare(acme.context(acme.anna), query)
        assert [(one.created_at, one.id) for one in page.items] == expected[skip : skip + limit]
        assert page.total == len(expected) if counted else page.total >= len(page.items)
        raise _Undone


class _Undone(Exception):
    """Ends a transaction whose work is not to stay."""


@pytest.mark.sqlite("its plans")
@pytest.mark.parametrize("after", [None, Place(5, "0" * 24)], ids=["first page", "later page"])
@pytest.mark.parametrize(
    ("field", "index"), [("cycle_id", "ix_key_results_cycle"), ("objective_id", "ix_key_results_objective")]
)
def test_a_page_of_key_results_is_a_range_of_an_index(
    acme: Acme, field: str, index: str, after: Place | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the list is, a page costs what it holds: no sort, and nothing is read before its place."""
    run: list[tuple[str, Any]] = []
    execute = SqliteDatabase.all

    def watched(database: SqliteDatabase, statement: Statement, values: Any) -> list[Any]:
        run.append((statement.on(SQLITE).sql, statement.on(SQLITE).bind(values)))
        return execute(database, statement, values)

    monkeypatch.setattr(SqliteDatabase, "all", watched)
    condition = equals(Field(("key_result", field), FieldType.TEXT), acme.q3.id)
    key_results.list_bare(acme.context(acme.anna), Query(condition, limit=101, after=after, counted=False))
    ((sql, values),) = run
    plan = [row[3] for row in acme.database.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    behind = " AND (created_at,id)>(?,?)" if after else ""
    # One step: a search in the order of the index. A sort would be another, "USE TEMP B-TREE FOR ORDER BY".
    assert plan == [f"SEARCH key_results USING INDEX {index} (account_id=? AND {field}=?{behind})"]


@pytest.mark.sqlite("its plans")
@pytest.mark.parametrize(
    ("listed", "table"),
    [(stored_teams.listing, "teams"), (stored_users.listing, "users"), (stored_cycles.listing, "cycles")],
    ids=["teams", "users", "cycles"],
)
def test_a_page_of_the_other_lists_is_a_range_of_an_index_too(acme: Acme, listed: Any, table: str) -> None:
    statement = listed._statement(listing._Wanted((), True), (), "page")
    values = {"account": acme.account.id, "after_created_at": 5, "after_id": "", "limit": 101, "skip": 0}
    text = statement.on(SQLITE)
    plan = acme.database.connection.execute(f"EXPLAIN QUERY PLAN {text.sql}", text.bind(values)).fetchall()
    expected = f"SEARCH {table} USING INDEX ix_{table}_created (account_id=? AND (created_at,id)>(?,?))"
    assert [row[3] for row in plan] == [expected]
