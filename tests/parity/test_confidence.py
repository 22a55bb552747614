"""A confidence is a decimal from 0 to 1 on one side. On the other it may never have been said, or said from 0 to 10."""

from __future__ import annotations

import pytest

from sides import Sides

OLD_SCALE = [
    (7.3, "0.73"),
    (10, "1.00"),
    (5, "0.50"),
    (1.5, "0.15"),
    (3.3, "0.33"),
    (6.1, "0.61"),
    (2.345678901234, "0.2345678901234"),
    # What a client computed: three digits too many, which cannot all be kept a tenth of their size.
    (0.7 * 10 + 1e-15, "0.7000000000000001"),
    (0.33 * 10, "0.33"),
    (1.1 * 3, "0.33"),
]
NEW_SCALE = [(0, "0.00"), (1, "1.00"), (0.5, "0.50"), (0.125, "0.125"), (0.1 + 0.2, "0.30000000000000004")]


def test_a_confidence_never_set_shows_as_zero_and_stays_unset(sides: Sides) -> None:
    made = sides.new_metric(target=80)
    assert sides.key_result(made)["confidence"] == "0.00"
    assert sides.revise(made, name="Renamed", current_value="3.00").status == 200
    metric = sides.metric(made)
    assert "confidence" not in metric
    assert [entry["confidenceValue"] for entry in metric["metricHistory"]] == [None]


@pytest.mark.parametrize(("said", "shown"), [*OLD_SCALE, *NEW_SCALE])
def test_either_scale_shows_from_0_to_1_and_its_echo_records_nothing(sides: Sides, said: float, shown: str) -> None:
    made = sides.new_metric(target=80, actual=5, confidence={"value": said, "reason": "so it felt"})
    assert sides.key_result(made)["confidence"] == shown
    before, trail = sides.metric(made), sides.trail()
    answer = sides.revise(made)
    assert (answer.status, answer.json["confidence"]) == (200, shown)
    assert sides.metric(made) == before
    assert before["confidence"]["value"] == said
    assert sides.trail() == trail


def test_an_old_scale_confidence_survives_a_change_of_the_value(sides: Sides) -> None:
    made = sides.new_metric(target=80, confidence={"value": 7.3, "reason": "so it felt"})
    assert sides.revise(made, current_value="9.00").status == 200
    metric = sides.metric(made)
    assert (metric["actual"], metric["confidence"]["value"], metric["confidence"]["reason"]) == (9, 7.3, "so it felt")


def test_another_confidence_replaces_one_on_the_old_scale(sides: Sides) -> None:
    made = sides.new_metric(target=80, confidence=7.3)
    assert sides.revise(made, confidence="0.74").status == 200
    assert sides.metric(made)["confidence"]["value"] == 0.74
    assert sides.key_result(made)["confidence"] == "0.74"


@pytest.mark.parametrize(
    "confidence", ["-0.01", "1.01", "7.30", 7.3, "1.0000000000000002", "-1", "0,5", "", True, "NaN"]
)
def test_outside_of_0_to_1_is_refused_by_name(sides: Sides, confidence: object) -> None:
    made = sides.new_metric(target=80, confidence=7.3)
    before = sides.metric(made)
    answer = sides.revise(made, confidence=confidence)
    assert (answer.status, list(answer.json["details"])) == (400, ["confidence"])
    assert sides.metric(made) == before


def test_a_reason_and_its_author_stay_beside_the_value(sides: Sides) -> None:
    made = sides.new_metric(target=80, confidence={"value": 0.5, "reason": "half-way", "colour": "amber"})
    before = sides.metric(made)["confidence"]
    assert sides.acting("ben").revise(made, current_value="9.00", name="Renamed").status == 200
    assert sides.metric(made)["confidence"] == before
