"""Definitions of custom fields come in under their `_id`, page by page, once; what is wrong with one is named."""

from __future__ import annotations

from engines import rows
from milepost.store import audit, custom_fields
from milepost.store.engine import Database
from saved_company import ACCOUNT, JANE, at, places

REGION, STAGE = "61a000000000000000000021", "61a000000000000000000022"


def field(**said: object) -> dict[str, object]:
    return {"_id": REGION, "accountId": ACCOUNT, "name": "region", "label": "Region", "type": "dropdown", **said}


def test_a_definition_keeps_its_dates_and_all_that_nobody_knows(database: Database, take) -> None:
    made = {"dateCreated": at(1), "lastModified": at(2), "settings": {"options": ["a"]}, "shade": {"deep": [1]}}
    report = take(customFields=[field(**made)])
    assert (report.problems, report.notes, report.tally("customFields.json").taken) == ([], [], 1)
    found = custom_fields.records.find(database, ACCOUNT, REGION)
    assert (found.name, found.label, found.type, found.description) == ("region", "Region", "dropdown", "")
    assert found.created_at < found.modified_at
    assert (found.extra["settings"], found.extra["shade"]) == ({"options": ["a"]}, {"deep": [1]})
    (record,) = [one for one in audit.read(database, ACCOUNT) if one.action == "custom_field.added"]
    assert (record.kind, record.record_id, record.front_end) == ("CustomField", REGION, "import")


def test_further_pages_and_second_attempts(database: Database, take) -> None:
    pages = {"customFields": {"items": [field()], "totalCount": 2}, "customFields-2": [field(_id=STAGE)]}
    assert take(**pages).problems == []
    again = take(**pages)
    assert [again.tally(name).already_there for name in ("customFields.json", "customFields-2.json")] == [1, 1]
    assert len(rows(database, "SELECT id FROM custom_fields")) == 2


def test_what_is_wrong_is_named_and_the_rest_is_taken(database: Database, take) -> None:
    nameless = [{"id": REGION, "name": "no _id"}, field(_id="x"), field(_id=JANE)]
    said: list[dict[str, object]] = [
        {"name": 5},
        {"targetTypes": "goal"},
        {"dateCreated": "soon"},
        {"lastModified": 5},
        {"label": "x" * 4_001},
    ]
    wrong = [field(_id=f"61a00000000000000000003{index}", **one) for index, one in enumerate(said)]
    report = take(customFields=[*nameless, *wrong, field(_id=STAGE), field(_id=STAGE)])
    expected = ["_id", "_id", "_id", "name", "targetTypes", "dateCreated", "lastModified", "label"]
    named = [f"customFields.json[{index}].{one}" for index, one in enumerate(expected)]
    assert places(report) == [*named, "customFields.json[9]._id"]
    assert rows(database, "SELECT id FROM custom_fields") == [(STAGE,)]
