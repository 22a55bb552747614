"""What looks at too much is given up, with what to ask instead; what is a scan has a thread of its own."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text

from acme import Acme
from milepost.actions import check_ins, key_results
from milepost.actions.key_results import KeyResultChange
from milepost.domain.check_in import Entry
from milepost.domain.errors import TooMuch
from milepost.domain.query import Compare, Comparison, Field, FieldType, Matches, Order, Query, equals
from milepost.store import bounds
from milepost.store.engine import Database, OverBudget, Statement, budget
from milepost.store.engine.budget import Hurried, at_once, in_haste
from wire import InProcess

NAME = Field(("key_result", "name"), FieldType.TEXT)
CYCLE = Field(("key_result", "cycle_id"), FieldType.TEXT)
SCANS = {
    "a filter": Query(equals(NAME, "nowhere")),
    "a filter that all fulfil": Query(Compare(NAME, Comparison.GREATER, ""), limit=1),
    "an order": Query(orders=(Order(Field(("key_result", "description"), FieldType.TEXT)),)),
    "one by one": Query(Matches(NAME, "(no|where)+x")),
}
# Takes longer than any list may, on either engine.
_ENDLESS = {
    True: Statement(text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")),
    False: Statement(text("SELECT pg_sleep(60)")),
}
_ONE = Statement(text("SELECT 1"))


def _plant(acme: Acme, count: int) -> None:
    for index in range(count):
        key_results.add(acme.context(acme.anna), acme.growth, KeyResultChange(name=f"n{index:03}"))


def test_a_statement_that_takes_too_much_is_given_up(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "STEPS", 500_000)
    monkeypatch.setattr(budget, "MILLISECONDS", 100)
    for _ in range(2):
        with pytest.raises(OverBudget), database.reading(), database.budget():
            database.one(_ENDLESS[database.is_embedded], {})
        assert database.one(_ONE, {})[0] == 1


def test_also_inside_a_transaction_which_goes_on(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "STEPS", 500_000)
    monkeypatch.setattr(budget, "MILLISECONDS", 100)
    with database.transaction():
        with pytest.raises(OverBudget), database.transaction(), database.budget():
            database.one(_ENDLESS[database.is_embedded], {})
        assert database.one(_ONE, {})[0] == 1
        with database.budget():
            assert database.one(_ONE, {})[0] == 1


def test_what_is_not_bounded_goes_on(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "STEPS", 1)
    monkeypatch.setattr(budget, "MILLISECONDS", 50)
    for_long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT max(i) FROM n"
    statement = Statement(text(for_long if database.is_embedded else "SELECT pg_sleep(0.2)"))
    with database.reading():
        with database.budget():
            pass
        database.one(statement, {})
    database.one(statement, {})


@pytest.mark.sqlite("it counts steps; a server's time would not be the same each time")
@pytest.mark.parametrize("scan", SCANS)
def test_a_list_that_takes_too_much_says_what_to_ask_instead(
    acme: Acme, scan: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plant(acme, 300)
    context, narrowed = acme.context(acme.anna), Query(equals(CYCLE, "none"))
    monkeypatch.setattr(budget, "STEPS", 1_000)
    monkeypatch.setattr(bounds, "SCAN_LIMIT", 100)
    with pytest.raises(TooMuch) as caught:
        key_results.list_(context, SCANS[scan])
    assert {("key_result", name) for name in ("id", "cycle_id", "objective_id", "owner_ids", "created_at")} <= set(
        caught.value.narrowing
    )
    assert key_results.list_(context, narrowed).total == 0
    # All of them stand in an index in this order: it is answered, however many there are.
    assert key_results.list_(context, Query(skip=200, limit=10)).total == 301


@pytest.mark.sqlite("it counts steps; a server's time would not be the same each time")
def test_a_list_that_is_asked_again_and_again_takes_no_more(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite counts the steps of a statement that it has kept from the first time on."""
    _plant(acme, 50)
    context = acme.context(acme.anna)
    monkeypatch.setattr(budget, "STEPS", 20_000)
    for _ in range(200):
        assert key_results.list_(context, SCANS["a filter"]).total == 0


