"""The history explains every value, whichever side it came from; an echo adds nothing to it, nor to the audit."""

from __future__ import annotations

import pytest

from milepost.domain.ids import as_uuid
from sides import COARSE, KINDS, Kind, Sides

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
every_coarse_kind = pytest.mark.parametrize("kind", COARSE.values(), ids=COARSE)


@every_coarse_kind
def test_the_start_is_the_value_at_creation_and_a_milestones_is_0(sides: Sides, kind: Kind) -> None:
    made = sides.new_key_result(current_value="30.50", **kind.key_result)
    metric = sides.metric(made)
    is_milestone = kind.type == "milestone"
    assert (metric["initialValue"], metric["actual"]) == (0 if is_milestone else 30.5, 30.5)
    assert [entry["metricValue"] for entry in metric["metricHistory"]] == ([30.5] if is_milestone else [])
    assert "confidence" not in metric


@every_coarse_kind
def test_a_confidence_other_than_zero_is_the_first_check_in(sides: Sides, kind: Kind) -> None:
    made = sides.new_key_result(current_value="30.50", confidence="0.30", **kind.key_result)
    metric = sides.metric(made)
    (entry,) = metric["metricHistory"]
    assert (entry["metricValue"], entry["confidenceValue"], entry["changedBy"]) == (30.5, 0.3, sides.acme.anna.id)
    assert entry["updatedAt"] == entry["createdAt"] == metric["lastCheckInDate"]
    assert entry["comment"] == ""


@every_coarse_kind
@pytest.mark.parametrize("body", [{}, {"confidence": "0.00"}, {"confidence": None}, {"current_value": "-0.00"}])
def test_zero_says_nothing_yet(sides: Sides, kind: Kind, body: dict[str, str | None]) -> None:
    metric = sides.metric(sides.new_key_result(**kind.key_result, **body))
    assert (metric["metricHistory"], metric["lastCheckInDate"]) == ([], "0001-01-01T00:00:00Z")
    assert (metric["initialValue"], metric["actual"]) == (0, 0)
    assert "confidence" not in metric


def test_the_start_survives_updates(sides: Sides) -> None:
    made = sides.new_key_result(current_value="30.50", **KINDS["increase"].key_result)
    for value in ("40.00", "0.00", "30.50"):
        assert sides.revise(made, current_value=value, target_value_min="90.00").status == 200
        assert sides.metric(made)["initialValue"] == 30.5


@every_kind
def test_each_changed_value_is_a_check_in_by_the_caller_now(sides: Sides, kind: Kind) -> None:
    made = sides.new_metric(targetOperator=kind.operator, **kind.metric)
    ben = sides.acting("ben")
    asked = [("1.50", "0.00"), ("1.50", "0.40"), ("2.00", "0.40"), ("3.00", "0.60"), ("3.00", "0.00")]
    for value, confidence in asked:
        sides.acme.clock.forward(days=1)
        assert ben.revise(made, current_value=value, confidence=confidence).status == 200
    metric = sides.metric(made)
    told = [(entry["metricValue"], entry["confidenceValue"]) for entry in metric["metricHistory"]]
    assert told == [(1.5, None), (1.5, 0.4), (2, None), (3, 0.6), (3, 0)]
    assert {entry["changedBy"] for entry in metric["metricHistory"]} == {sides.acme.ben.id}
    assert [entry["updatedAt"][:10] for entry in metric["metricHistory"]] == [
        "2026-08-18", "2026-08-19", "2026-08-20", "2026-08-21", "2026-08-22",
    ]  # fmt: skip
    assert all(entry["updatedAt"] == entry["createdAt"] for entry in metric["metricHistory"])
    assert (metric["actual"], metric["confidence"]["value"], metric["modifiedById"]) == (3, 0, sides.acme.ben.id)


def test_a_value_left_out_is_a_check_in_of_zero(sides: Sides) -> None:
    made = sides.new_metric(target=80, actual=30, confidence={"value": 0.5, "reason": "half-way"})
    body = {"name": "Made", "type": "positive", "target_value_min": "80.00"}
    assert sides.simpleokr.post(f"keyresults/{as_uuid(made)}", body).status == 200
    told = [(entry["metricValue"], entry["confidenceValue"]) for entry in sides.metric(made)["metricHistory"]]
    assert told == [(30, 0.5), (0, 0)]


@every_kind
def test_an_echo_adds_no_check_in_and_no_audit_record(sides: Sides, kind: Kind) -> None:
    made = sides.new_metric(targetOperator=kind.operator, actual=3, confidence={"value": 0.5}, **kind.metric)
    before, trail = sides.metric(made), sides.trail()
    sides.acme.clock.forward(seconds=3600)
    answer = sides.acting("ben").revise(made)
    assert (answer.status, answer.json) == (200, sides.key_result(made))
    assert sides.metric(made) == before
    assert sides.trail() == trail


def test_the_audit_says_which_side_a_change_came_from(sides: Sides) -> None:
    made = sides.new_metric(target=80)
    start = len(sides.trail())
    assert sides.revise(made, name="Renamed", current_value="7.00").status == 200
    revised, recorded = sides.trail()[start:]
    assert (revised.action, recorded.action) == ("key_result.revised", "check_in.recorded")
    assert {(one.front_end, one.actor_id) for one in (revised, recorded)} == {("simpleokr", sides.acme.anna.id)}
    assert (revised.before["name"], revised.after["name"]) == ("Made", "Renamed")
    assert recorded.after["value"] == 7


def test_a_backdated_check_in_does_not_hide_a_later_value(sides: Sides) -> None:
    made = sides.new_metric(target=80)
    assert sides.revise(made, current_value="7.00").status == 200
    early = {"actual": 5, "checkInDate": "2026-08-01T00:00:00Z"}
    assert sides.gtmhub.post(f"v1/metrics/{made}/checkin", early).status == 201
    assert sides.key_result(made)["current_value"] == "7.00"


def test_after_the_due_date_a_value_cannot_change_but_an_echo_and_a_name_pass(sides: Sides) -> None:
    made = sides.new_metric(target=80, actual=5, confidence=0.5, dueDate="2026-08-20T00:00:00Z")
    sides.acme.clock.forward(days=5)
    before = sides.metric(made)
    for change in ({"current_value": "6.00"}, {"confidence": "0.60"}, {"name": "x", "current_value": "6.00"}):
        answer = sides.revise(made, **change)
        assert (answer.status, answer.json["code"], answer.json["message"]) == (400, 400, "invalid request")
        assert len(answer.json["details"]) == 1
        assert sides.metric(made) == before
    assert sides.revise(made).status == 200
    assert sides.metric(made) == before
    assert sides.revise(made, name="Renamed").status == 200
    after = sides.metric(made)
    assert (after["name"], after["dueDate"], after["actual"]) == ("Renamed", "2026-08-20T00:00:00Z", 5)


def test_an_automated_key_result_keeps_its_value_as_in_gtmhub(sides: Sides) -> None:
    made = sides.new_metric(target=80, actual=5, dynamic=True)
    before = sides.metric(made)
    assert sides.revise(made).status == 200
    assert sides.metric(made) == before
    assert sides.patch(made, actual=6) == before
    answer = sides.revise(made, current_value="6.00")
    assert (answer.status, answer.json["current_value"]) == (200, "5.00")
    assert sides.metric(made) == before
    assert sides.revise(made, name="Renamed").status == 200
    assert (sides.metric(made)["dynamic"], sides.metric(made)["actual"]) == (True, 5)
