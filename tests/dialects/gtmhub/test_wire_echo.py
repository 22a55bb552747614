"""Clients send whole GET objects back: that changes nothing, and what they added themselves is kept."""

from __future__ import annotations

from typing import Any

import pytest

from acme import Acme
from wire import InProcess

FURNISHED: dict[str, Any] = {
    "description": "in **thousands**",
    "format": {"fractionSize": 2, "prefix": "€", "suffix": "k", "locale": "de"},
    "tags": [{"title": "money", "colour": "gold"}],
    "customFields": {"region": "north", "levels": [1, {"deep": None}]},
    "dueDate": "2026-09-15T00:00:00Z",
    "critical": 3.5,
    "weight": 2,
    "actual": 40,
    "confidence": {"value": 0.5, "reason": "half-way"},
    "shade": {"red": 1, "of": [True, None, "x"]},
}


@pytest.fixture
def path(ben: InProcess, acme: Acme) -> str:
    """A metric on which every attribute is set."""
    made = f"v1/metrics/{acme.revenue}"
    assert ben.patch(made, FURNISHED).status == 200
    acme.clock.forward(days=1)
    return made


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_echoed_metric_changes_nothing(ben: InProcess, path: str, method: str) -> None:
    before = ben.get(path).json
    answer = ben.request(method, path, before)
    assert answer.status == 200
    assert ben.get(path).json == answer.json == before


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_echoed_goal_changes_nothing(ben: InProcess, acme: Acme, path: str, method: str) -> None:
    goal = f"v1/goals/{acme.growth}"
    extras = {"shade": "red", "tags": [{"title": "x", "y": 1}], "customFields": {"a": 1}}
    assert ben.patch(goal, extras).status == 200
    before = ben.get(goal).json
    answer = ben.request(method, goal, before)
    assert answer.status == 200
    assert ben.get(goal).json == answer.json == before


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_echoed_session_changes_nothing(anna: InProcess, acme: Acme, method: str) -> None:
    session = f"v1/sessions/{acme.q3.id}"
    before = anna.get(session).json
    answer = anna.request(method, session, before)
    assert answer.status == 200
    assert anna.get(session).json == answer.json == before


def test_an_echoed_user_changes_nothing(anna: InProcess, acme: Acme) -> None:
    user = f"v1/users/{acme.ben.id}"
    before = anna.get(user).json
    assert anna.patch(user, before).json == before
    assert anna.get(user).json == before


def test_a_posted_copy_of_a_metric_is_a_new_one_with_the_same_attributes(ben: InProcess, path: str) -> None:
    before = ben.get(path).json
    answer = ben.post("v1/metrics", before)
    assert answer.status == 201
    copy = answer.json
    assert copy["id"] != before["id"]
    same = ("name", "description", "format", "tags", "customFields", "dueDate", "critical", "weight", "actual", "shade")
    assert {name: copy[name] for name in same} == {name: before[name] for name in same}
    assert len(copy["metricHistory"]) == 1
    assert ben.get(path).json["metricHistory"] == before["metricHistory"]


def test_an_echo_that_another_answer_grew_from_is_taken_too(ben: InProcess, acme: Acme, path: str) -> None:
    entry = ben.get(path).json["metricHistory"][0]["id"]
    before = ben.get(path).json
    echo = ben.get(f"v1/metrics/checkin/{entry}").json
    assert ben.patch(path, echo).status == 200
    assert ben.get(path).json == before


def test_in_a_locked_session_an_echo_changes_nothing_either(
    anna: InProcess, ben: InProcess, acme: Acme, path: str
) -> None:
    anna.patch(f"v1/sessions/{acme.q3.id}", {"status": "locked"})
    before = ben.get(path).json
    for method in ("PUT", "PATCH"):
        assert ben.request(method, path, before).status == 200
        assert ben.request(method, f"v1/goals/{acme.growth}", ben.get(f"v1/goals/{acme.growth}").json).status == 200
    assert ben.get(path).json == before


def test_what_a_client_set_beside_ours_can_be_set_back(ben: InProcess, path: str) -> None:
    reminder = {"active": True, "day": "monday", "email": "", "type": "weekly"}
    before = ben.get(path).json["reminderSchedule"]
    assert ben.patch(path, {"reminderSchedule": reminder}).json["reminderSchedule"] == reminder
    assert ben.patch(path, {"reminderSchedule": before}).json["reminderSchedule"] == before


UNKNOWN = {"shade": {"red": [1, 2.5, None, True]}, "external-id": "x", "$odd": "y"}


def _kept(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in UNKNOWN if name in answer}


