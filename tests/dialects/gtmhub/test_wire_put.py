"""PUT /metrics/{id}: each attribute that the body leaves out is set to the zero value of its type (documented)."""

from __future__ import annotations

from typing import Any

import pytest

from acme import Acme
from wire import InProcess

NO_DATE = "0001-01-01T00:00:00Z"

# attribute: (what is set first, what it is after a PUT without it)
ATTRIBUTES: dict[str, tuple[Any, Any]] = {
    "name": ("Revenue", ""),
    "description": ("in thousands", ""),
    "initialValue": (10, 0),
    "target": (50, 0),
    "actual": (20, 0),
    "critical": (5, None),
    "manualType": ("percent", "double"),
    "targetOperator": ("at_most", "at_least"),
    "weight": (3, 1),
    "format": (
        {"fractionSize": 2, "prefix": "€", "suffix": "k"},
        {"fractionSize": 0, "prefix": "", "suffix": ""},
    ),
    "dueDate": ("2026-09-15T00:00:00Z", NO_DATE),
    "softDueDate": ("2026-09-01T00:00:00Z", NO_DATE),
    "tags": ([{"title": "money"}], []),
    "dynamic": (True, False),
}


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_one_attribute_left_out_is_set_to_zero_and_the_others_stay(ben: InProcess, acme: Acme, name: str) -> None:
    path = f"v1/metrics/{acme.revenue}"
    whole = {key: first for key, (first, _) in ATTRIBUTES.items() if key != "dynamic" or name == "dynamic"}
    whole["ownerIds"] = [acme.ben.id]
    before = ben.put(path, whole)
    assert before.status == 200
    assert before.json[name] == whole[name] or name == "actual"
    answer = ben.put(path, {key: value for key, value in whole.items() if key != name})
    assert answer.status == 200
    assert answer.json[name] == ATTRIBUTES[name][1]
    for other in whole.keys() - {name, "actual"}:
        assert answer.json[other] == whole[other], other


def test_custom_fields_left_out_are_as_if_never_set(ben: InProcess, acme: Acme) -> None:
    path = f"v1/metrics/{acme.revenue}"
    assert ben.put(path, {"customFields": {"region": "north"}}).json["customFields"] == {"region": "north"}
    assert "customFields" not in ben.put(path, {}).json


def test_owners_left_out_are_none_and_that_is_allowed(ben: InProcess, acme: Acme) -> None:
    answer = ben.put(f"v1/metrics/{acme.revenue}", {"name": "x"}).json
    assert (answer["ownerId"], answer["ownerIds"], answer["assignees"]) == ("", [], [])
    assert answer["assignee"] == {
        "accountId": "", "avatar": "", "color": "", "email": "", "id": "", "isActive": answer["assignee"]["isActive"],
        "name": "", "picture": "", "type": "user",
    }  # fmt: skip


def test_one_owner_alone_is_the_only_one(ben: InProcess, acme: Acme) -> None:
    answer = ben.put(f"v1/metrics/{acme.revenue}", {"name": "x", "ownerId": acme.ben.id})
    assert answer.json["ownerIds"] == [acme.ben.id]


def test_a_confidence_left_out_stays_because_it_is_the_historys(ben: InProcess, acme: Acme) -> None:
    ben.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 0, "confidence": 0.5})
    answer = ben.put(f"v1/metrics/{acme.revenue}", {"name": "x"}).json
    assert answer["confidence"]["value"] == 0.5
    assert answer["metricHistoryCount"] == 1


def test_the_zero_of_actual_is_recorded_as_a_check_in_by_the_caller(ben: InProcess, acme: Acme) -> None:
    ben.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 30})
    answer = ben.put(f"v1/metrics/{acme.revenue}", {"name": "x", "target": 100}).json
    assert [entry["metricValue"] for entry in answer["metricHistory"]] == [30, 0]
    assert answer["metricHistory"][-1]["changedBy"] == acme.ben.id


def test_the_due_date_that_counts_is_the_one_after_the_change(ben: InProcess, acme: Acme) -> None:
    path = f"v1/metrics/{acme.revenue}"
    ben.patch(path, {"dueDate": "2026-08-01T00:00:00Z"})
    refused = ben.put(path, {"name": "x", "actual": 5, "dueDate": "2026-08-01T00:00:00Z"})
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "dueDate")
    assert ben.get(path).json["name"] == "Monthly revenue"
    assert ben.put(path, {"name": "x", "actual": 5}).json["actual"] == 5


def test_what_put_never_touches(ben: InProcess, acme: Acme) -> None:
    path = f"v1/metrics/{acme.revenue}"
    ben.post(f"{path}/checkin", {"actual": 10, "checkInDate": "2026-08-01T00:00:00Z"})
    before = ben.get(path).json
    forged = {
        "id": acme.growth, "accountId": acme.rival.id, "goalId": acme.rival_objective, "sessionId": acme.rival_cycle,
        "dateCreated": "2000-01-01T00:00:00Z", "createdById": acme.vera.id, "metricHistory": [], "attainment": 7,
        "lastCheckInDate": NO_DATE, "goalName": "x", "trend": [], "url": "x", "orderId": 9, "progressStatus": "x",
    }  # fmt: skip
    after = ben.put(path, forged | {"actual": 10, "target": 100, "name": "x"}).json
    kept = set(forged) - {"progressStatus"}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_unknown_fields_that_the_body_does_not_name_stay(ben: InProcess, acme: Acme) -> None:
    path = f"v1/metrics/{acme.revenue}"
    ben.patch(path, {"shade": "red", "flavour": "sweet"})
    answer = ben.put(path, {"name": "x", "flavour": "sour"}).json
    assert (answer["shade"], answer["flavour"]) == ("red", "sour")
