"""PATCH /metrics/{id}: what the body names changes, by rules of its own for owners, values and nested objects."""

from __future__ import annotations

import pytest

from acme import Acme
from wire import InProcess


@pytest.fixture
def path(acme: Acme) -> str:
    return f"v1/metrics/{acme.revenue}"


def test_owner_ids_win_where_both_owner_fields_are_sent(ben: InProcess, acme: Acme, path: str) -> None:
    sent = {"ownerIds": [acme.vera.id, acme.ben.id], "ownerId": acme.anna.id}
    assert ben.patch(path, sent).json["ownerIds"] == [acme.vera.id, acme.ben.id]


def test_unless_they_say_what_stands_then_owner_id_replaces_the_first(ben: InProcess, acme: Acme, path: str) -> None:
    ben.patch(path, {"ownerIds": [acme.anna.id, acme.vera.id]})
    sent = {"ownerIds": [acme.anna.id, acme.vera.id], "ownerId": acme.ben.id}
    answer = ben.patch(path, sent).json
    assert (answer["ownerId"], answer["ownerIds"]) == (acme.ben.id, [acme.ben.id, acme.vera.id])


def test_owner_id_alone_replaces_the_first(ben: InProcess, acme: Acme, path: str) -> None:
    ben.patch(path, {"ownerIds": [acme.anna.id, acme.vera.id]})
    assert ben.patch(path, {"ownerId": acme.ben.id}).json["ownerIds"] == [acme.ben.id, acme.vera.id]


def test_the_goals_owners_follow_the_same_rule(ben: InProcess, acme: Acme) -> None:
    goal = f"v1/goals/{acme.growth}"
    sent = {"ownerIds": [acme.anna.id], "ownerId": acme.ben.id}
    assert ben.patch(goal, sent).json["ownerIds"] == [acme.ben.id]


@pytest.mark.parametrize("field", ["ownerId", "ownerIds"])
def test_an_owner_of_another_company_is_refused(ben: InProcess, acme: Acme, path: str, field: str) -> None:
    stranger = acme.rita.id if field == "ownerId" else [acme.rita.id]
    answer = ben.patch(path, {field: stranger})
    assert answer.status == 400
    assert answer.json["errors"][0]["field"] in ("ownerId", "ownerIds")


def test_custom_fields_are_merged_by_key_and_null_removes_one(ben: InProcess, path: str) -> None:
    assert ben.patch(path, {"customFields": {"a": 1, "b": {"c": 2}}}).json["customFields"] == {"a": 1, "b": {"c": 2}}
    merged = ben.patch(path, {"customFields": {"a": None, "b": {"d": 3}}}).json["customFields"]
    assert merged == {"b": {"d": 3}}
    assert ben.patch(path, {"name": "x"}).json["customFields"] == {"b": {"d": 3}}


def test_nested_objects_are_replaced_whole(ben: InProcess, path: str) -> None:
    ben.patch(path, {"format": {"fractionSize": 2, "prefix": "€", "suffix": "k"}, "tags": [{"title": "a"}]})
    answer = ben.patch(path, {"format": {"suffix": "M"}, "tags": [{"title": "b"}]}).json
    assert answer["format"] == {"fractionSize": 0, "prefix": "", "suffix": "M"}
    assert answer["tags"] == [{"title": "b"}]


def test_value_and_confidence_are_recorded_as_one_check_in(ben: InProcess, acme: Acme, path: str) -> None:
    answer = ben.patch(path, {"actual": 30, "confidence": {"value": 1, "reason": "sure"}}).json
    (entry,) = answer["metricHistory"]
    assert (entry["metricValue"], entry["confidenceValue"], entry["changedBy"]) == (30, 1.0, acme.ben.id)
    assert answer["confidence"] | {"date": ""} == {"value": 1.0, "date": "", "reason": "sure", "userId": acme.ben.id}


def test_a_confidence_alone_is_recorded_at_the_value_that_stands(ben: InProcess, path: str) -> None:
    ben.post(f"{path}/checkin", {"actual": 12})
    answer = ben.patch(path, {"confidence": {"value": 0.4}}).json
    assert [(one["metricValue"], one["confidenceValue"]) for one in answer["metricHistory"]] == [(12, None), (12, 0.4)]


def test_the_history_always_explains_the_value(ben: InProcess, path: str) -> None:
    for value in (5, 5, 7, 7, 3):
        answer = ben.patch(path, {"actual": value}).json
        assert answer["metricHistory"][-1]["metricValue"] == answer["actual"] == value
    assert answer["metricHistoryCount"] == 3


def test_after_the_due_date_a_value_cannot_change_but_a_name_can(ben: InProcess, path: str) -> None:
    assert ben.patch(path, {"dueDate": "2026-08-01T00:00:00Z"}).status == 200
    assert ben.patch(path, {"actual": 5}).status == 400
    assert ben.patch(path, {"confidence": {"value": 0.5}}).status == 400
    assert ben.patch(path, {"name": "late"}).status == 200
    assert ben.patch(path, {"actual": 5, "dueDate": "2026-09-01T00:00:00Z"}).json["actual"] == 5
    assert ben.patch(path, {"actual": 6, "dueDate": "2026-08-01T00:00:00Z"}).status == 400


def test_on_an_automated_metric_actual_is_ignored_in_put_and_patch(ben: InProcess, path: str) -> None:
    assert ben.patch(path, {"dynamic": True}).json["dynamic"] is True
    assert ben.patch(path, {"actual": 5}).json["actual"] == 0
    assert ben.put(path, {"name": "x", "dynamic": True, "actual": 5}).json["metricHistory"] == []
    assert ben.post(f"{path}/checkin", {"actual": 5}).status == 400
    assert ben.patch(path, {"dynamic": False, "actual": 5}).json["actual"] == 5


def test_moving_to_another_goal_brings_both_attainments_up_to_date(ben: InProcess, acme: Acme, path: str) -> None:
    ben.patch(path, {"actual": 50})
    other = ben.post("v1/goals", {"name": "Other", "sessionId": acme.q3.id}).json["id"]
    moved = ben.patch(path, {"goalId": other}).json
    assert (moved["goalId"], moved["orderId"], moved["goalAttainment"]) == (other, 1, 0.5)
    assert [ben.get(f"v1/goals/{goal}").json["attainment"] for goal in (acme.growth, other)] == [0, 0.5]


def test_a_change_that_changes_nothing_leaves_no_trace(ben: InProcess, acme: Acme, path: str) -> None:
    before = ben.get(path).json
    acme.clock.forward(days=1)
    ben.patch(path, {"name": "Monthly revenue", "target": 100.0, "tags": [], "actual": 0})
    after = ben.get(path).json
    assert after["modifiedAt"] == before["modifiedAt"]
    assert after["metricHistory"] == []
