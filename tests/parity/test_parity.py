"""Every kind of key result, made, changed, checked in and deleted on one side, looked at from the other."""

from __future__ import annotations

from typing import Any

import pytest

from milepost.domain.ids import as_uuid
from sides import COARSE, KINDS, Kind, Sides

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
every_coarse_kind = pytest.mark.parametrize("kind", COARSE.values(), ids=COARSE)

FINER = {
    "stay above": {"attainment": 0.5, "actual": 40},
    "stay below": {"attainment": 0.5, "actual": 49},
}


@every_kind
def test_a_metric_made_in_gtmhub_shows_as_its_type(sides: Sides, kind: Kind) -> None:
    body = {"targetOperator": kind.operator, "initialValue": 10, "actual": 30.5, "confidence": 0.75}
    made = sides.new_metric(**body, **kind.metric)
    metric, shown = sides.metric(made), sides.key_result(made)
    assert shown == {
        "id": as_uuid(made),
        "name": "Made",
        "created_at": "2026-08-17T12:00:00Z",
        "modified_at": "2026-08-17T12:00:00Z",
        "objective_id": as_uuid(sides.acme.growth),
        "confidence": "0.75",
        "type": kind.type,
        "current_value": "30.50",
        "target_value_min": kind.targets[0],
        "target_value_max": kind.targets[1],
    }
    assert metric["dateCreated"].startswith("2026-08-17T12:00:00.")


@every_coarse_kind
def test_a_key_result_made_in_simpleokr_shows_as_its_operator(sides: Sides, kind: Kind) -> None:
    made = sides.new_key_result(name="Made", current_value="30.50", confidence="0.75", **kind.key_result)
    metric = sides.metric(made)
    assert {name: metric[name] for name in kind.metric} == kind.metric
    assert (metric["name"], metric["targetOperator"], metric["goalId"]) == ("Made", kind.operator, sides.acme.growth)
    assert (metric["actual"], metric["confidence"]["value"]) == (30.5, 0.75)
    assert (metric["createdById"], metric["modifiedById"]) == (sides.acme.anna.id, sides.acme.anna.id)
    assert metric["manualType"] == "double"
    assert made in [one["id"] for one in sides.goal(sides.acme.growth)["metrics"]]
    assert made in [one["id"] for one in sides.gtmhub.get("v2/metrics").json["items"]]


@every_kind
def test_a_change_in_gtmhub_shows_in_simpleokr(sides: Sides, kind: Kind) -> None:
    made = sides.new_metric(targetOperator=kind.operator, **kind.metric)
    before = sides.key_result(made)
    sides.acme.clock.forward(seconds=90)
    sides.patch(made, name="Renamed", actual=-7, confidence={"value": 0.25})
    assert sides.key_result(made) == before | {
        "name": "Renamed",
        "current_value": "-7.00",
        "confidence": "0.25",
        "modified_at": "2026-08-17T12:01:30Z",
    }


@every_kind
def test_a_change_in_simpleokr_shows_in_gtmhub(sides: Sides, kind: Kind) -> None:
    made = sides.new_metric(targetOperator=kind.operator, **kind.metric)
    before = sides.metric(made)
    answer = sides.revise(made, name="Renamed", current_value="-7.00", confidence="0.25")
    assert (answer.status, answer.json) == (200, sides.key_result(made))
    after = sides.metric(made)
    assert (after["name"], after["actual"], after["confidence"]["value"]) == ("Renamed", -7, 0.25)
    same = {"targetOperator", "target", "initialValue", "critical", "ownerIds", "weight", "dateCreated"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}


