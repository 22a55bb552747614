"""Saved lists come in with their columns and rules, page by page, once; what could not be loaded here is kept too."""

from __future__ import annotations

from engines import rows
from milepost.actions import saved_lists as saved_actions
from milepost.actions.context import operator
from milepost.domain.saved_list import Join
from milepost.store import audit, saved_lists
from milepost.store.engine import Database
from saved_company import ACCOUNT, JANE, at, now, places

BEHIND, OLD = "61a000000000000000000031", "61a000000000000000000032"


def saved(**said: object) -> dict[str, object]:
    return {"id": BEHIND, "accountId": ACCOUNT, "title": "Behind", "listType": "Key Result", **said}


def test_a_list_keeps_its_dates_its_rules_and_all_that_nobody_knows(database: Database, take) -> None:
    rule = {"fieldName": "attainment", "operator": "lt", "value": 0.5, "customField": False, "shade": 1}
    filter_ = {"booleanOperator": "or", "ruleBounds": [rule], "shade": 2}
    columns = [{"fieldName": "name", "type": "text", "width": 300, "shade": 3}]
    made = {"dateCreated": at(1), "modifiedAt": at(2), "createdById": JANE, "ownerId": JANE}
    report = take(lists=[saved(columns=columns, filter=filter_, chartSettings={"color": "red"}, **made)])
    assert (report.problems, report.notes, report.tally("lists.json").taken) == ([], [], 1)
    found = saved_lists.records.find(database, ACCOUNT, BEHIND)
    assert (found.name, found.about, found.created_by, found.owner_id) == ("Behind", "Key Result", JANE, JANE)
    assert found.created_at < found.modified_at
    (kept,) = found.selection.rules
    assert (kept.field, kept.operator, kept.value, kept.extra) == ("attainment", "lt", 0.5, {"shade": 1})
    assert (found.selection.join, found.selection.extra) == (Join.ANY, {"shade": 2})
    assert [(one.field, one.width, one.extra) for one in found.columns] == [("name", 300, {"shade": 3})]
    assert found.extra == {"chartSettings": {"color": "red"}}
    (record,) = [one for one in audit.read(database, ACCOUNT) if one.action == "saved_list.added"]
    assert (record.kind, record.record_id, record.front_end) == ("SavedList", BEHIND, "import")


def test_what_could_not_be_loaded_is_kept_and_reported(database: Database, take) -> None:
    odd = [{"fieldName": "name", "operator": "like", "value": "x"}]
    told = [{"fieldName": "name", "operator": "in", "dynamicFilters": [{"dynamicValueType": "their.word"}]}]
    report = take(
        lists=[
            saved(filter={"ruleBounds": [*odd, *told]}),
            saved(id=OLD, listType="Goal", sort=[{"field": "name"}]),
        ]
    )
    assert report.problems == []
    assert [f"{note.file}[{note.index}].{note.field}" for note in report.notes] == [
        "lists.json[0].filter.ruleBounds[0].operator",
        "lists.json[0].filter.ruleBounds[1].dynamicFilters[0].dynamicValueType",
        "lists.json[1].listType",
    ]
    assert report.tally("lists.json").taken == 2
    assert saved_lists.records.find(database, ACCOUNT, OLD).extra == {"sort": [{"field": "name"}]}


def test_further_pages_second_attempts_and_what_was_removed(database: Database, take) -> None:
    pages = {"lists": {"items": [saved()], "totalCount": 2}, "lists-2": [saved(id=OLD)]}
    assert take(**pages).problems == []
    again = take(**pages)
    assert [again.tally(name).already_there for name in ("lists.json", "lists-2.json")] == [1, 1]
    saved_actions.remove(operator(database, ACCOUNT, now), OLD)
    assert take(**pages).tally("lists-2.json").left_out == 1
    assert rows(database, "SELECT id FROM saved_lists") == [(BEHIND,)]


def test_what_is_wrong_is_named_and_the_rest_is_taken(database: Database, take) -> None:
    said: list[dict[str, object]] = [
        {"title": None},
        {"title": 5},
        {"columns": [{"fieldName": "name"}, {"width": 5}]},
        {"filter": {"ruleBounds": [{"fieldName": "name"}]}},
        {"dateCreated": "soon"},
    ]
    wrong = [saved(id=f"61a00000000000000000004{index}", **one) for index, one in enumerate(said)]
    report = take(lists=[*wrong, saved(), saved(), saved(id="x")])
    expected = ["title", "title", "columns[1].fieldName", "filter.ruleBounds[0].operator", "dateCreated"]
    named = [f"lists.json[{index}].{one}" for index, one in enumerate(expected)]
    assert places(report) == [*named, "lists.json[6].id", "lists.json[7].id"]
    assert rows(database, "SELECT id FROM saved_lists") == [(BEHIND,)]
