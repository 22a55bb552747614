"""The rules of a saved list against filters: what a list holds is what the filter of the same meaning gives."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acme import Acme
from wire import InProcess

TEXTS = ["", "a", "Sales", "sales (EU)", "50% off.", "line\nbreak", "Ünï ✓", "MONTHLY", "at_least", "Anna", "x" * 300]
NUMBERS: list[Any] = [0, 0.5, 1, -1, 25, 100]
SCALARS: list[Any] = [None, True, False, *NUMBERS, *TEXTS, "2026-08-01T00:00:00Z", "0001-01-01T00:00:00Z"]
# Fields as they are shown, and what of each `contains` looks into.
FIELDS = {
    "name": "name", "description": "description", "attainment": "attainment", "actual": "actual", "target": "target",
    "dateCreated": "dateCreated", "dueDate": "dueDate", "dynamic": "dynamic", "targetOperator": "targetOperator",
    "goalName": "goalName", "assignee.name": "assignee.name", "assignee": "assignee.name", "tags": "tags.title",
    "assignees": "assignees.name", "tags.title": "tags.title", "confidence.value": "confidence.value",
    "critical": "critical", "shade": "shade", "shade.deep": "shade.deep", "format.suffix": "format.suffix",
    "ownerIds": "ownerIds", "goalOwnerIds": "goalOwnerIds", "sessionId": "sessionId", "_id": "_id",
    "customFields.region": "customFields.region", "goalClosedStatus.status": "goalClosedStatus.status",
}  # fmt: skip
IDS = ("ownerIds", "goalOwnerIds")


@pytest.fixture
def metrics(anna: InProcess, acme: Acme) -> list[str]:
    """Metrics that differ in everything that a rule can ask about; the ids of things that they name."""
    suffixes = ["", "%", " EUR"]
    for index, name in enumerate(TEXTS[1:]):
        sent = {
            "name": name, "goalId": acme.growth, "description": TEXTS[-index], "target": 10 * index or 1,
            "actual": index,
            "ownerIds": [[acme.ben.id], [acme.vera.id, acme.anna.id], []][index % 3],
            "tags": [{"title": TEXTS[index]}] if index % 2 else [],
            "format": {"suffix": suffixes[index % 3]},
            "targetOperator": ["at_least", "at_most", "milestone"][index % 3],
            **({"customFields": {"region": [name, 5, [name, "a"], None][index % 4]}} if index % 5 else {}),
            **({"dueDate": "2026-12-01T00:00:00Z", "confidence": 0.5, "critical": 25} if index % 3 == 1 else {}),
            **({"shade": {"deep": name}} if index % 2 else {"shade": index}),
        }  # fmt: skip
        assert anna.post("v1/metrics", sent).status == 201, sent
    return [acme.ben.id, acme.anna.id, acme.q3.id, acme.revenue]


def meant(rule: dict[str, Any]) -> dict[str, Any]:
    """The filter of the same meaning."""
    field = f"customFields.{rule['fieldName']}" if rule["customField"] else rule["fieldName"]
    operator, value = rule["operator"], rule["value"]
    if operator != "contains":
        listed = operator in ("in", "nin") and not isinstance(value, list)
        return {field: {f"${operator}": ([] if value is None else [value]) if listed else value}}
    within = FIELDS.get(field, field)
    several = value if isinstance(value, list) else [] if value is None else [value]
    found = [
        {
            within: {"$regex": re.escape(one), "$options": "i"}
            if isinstance(one, str) and field not in IDS
            else {"$eq": one}
        }
        for one in several
    ]
    return {"$or": found} if found else {"id": {"$in": []}}


def compared(client: InProcess, list_id: str, rules: list[dict[str, Any]], join: str) -> None:
    """Assert that the list loads the items of the filter, in the same order, and tells the same total."""
    body = {"columns": [{"fieldName": "name"}], "filter": {"booleanOperator": join, "ruleBounds": rules}}
    loaded = client.request("POST", f"v1/lists/{list_id}/load", body, query={"limit": 5, "sort": "-name"})
    parts = [meant(rule) for rule in rules]
    asked = {f"${join.lower()}": parts} if parts else {}
    expected = client.get("v1/metrics", filter=json.dumps(asked), fields="name", limit=5, sort="-name")
    assert (loaded.status, expected.status) == (200, 200), (rules, loaded.body, expected.body)
    assert loaded.json == expected.json, rules


def test_every_operator_on_every_field(anna: InProcess, metrics: list[str]) -> None:
    list_id = anna.post("v1/lists", {"title": "x"}).json["id"]
    operands = [*SCALARS, *metrics]
    for field in FIELDS:
        for operator in ("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "contains"):
            values = operands if field in ("name", "ownerIds", "sessionId", "attainment", "tags") else operands[::3]
            more: list[Any] = [[], ["a", None, 1], metrics] if operator in ("eq", "ne", "in", "nin", "contains") else []
            for value in [*values, *more]:
                rule = {"fieldName": field, "operator": operator, "value": value, "customField": False}
                compared(anna, list_id, [rule], "and")


OPERAND = st.sampled_from(SCALARS)
RULE = st.one_of(
    st.fixed_dictionaries(
        {
            "fieldName": st.sampled_from(list(FIELDS)),
            "operator": st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte"]),
            "value": OPERAND,
            "customField": st.just(False),
        }
    ),
    st.fixed_dictionaries(
        {
            "fieldName": st.sampled_from(["region", "nothing"]),
            "operator": st.sampled_from(["eq", "ne", "in", "nin", "contains"]),
            "value": OPERAND | st.lists(OPERAND, max_size=3),
            "customField": st.just(True),
        }
    ),
    st.fixed_dictionaries(
        {
            "fieldName": st.sampled_from(list(FIELDS)),
            "operator": st.sampled_from(["in", "nin", "contains"]),
            "value": OPERAND | st.lists(OPERAND, max_size=3),
            "customField": st.just(False),
        }
    ),
)


def test_any_rules_together(anna: InProcess, metrics: list[str]) -> None:
    list_id = anna.post("v1/lists", {"title": "x"}).json["id"]
    assert len(metrics) == 4

    @settings(max_examples=100)
    @given(rules=st.lists(RULE, max_size=4), join=st.sampled_from(["and", "or", "AND", "Or"]))
    def compare(rules: list[dict[str, Any]], join: str) -> None:
        compared(anna, list_id, rules, join)

    compare()


def test_a_saved_list_loads_as_its_rules_do_when_they_are_sent(anna: InProcess, metrics: list[str]) -> None:
    rules = [
        {"fieldName": "name", "operator": "contains", "value": ["SALES", "✓", "n", "%"], "customField": False},
        {"fieldName": "ownerIds", "operator": "in", "value": metrics, "customField": False},
    ]
    kept = {"title": "x", "columns": [{"fieldName": "name"}], "filter": {"booleanOperator": "and", "ruleBounds": rules}}
    list_id = anna.post("v1/lists", kept).json["id"]
    shown = anna.get("v1/lists", fields="title,columns,filter").json["items"][0]
    loaded = anna.post(f"v1/lists/{list_id}/load", {}).json
    assert loaded["totalCount"] > 1
    assert (
        anna.post(f"v1/lists/{list_id}/load", {"columns": shown["columns"], "filter": shown["filter"]}).json == loaded
    )
    asked = json.dumps({"$and": [meant(rule) for rule in rules]})
    assert anna.get("v1/metrics", filter=asked, fields="name").json == loaded
