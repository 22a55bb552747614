"""Histories come in whole, explain what stands, and grow when a fuller one is imported later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from milepost.actions import check_ins as doing
from milepost.actions import key_results as keeping
from milepost.actions.context import operator
from milepost.domain import instants
from milepost.domain.check_in import CheckIn
from milepost.domain.key_result import KeyResult
from milepost.store import audit, check_ins, key_results, objectives
from milepost.store.engine import Database
from saved_company import ACCOUNT, GOAL, JANE, METRIC, at, company, content, entry, goal, imported, metric, now, write

NOBODY = "61a0000000000000000000b9"


def standing(database: Database) -> KeyResult:
    return key_results.records.find(database, ACCOUNT, METRIC)


def history(database: Database) -> tuple[CheckIn, ...]:
    return check_ins.history(database, ACCOUNT, METRIC)


def values(database: Database) -> list[float]:
    return [one.value for one in history(database)]


def of(*entries: dict[str, Any], **said: Any) -> list[dict[str, Any]]:
    return [metric(metricHistory=list(entries), **said)]


def test_an_entry_keeps_everything_that_it_says(take, client) -> None:
    saved = entry(
        9, 42.5, 1, createdAt=at(11), confidenceValue=0.7, comment="Half-way", changedBy=NOBODY, attainment=0.425,
        customFields={"mood": "calm"}, metricId=METRIC, source={"app": [1]},
    )  # fmt: skip
    assert take(metrics=of(saved, actual=42.5, confidence={"value": 0.7})).problems == []
    shown = client().get(f"v1/metrics/{METRIC}").json
    assert shown["metricHistory"] == [saved]
    assert shown["confidence"] == {"value": 0.7, "date": at(9), "reason": "Half-way", "userId": NOBODY}
    assert shown["lastCheckInDate"] == at(9)


def test_the_latest_effective_date_says_what_stands_wherever_it_was_recorded(database: Database, take) -> None:
    back_dated = entry(5, 10, 2, createdAt=at(25))
    report = take(metrics=of(entry(20, 60, 1, confidenceValue=0.5), back_dated, actual=60))
    assert values(database) == [10, 60]
    found = standing(database)
    assert (found.current, found.attainment, found.check_in_count) == (60, 0.6, 2)
    assert found.last_check_in_at == instants.parse(at(20), "")
    assert history(database)[0].recorded_at == instants.parse(at(25), "")
    assert (report.tally("metrics.json").history_added, report.tally("metrics.json").gaps_closed) == (2, 0)
    assert objectives.records.find(database, ACCOUNT, GOAL).attainment == 0.6


def test_one_date_is_enough_for_an_entry(database: Database, take) -> None:
    recorded, effective = entry(5, 1, 1, updatedAt=""), entry(6, 2, 2, createdAt="0001-01-01T00:00:00Z")
    take(metrics=of(recorded, effective, actual=2))
    assert [one.effective_at == one.recorded_at for one in history(database)] == [True, True]
    assert [one.effective_at for one in history(database)] == [instants.parse(at(day), "") for day in (5, 6)]


# Gaps


def test_a_value_that_the_history_does_not_say_is_one_check_in_more(database: Database, take) -> None:
    report = take(metrics=of(entry(5, 10, 1), actual=30, lastCheckInDate=at(8)))
    _, closing = history(database)
    assert (closing.value, closing.confidence) == (30, None)
    assert (closing.effective_at, closing.author_id) == (instants.parse(at(8), ""), "")
    assert standing(database).current == 30
    assert (report.tally("metrics.json").history_added, report.tally("metrics.json").gaps_closed) == (1, 1)


def test_the_newest_entry_counts_where_it_is_later_than_the_last_check_in(database: Database, take) -> None:
    ahead = entry(9, 10, 1, createdAt=at(12))
    take(metrics=of(ahead, entry(9, 20, 2), actual=30, lastCheckInDate=at(8)))
    closing = history(database)[-1]
    assert (closing.value, closing.effective_at) == (30, instants.parse(at(9), ""))
    assert closing.recorded_at > instants.parse(at(12), "")  # it is the last word of that moment
    assert standing(database).current == 30


def test_without_a_last_check_in_the_date_of_creation_counts(database: Database, take) -> None:
    take(metrics=of(actual=30, lastCheckInDate="0001-01-01T00:00:00Z"))
    (closing,) = history(database)
    assert (closing.value, closing.effective_at) == (30, instants.parse(at(2), ""))


def test_a_confidence_that_the_history_does_not_say_is_a_gap_too(database: Database, take) -> None:
    said = {"value": 0.9, "date": at(7), "reason": "Signed", "userId": NOBODY}
    take(metrics=of(entry(5, 10, 1, confidenceValue=0.2), actual=10, confidence=said))
    closing = history(database)[-1]
    assert (closing.value, closing.confidence, closing.comment, closing.author_id) == (10, 0.9, "Signed", NOBODY)
    assert (standing(database).confidence.value, standing(database).confidence.reason) == (0.9, "Signed")


def test_a_gap_in_both_is_one_check_in(database: Database, take) -> None:
    take(metrics=of(entry(5, 10, 1), actual=11, confidence={"value": 7}))
    assert [(one.value, one.confidence) for one in history(database)] == [(10, None), (11, 7)]


@pytest.mark.parametrize(
    "said",
    [
        {"actual": 5, "initialValue": 5},
        {"actual": None, "initialValue": 5},
        {"actual": 5, "initialValue": 5, "confidence": None},
        {"actual": 5, "initialValue": 5, "confidence": {"value": None, "date": at(3)}},
    ],
)
def test_where_the_start_stands_and_no_confidence_there_is_no_gap(database: Database, take, said) -> None:
    take(metrics=of(lastCheckInDate=at(20), **said))
    assert history(database) == ()
    assert (standing(database).current, standing(database).confidence, standing(database).last_check_in_at) == (
        5, None, None,
    )  # fmt: skip


def test_no_gap_where_value_and_confidence_are_the_historys(database: Database, take) -> None:
    take(metrics=of(entry(5, 10, 1, confidenceValue=0.2), entry(6, 12, 2), actual=12, confidence={"value": 0.2}))
    assert values(database) == [10, 12]


def test_a_gap_is_closed_only_when_the_record_first_comes_in(database: Database, take) -> None:
    take(metrics=of(entry(5, 10, 1), actual=10))
    before = content(database)
    report = take(metrics=of(entry(5, 10, 1), actual=99, confidence={"value": 1}, name="Renamed", target=1))
    assert content(database) == before
    assert report.tally("metrics.json").gaps_closed == 0


# Entries without an id


def test_entries_without_an_id_get_one_that_stays(database: Database, take, tmp_path: Path) -> None:
    saved = of(entry(5, 10), entry(6, 20), entry(7, 20), actual=20)
    take(metrics=saved)
    before, ids = content(database), [one.id for one in history(database)]
    assert len(set(ids)) == 3
    assert all(len(one) == 24 for one in ids)
    report = take(metrics=saved)
    assert content(database) == before
    assert report.tally("metrics.json").history_added == 0


def test_entries_alike_do_not_collide(database: Database, take) -> None:
    twice = of(entry(5, 10), entry(5, 10), entry(5, 10, comment="again"), actual=10)
    assert take(metrics=twice).tally("metrics.json").history_added == 3
    assert sorted(one.comment for one in history(database)) == ["", "", "again"]
    before = content(database)
    take(metrics=[twice[0] | {"metricHistory": twice[0]["metricHistory"][::-1]}])
    assert content(database) == before


def test_a_new_entry_among_those_alike_is_the_one_that_is_added(database: Database, take) -> None:
    take(metrics=of(entry(5, 10, comment="old"), actual=10))
    take(metrics=of(entry(5, 10, comment="new"), entry(5, 10, comment="old"), actual=10))
    assert sorted(one.comment for one in history(database)) == ["new", "old"]


def test_an_edited_comment_does_not_double_its_entry(database: Database, take) -> None:
    take(metrics=of(entry(5, 10, comment="old"), actual=10))
    before = content(database)
    take(metrics=of(entry(5, 10, comment="edited"), actual=10))
    assert content(database) == before


def test_two_key_results_with_the_same_entries_have_each_its_own(database: Database, take) -> None:
    other = metric(id="61a0000000000000000000e2", metricHistory=[entry(5, 10)], actual=10)
    report = take(metrics=[*of(entry(5, 10), actual=10), other])
    assert (report.problems, report.tally("metrics.json").history_added) == ([], 2)


# Again, with more


def test_again_adds_nothing(database: Database, take) -> None:
    saved = of(entry(5, 10, 1), entry(6, 20), actual=50, confidence={"value": 0.5}, lastCheckInDate=at(20))
    take(metrics=saved)
    before = content(database)
    report = take(metrics=saved)
    assert content(database) == before
    assert [(one.taken, one.already_there) for one in report.files] == [(0, 1)] * 5


def test_what_a_fuller_history_has_more_is_added_and_the_rest_follows(database: Database, take) -> None:
    take(metrics=of(entry(5, 10, 1), actual=10))
    named = standing(database)
    fuller = of(entry(4, 5, 3), entry(5, 10, 1), entry(9, 70, 2, confidenceValue=0.4), actual=70, name="Other")
    report = take(metrics=fuller)
    assert values(database) == [5, 10, 70]
    found = standing(database)
    assert (found.current, found.attainment, found.check_in_count, found.confidence.value) == (70, 0.7, 3, 0.4)
    assert (found.name, found.modified_at) == (named.name, named.modified_at)
    assert objectives.records.find(database, ACCOUNT, GOAL).attainment == 0.7
    assert (report.tally("metrics.json").differs, report.tally("metrics.json").history_added) == (1, 2)  # in its name
    last = audit.read(database, ACCOUNT)[-1]
    assert (last.action, last.record_id, last.front_end) == ("key_result.history_added", METRIC, "import")
    assert sorted(one["value"] for one in last.after["check_ins"]) == [5, 70]


def test_what_was_done_here_since_is_not_undone(database: Database, take) -> None:
    saved = of(entry(5, 10, 1, comment="old"), entry(6, 20, 2), entry(7, 20), actual=20)
    take(metrics=saved)
    boss = operator(database, ACCOUNT, now)
    doing.comment(boss, entry(5, 10, 1)["id"], "edited here")
    doing.remove(boss, entry(6, 20, 2)["id"])
    doing.remove(boss, history(database)[-1].id)
    before = content(database)
    take(metrics=saved)
    assert content(database) == before
    assert [(one.value, one.comment) for one in history(database)] == [(10, "edited here")]


def test_what_was_removed_here_since_stays_removed(database: Database, take) -> None:
    take(metrics=of(entry(5, 10, 1), actual=10))
    keeping.remove(operator(database, ACCOUNT, now), METRIC)
    before = content(database)
    report = take(metrics=of(entry(5, 10, 1), actual=10))
    assert content(database) == before
    assert report.tally("metrics.json").left_out == 1
    assert [str(note) for note in report.notes] == [f"metrics.json[0].id: {METRIC} was removed here, and stays so"]
    assert report.problems == []


# Entries that cannot be taken


@pytest.mark.parametrize(
    ("bad", "place"),
    [
        (5, "metricHistory[1]"),
        (entry(5, 1, 2) | {"metricValue": "high"}, "metricHistory[1].metricValue"),
        (entry(5, 1, 2) | {"metricValue": None}, "metricHistory[1].metricValue"),
        (entry(5, 1, 2, updatedAt="yesterday"), "metricHistory[1].updatedAt"),
        (entry(5, 1, 2, updatedAt=None, createdAt=None), "metricHistory[1].updatedAt"),
        (entry(5, 1, 2, confidenceValue=11), "metricHistory[1].confidenceValue"),
        (entry(5, 1, 2, comment="a\0b"), "metricHistory[1].comment"),
        (entry(5, 1, 2, metricId=GOAL), "metricHistory[1].metricId"),
        (entry(5, 1) | {"id": "abc"}, "metricHistory[1].id"),
        (entry(5, 1) | {"id": METRIC}, "metricHistory[1].id"),
        (entry(5, 1) | {"id": JANE}, "metricHistory[1].id"),
        (entry(5, 1, 1), "metricHistory[1].id"),
    ],
)
def test_an_entry_that_cannot_be_taken_is_named_and_the_others_are_taken(database: Database, take, bad, place) -> None:
    report = take(metrics=of(entry(4, 1, 1), bad, entry(9, 3, 3), actual=3))
    assert [(one.file, one.index, one.field) for one in report.problems] == [("metrics.json", 0, place)]
    assert values(database) == [1, 3]
    tally = report.tally("metrics.json")
    assert (tally.taken, tally.history_added, tally.history_refused) == (1, 2, 1)


def test_an_entry_of_another_key_result_is_not_taken_twice(database: Database, take) -> None:
    other = metric(id="61a0000000000000000000e2", metricHistory=[entry(5, 10, 1)], actual=0)
    report = take(metrics=[*of(entry(5, 10, 1), actual=10), other])
    assert [str(one) for one in report.problems] == [
        "metrics.json[1].metricHistory[0].id: is the id of another record already: a check-in"
    ]


def test_an_entry_that_was_mended_comes_in_with_the_next_import(database: Database, tmp_path: Path) -> None:
    broken = of(entry(4, 1, 1), entry(5, 2, 2) | {"metricValue": "two"}, entry(9, 3, 3), actual=3)
    imported(database, write(tmp_path / "saved", **company(metrics=broken)))
    mended = of(entry(4, 1, 1), entry(5, 2, 2), entry(9, 3, 3), actual=3)
    report = imported(database, write(tmp_path / "saved", **company(metrics=mended, goals=[goal()])))
    assert (report.problems, values(database)) == ([], [1, 2, 3])