@every_kind
def test_a_check_in_in_gtmhub_shows_in_simpleokr(sides: Sides, kind: Kind) -> None:
    made = sides.new_metric(targetOperator=kind.operator, **kind.metric)
    for body in ({"metricId": made, "actual": 3, "confidence": 0.5}, {"metricId": made, "actual": 4.125}):
        assert sides.gtmhub.post("v1/metrics/checkins", [body]).status == 200
    assert (sides.key_result(made)["current_value"], sides.key_result(made)["confidence"]) == ("4.125", "0.50")
    newest = sides.metric(made)["metricHistory"][-1]["id"]
    assert sides.gtmhub.delete(f"v1/metrics/checkin/{newest}").status == 204
    assert sides.key_result(made)["current_value"] == "3.00"


@every_kind
def test_a_deletion_on_either_side_is_one_on_both(sides: Sides, kind: Kind) -> None:
    here, there = (sides.new_metric(targetOperator=kind.operator, **kind.metric) for _ in range(2))
    assert sides.gtmhub.delete(f"v1/metrics/{here}").status == 204
    assert sides.simpleokr.delete(f"keyresults/{as_uuid(there)}").json == {}
    for gone in (here, there):
        assert sides.gtmhub.get(f"v1/metrics/{gone}").status == 404
        assert sides.simpleokr.get(f"keyresults/{as_uuid(gone)}").status == 404
        assert sides.simpleokr.delete(f"keyresults/{as_uuid(gone)}").status == 404
    assert sides.goal(sides.acme.growth)["metricsCount"] == 1


@pytest.mark.parametrize("name", FINER)
def test_a_finer_kind_is_kept_with_its_critical_value(sides: Sides, name: str) -> None:
    kind, scored = KINDS[name], FINER[name]
    made = sides.new_metric(targetOperator=kind.operator, targetMax=77, actual=scored["actual"], **kind.metric)
    assert sides.revise(made, name="Renamed").status == 200
    metric = sides.metric(made)
    assert (metric["targetOperator"], metric["critical"]) == (kind.operator, kind.metric["critical"])
    assert metric["attainment"] == pytest.approx(scored["attainment"], abs=0.02)
    assert metric["targetMax"] == 77


@pytest.mark.parametrize("name", FINER)
def test_a_finer_kind_is_kept_while_its_target_and_value_change(sides: Sides, name: str) -> None:
    kind = KINDS[name]
    made = sides.new_metric(targetOperator=kind.operator, **kind.metric)
    assert sides.revise(made, target_value_min="55.50", current_value="50.00", confidence="0.10").status == 200
    metric = sides.metric(made)
    assert (metric["targetOperator"], metric["critical"], metric["target"]) == (
        kind.operator,
        kind.metric["critical"],
        55.5,
    )


@pytest.mark.parametrize("name", ["stay above", "increase"])
def test_the_documents_misspelling_keeps_the_kind_too(sides: Sides, name: str) -> None:
    kind = KINDS[name]
    made = sides.new_metric(targetOperator=kind.operator, **kind.metric)
    before = sides.metric(made)
    assert sides.revise(made, type="postive").status == 200
    assert sides.metric(made) == before


@every_kind
@pytest.mark.parametrize("wanted", COARSE.values(), ids=COARSE)
def test_another_type_changes_the_kind_and_only_what_it_needs(sides: Sides, kind: Kind, wanted: Kind) -> None:
    made = sides.new_metric(
        targetOperator=kind.operator, initialValue=1, **{"targetMax": 90, "critical": 7} | kind.metric
    )
    before = sides.metric(made)
    assert sides.revise(made, **wanted.key_result).status == 200
    after = sides.metric(made)
    asked: dict[str, Any] = dict(wanted.metric)
    if wanted.type == "milestone":
        asked["target"] = 1
    kept = kind.type == wanted.type
    if wanted.type == "baseline" and not kept:
        asked["target"] = 0
    gone = {"targetMax"} if kind.type == "range" and not kept else set()
    assert after["targetOperator"] == (kind.operator if kept else wanted.operator)
    same = {"target", "targetMax", "critical", "initialValue", "actual", "weight", "metricHistory", "ownerIds"} - gone
    assert {name: after[name] for name in same} == {name: before[name] for name in same} | asked
    assert not gone & after.keys(), "what was shown and is sent no more is gone"