def test_unknown_fields_of_a_metric_are_kept(ben: InProcess, acme: Acme) -> None:
    made = ben.post("v1/metrics", {"name": "x", "goalId": acme.growth} | UNKNOWN).json
    assert _kept(made) == UNKNOWN
    assert _kept(ben.get(f"v1/metrics/{made['id']}").json) == UNKNOWN
    assert ben.get("v2/metrics", filter='{"external-id":"x"}').json["totalCount"] == 1


def test_unknown_fields_of_a_goal_a_session_and_a_user_are_kept(anna: InProcess, acme: Acme) -> None:
    bodies = {
        "goals": {"name": "x", "sessionId": acme.q3.id},
        "sessions": {"title": "x"},
        "users": {"email": "new@acme.test"},
    }
    for resource, body in bodies.items():
        made = anna.post(f"v1/{resource}", body | UNKNOWN)
        assert made.status == 201
        assert _kept(made.json) == UNKNOWN
        patched = anna.patch(f"v1/{resource}/{made.json['id']}", {"external-id": "z"})
        assert _kept(patched.json) == UNKNOWN | {"external-id": "z"}
        assert _kept(anna.get(f"v1/{resource}/{made.json['id']}").json) == UNKNOWN | {"external-id": "z"}


def test_unknown_fields_of_a_check_in_are_kept(ben: InProcess, acme: Acme) -> None:
    made = ben.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 1} | UNKNOWN).json
    assert _kept(made) == UNKNOWN
    (entry,) = ben.get(f"v1/metrics/{acme.revenue}").json["metricHistory"]
    assert _kept(entry) == UNKNOWN
    (bulk,) = ben.post("v1/metrics/checkins", [{"metricId": acme.revenue, "actual": 2} | UNKNOWN]).json["items"]
    assert _kept(bulk) == UNKNOWN


def test_unknown_fields_inside_a_tag_and_a_format_are_kept(ben: InProcess, acme: Acme) -> None:
    nested = {"format": {"fractionSize": 1, "prefix": "", "suffix": "%"} | UNKNOWN, "tags": [{"title": "t"} | UNKNOWN]}
    answer = ben.patch(f"v1/metrics/{acme.revenue}", nested).json
    assert (answer["format"], answer["tags"]) == (nested["format"], nested["tags"])


def test_unknown_fields_inside_confidence_and_a_goals_status_are_kept(ben: InProcess, acme: Acme) -> None:
    said = ben.patch(f"v1/metrics/{acme.revenue}", {"confidence": {"value": 0.5, "colour": "amber"}}).json
    assert said["confidence"].get("colour") == "amber"
    ben.request("PUT", f"v1/goals/{acme.growth}/status", {"status": "achieved", "score": 5})
    assert ben.get(f"v1/goals/{acme.growth}").json["closedStatus"].get("score") == 5
    ben.delete(f"v1/goals/{acme.growth}/status")
    assert "score" not in ben.get(f"v1/goals/{acme.growth}").json["closedStatus"]


def test_read_only_fields_are_tolerated_and_not_kept_as_extra(ben: InProcess, acme: Acme) -> None:
    forged = {"attainment": 9, "goalName": "x", "metricHistoryCount": 9, "taskCount": 9, "numberOfOwners": 9}
    answer = ben.patch(f"v1/metrics/{acme.revenue}", forged)
    assert answer.status == 200
    assert all(answer.json[name] != value for name, value in forged.items())


def test_a_name_that_only_repeats_gives_way_to_the_part_that_changed(anna: InProcess, acme: Acme) -> None:
    user = anna.get(f"v1/users/{acme.ben.id}").json
    path = f"v1/users/{acme.ben.id}"
    assert anna.patch(path, user | {"firstName": "Benno"}).json["name"] == "Benno Bauer"
    assert anna.patch(path, {"name": "Benny"}).json["name"] == "Benny"
    assert anna.patch(path, {"lastName": "Bau", "name": "B. B."}).json["name"] == "B. B."


def test_attainment_type_is_text(anna: InProcess, acme: Acme) -> None:
    path = f"v1/goals/{acme.growth}"
    for wrong in (["all"], 5, {}):
        reply = anna.patch(path, {"attainmentType": wrong})
        assert (reply.status, [fault["field"] for fault in reply.json["errors"]]) == (400, ["attainmentType"])
    assert anna.patch(path, {"attainmentType": "ALL"}).json["attainmentType"] == "ALL"
    anna.patch(f"v1/sessions/{acme.q3.id}", {"status": "locked"})
    held = anna.patch(path, {"attainmentType": "own"})
    assert [fault["field"] for fault in held.json["errors"]] == ["attainmentType"]
