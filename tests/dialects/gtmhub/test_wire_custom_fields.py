"""Definitions of custom fields: as an import brought them, with `_id`; and tags past their limit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acme import Acme
from gtmhub_calls import assert_problem
from milepost.actions import tags
from milepost.transfer.gtmhub import saved
from milepost.transfer.gtmhub.folder import load
from wire import InProcess

REGION = {
    "_id": "61a000000000000000000021",
    "dateCreated": "2022-05-01T09:00:00Z",
    "description": "Where it is sold",
    "filterable": True,
    "label": "Region",
    "lastModified": "2022-05-02T09:00:00Z",
    "name": "region",
    "operationalType": "string",
    "settings": {"options": ["EMEA", "APAC"]},
    "targetTypes": ["goal", "metric"],
    "type": "dropdown",
    "visualizationKind": "select",
    "shade": "red",
}
BARE = {"_id": "630000000000000000000022", "name": "bare", "settings": None, "label": None}


@pytest.fixture
def defined(acme: Acme, tmp_path: Path) -> Acme:
    """Acme, after an import of two definitions."""
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "customFields.json").write_text(json.dumps({"items": [REGION, BARE], "totalCount": 2}))
    report = load(acme.database, acme.clock, saved.read(folder), acme.account.id)
    assert (report.problems, report.notes) == ([], [])
    return acme


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_definitions_are_shown_as_they_came(vera: InProcess, defined: Acme, version: str) -> None:
    found = vera.get(f"{version}/customFields").json
    assert found["totalCount"] == 2
    region, bare = found["items"]
    assert region == REGION | {"accountId": defined.account.id}
    assert bare == {
        "_id": BARE["_id"], "accountId": defined.account.id, "dateCreated": bare["dateCreated"], "description": "",
        "filterable": False, "label": "", "lastModified": bare["dateCreated"], "name": "bare", "operationalType": "",
        "settings": {}, "targetTypes": [], "type": "", "visualizationKind": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"_id": REGION["_id"]}, ["region"]),
        ({"id": REGION["_id"]}, ["region"]),
        ({"targetTypes": "goal"}, ["region"]),
        ({"targetTypes": {"$size": 0}}, ["bare"]),
        ({"filterable": False}, ["bare"]),
        ({"settings.options": "EMEA"}, ["region"]),
        ({"settings": {"$ne": None}}, ["region", "bare"]),
        ({"lastModified": {"$lt": "2022-05-03T00:00:00Z"}, "label": {"$regex": "eg"}}, ["region"]),
        ({"shade": {"$exists": True}}, ["region"]),
    ],
)
def test_they_are_filtered_by_what_is_shown(vera: InProcess, defined: Acme, asked: object, found: list[str]) -> None:
    items = vera.get("v2/customFields", filter=json.dumps(asked)).json["items"]
    assert [item["name"] for item in items] == found


@pytest.mark.parametrize("fields", ["label", "_id,label", "id,label"])
def test_the_id_always_comes_back(vera: InProcess, defined: Acme, fields: str) -> None:
    items = vera.get("v2/customFields", fields=fields, sort="-label").json["items"]
    assert items == [{"_id": REGION["_id"], "label": "Region"}, {"_id": BARE["_id"], "label": ""}]


def test_nobody_else_sees_them(rita: InProcess, defined: Acme) -> None:
    assert rita.get("v2/customFields").json == {"items": [], "totalCount": 0}


def test_an_account_with_more_tags_than_are_listed_is_told(
    vera: InProcess, ben: InProcess, acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tags, "TAGS_LIMIT", 3)
    ben.patch(f"v1/goals/{acme.growth}", {"tags": ["a", "b", "c"]})
    assert vera.get("v2/tags").json["totalCount"] == 3
    ben.patch(f"v1/goals/{acme.growth}", {"tags": ["a", "b", "c", "d"]})
    assert_problem(vera.get("v2/tags"), 400)