@pytest.mark.sqlite("it counts steps; a server's time would not be the same each time")
def test_clients_are_told_in_the_words_of_their_api(
    acme: Acme, anna: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    _plant(acme, 300)
    monkeypatch.setattr(budget, "STEPS", 1_000)
    reply = anna.get("v2/metrics", filter='{"name": "nowhere"}')
    assert reply.status == 400
    (fault,) = reply.json["errors"]
    assert fault["field"] == "filter"
    assert fault["message"].endswith(
        "narrow it by one of dateCreated, goalId, id, ownerId, ownerIds, parentMetricId, sessionId"
    )


@pytest.mark.parametrize("scan", ["a filter", "one by one"])
@pytest.mark.sqlite("on a server's database what SQL looks at costs this process nothing")
def test_a_scan_is_not_done_in_haste(acme: Acme, scan: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _plant(acme, 300)
    monkeypatch.setattr(budget, "HASTY_STEPS", 1_000)
    monkeypatch.setattr(budget, "HASTY_ROWS", 100)
    context = acme.context(acme.anna)
    with in_haste(), pytest.raises(Hurried):
        key_results.list_(context, SCANS[scan])
    assert key_results.list_(context, SCANS[scan]).total == 0


@pytest.mark.sqlite("on a server's database what SQL looks at costs this process nothing")
def test_only_a_short_page_is_made_at_once(acme: Acme) -> None:
    _plant(acme, 300)
    context = acme.context(acme.anna)
    with at_once():
        assert len(key_results.list_(context, Query(limit=101)).items) == 101
        with pytest.raises(Hurried):
            key_results.list_(context, Query(limit=102))
        with pytest.raises(Hurried):
            key_results.list_(context, SCANS["one by one"])
    assert len(key_results.list_(context, Query(limit=102)).items) == 102


@pytest.mark.sqlite("on a server's database what SQL looks at costs this process nothing")
def test_a_page_far_behind_is_not_made_at_once(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    _plant(acme, 300)
    monkeypatch.setattr(budget, "SHORT_STEPS", 700)
    context = acme.context(acme.anna)
    with at_once():
        assert len(key_results.list_(context, Query(limit=5, counted=False)).items) == 5
        with pytest.raises(Hurried):
            key_results.list_(context, Query(skip=295, limit=5, counted=False))


# What is asked for, and the thread on which it is answered.
PLACES: dict[str, tuple[dict[str, str], str]] = {
    "short": ({"limit": "5", "fields": "name"}, "MainThread"),
    "with histories": ({"limit": "5"}, "MainThread"),
    "with long histories": ({"limit": "5", "fields": "metricHistory", "sort": "dateCreated"}, "milepost-reader"),
    "to be formatted": ({"fields": "name", "formatting": "plainText"}, "milepost-reader"),
    "an expression": ({"fields": "name", "filter": '{name:{$regex:"n0"}}'}, "milepost-reader"),
    "a long filter": ({"fields": "name", "filter": f'{{name:"{"n" * 1_000}"}}'}, "milepost-reader"),
    "long": ({"limit": "200", "fields": "name"}, "milepost-reader"),
    "a scan": ({"fields": "name", "filter": '{name:"n007"}'}, "milepost-scan"),
}


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.sqlite("on a server's database what SQL looks at costs this process nothing")
def test_a_list_is_made_where_it_holds_up_nobody(
    name: str, acme: Acme, anna: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, thread = PLACES[name]
    _plant(acme, 300)
    if name == "a scan":
        monkeypatch.setattr(budget, "SHORT_STEPS", 1_000)
        monkeypatch.setattr(budget, "HASTY_STEPS", 1_000)
    if name == "with long histories":
        monkeypatch.setattr(budget, "SHORT_HISTORY", 2)
        for value in range(3):
            check_ins.record(acme.context(acme.anna), acme.revenue, Entry(value=float(value)))
    threads = []
    listed = key_results.list_

    def noting(*arguments: Any) -> Any:
        page = listed(*arguments)
        threads.append(threading.current_thread().name.rpartition("_")[0] or threading.current_thread().name)
        return page

    monkeypatch.setattr(key_results, "list_", noting)
    assert anna.get("v2/metrics", **asked).status == 200
    assert threads == [thread]
