"""Comments and values by date: pages that stay where they are, a fixed number of queries, days of 23 and 25 hours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from acme import Acme
from gtmhub_calls import assert_problem
from milepost.actions import check_ins, comments, cycles, key_results
from milepost.actions.cycles import CycleChange
from milepost.domain import instants
from milepost.domain.change import KeyResultChange
from milepost.domain.check_in import Entry
from milepost.domain.query import Query
from statements import counted
from wire import InProcess


def say(acme: Acme, *words: str, under: str = "", at: str = "") -> None:
    """Check in with these words, one check-in each."""
    moment = instants.parse(at, "at") if at else None
    for word in words:
        check_ins.record(
            acme.context(acme.ben), under or acme.revenue, Entry(value=1, comment=word, effective_at=moment)
        )


def pages(client: InProcess, size: int) -> Iterator[list[str]]:
    """The pages of an exporter, which asks until one is short."""
    skip = 0
    while True:
        items = client.get("v1/comments", skip=skip, limit=size).json["items"]
        yield [item["text"] for item in items]
        if len(items) < size:
            return
        skip += size


def test_pages_until_a_short_one_show_every_comment_once_while_new_ones_come(vera: InProcess, acme: Acme) -> None:
    expected = [f"word {number}" for number in range(250)]
    say(acme, *expected, "", "")
    found: list[str] = []
    for number, page in enumerate(pages(vera, 100)):
        found += page
        # Back-dated, too: the order is that of recording.
        say(acme, f"late {number}", at="2026-07-02T10:00:00Z")
    assert found == [*expected, "late 0", "late 1"]


def test_a_list_costs_a_fixed_number_of_queries(acme: Acme) -> None:
    context = acme.context(acme.anna)
    costs = []
    for size in (1, 10, 100):
        for number in range(size):
            one = key_results.add(context, acme.growth, KeyResultChange(name=f"{size} {number}")).key_result
            say(acme, "a word", under=one.id)
        with counted(acme.database) as run:
            assert len(comments.list_(context, Query(limit=size)).items) == size
        costs.append(len(run))
    assert costs[0] == costs[1] == costs[2] <= 5, costs


def test_a_page_is_read_from_its_index(acme: Acme) -> None:
    say(acme, "a", "", "b")
    with counted(acme.database) as run:
        comments.list_(acme.context(acme.anna), Query(limit=1))
    page, count = [one for one in run if one.startswith("SELECT") and "check_ins" in one]
    for statement in (page, count):
        plan = acme.database.connection.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
        assert [row[3] for row in plan if "check_ins" in row[3]] == [plan[0][3]]
        assert "ix_check_ins_comments" in plan[0][3]


@pytest.mark.parametrize(
    ("zone", "day", "inside", "outside"),
    [
        # Clocks go forward: the day has 23 hours.
        ("Europe/Berlin", "2026-03-29", ["2026-03-28T23:00:00Z", "2026-03-29T21:59:59.999999Z"],
         ["2026-03-28T22:59:59.999999Z", "2026-03-29T22:00:00Z"]),
        # They go back: it has 25.
        ("Europe/Berlin", "2025-10-26", ["2025-10-25T22:00:00Z", "2025-10-26T22:59:59.999999Z"],
         ["2025-10-25T21:59:59.999999Z", "2025-10-26T23:00:00Z"]),
        # There is no midnight: the day begins at one.
        ("Africa/Cairo", "2026-04-24", ["2026-04-23T22:00:00Z", "2026-04-24T20:59:59.999999Z"],
         ["2026-04-23T21:59:59.999999Z", "2026-04-24T21:00:00Z"]),
        ("", "2026-06-30", ["2026-06-30T00:00:00Z", "2026-06-30T23:59:59.999999Z"],
         ["2026-06-29T23:59:59.999999Z", "2026-07-01T00:00:00Z"]),
        ("Nowhere/Atall", "2026-06-30", ["2026-06-30T00:00:00Z"], ["2026-07-01T00:00:00Z"]),
    ],
)  # fmt: skip
def test_days_are_those_of_the_sessions_time_zone(
    vera: InProcess, acme: Acme, zone: str, day: str, inside: list[str], outside: list[str]
) -> None:
    cycles.revise(acme.context(acme.anna), acme.q3.id, CycleChange(time_zone=zone))
    for moment in [*inside, *outside]:
        say(acme, moment, at=moment)
    found = vera.get(f"v1/metrics/{acme.revenue}/values", **{"from": day, "to": day}).json
    assert [item["comment"] for item in found["items"]] == inside
    assert [item["date"] for item in found["items"]] == inside
    assert found["totalCount"] == len(inside)


def test_the_ends_of_time(vera: InProcess, acme: Acme) -> None:
    say(acme, "now")
    path = f"v1/metrics/{acme.revenue}/values"
    whole = {"from": "0001-01-01", "to": "9999-12-31"}
    for query in ({"from": "0001-01-01"}, {"to": "9999-12-31"}, whole, {"from": ""}):
        assert vera.get(path, **query).json["totalCount"] == 1, query
    for query in ({"to": "0001-01-01"}, {"from": "9999-12-31"}, {"from": "2026-08-18", "to": "2026-08-16"}):
        assert vera.get(path, **query).json == {"items": [], "totalCount": 0}, query
    for wrong in ("0000-01-01", "2026-13-01", "2026-8-1", "20260801", "2026-W33-1", "yesterday", "٢٠٢٦-٠٨-٠١"):
        problem = assert_problem(vera.get(path, **{"from": wrong}), 400)
        assert [fault["field"] for fault in problem["errors"]] == ["from"]


def test_a_thousand_values_at_once(vera: InProcess, acme: Acme) -> None:
    entries = [(acme.revenue, Entry(value=number)) for number in range(1_000)]
    check_ins.record_all(acme.context(acme.ben), entries)
    say(acme, "the last")
    path = f"v1/metrics/{acme.revenue}/values"
    whole = vera.get(path).json
    assert (len(whole["items"]), whole["totalCount"]) == (1_000, 1_001)
    assert len(vera.get(path, limit=5_000).json["items"]) == 1_000
    assert [item["comment"] for item in vera.get(path, skip=1_000).json["items"]] == ["the last"]
    assert vera.get(path, limit=0).json == {"items": [], "totalCount": 1_001}
