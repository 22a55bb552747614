"""Attainment as the wire shows it, for each target operator."""

from __future__ import annotations

from typing import Any

import pytest

from acme import Acme
from wire import InProcess

UP: dict[str, Any] = {"targetOperator": "at_least", "initialValue": 10, "target": 20}
DOWN: dict[str, Any] = {"targetOperator": "at_most", "initialValue": 50, "target": 10}
ABOVE: dict[str, Any] = {"targetOperator": "should_stay_above", "initialValue": 0, "target": 80}
BELOW: dict[str, Any] = {"targetOperator": "should_stay_below", "initialValue": 0, "target": 5}
RANGE: dict[str, Any] = {"targetOperator": "in_range", "initialValue": 0, "target": 5, "targetMax": 10}
DONE: dict[str, Any] = {"targetOperator": "milestone", "initialValue": 0}


@pytest.mark.parametrize(
    ("metric", "actual", "attained"),
    [
        (UP, 10, 0), (UP, 15, 0.5), (UP, 20, 1), (UP, 22.5, 1.25), (UP, 5, -0.5),
        (UP | {"target": 10}, 9, 0), (UP | {"target": 10}, 10, 1), (UP | {"target": 10}, 11, 1),
        (DOWN, 50, 0), (DOWN, 30, 0.5), (DOWN, 10, 1), (DOWN, 0, 1.25), (DOWN, 70, -0.5),
        (DOWN | {"target": 50}, 51, 0), (DOWN | {"target": 50}, 50, 1),
        (ABOVE, 80, 0), (ABOVE, 80.5, 1), (ABOVE, 79, 0),
        (ABOVE | {"critical": 60}, 60, 0), (ABOVE | {"critical": 60}, 70, 0.5), (ABOVE | {"critical": 60}, 50, 0),
        (ABOVE | {"critical": 60}, 90, 1),
        (BELOW, 5, 0), (BELOW, 4.5, 1), (BELOW, 6, 0),
        (BELOW | {"critical": 9}, 9, 0), (BELOW | {"critical": 9}, 7, 0.5), (BELOW | {"critical": 9}, 10, 0),
        (BELOW | {"critical": 9}, 1, 1),
        (RANGE, 4.9, 0), (RANGE, 5, 1), (RANGE, 7, 1), (RANGE, 10, 1), (RANGE, 10.1, 0),
        (DONE, 0, 0), (DONE, 0.4, 0.4), (DONE, 1, 1), (DONE, 3, 1),
        ({"targetOperator": "baseline"}, 42, 0),
    ],
)  # fmt: skip
def test_what_a_value_attains(
    ben: InProcess, acme: Acme, metric: dict[str, Any], actual: float, attained: float
) -> None:
    made = ben.post("v1/metrics", {"name": "x", "goalId": acme.growth} | metric).json
    said = ben.post(f"v1/metrics/{made['id']}/checkin", {"actual": actual}).json
    assert said["attainment"] == pytest.approx(attained)
    after = ben.get(f"v1/metrics/{made['id']}").json
    assert after["attainment"] == pytest.approx(attained)
    assert after["metricHistory"][0]["attainment"] == pytest.approx(attained)
    assert after["targetOperator"] == metric["targetOperator"]


@pytest.mark.parametrize(("sent", "shown"), [("should_increase", "at_least"), ("should_decrease", "at_most")])
def test_older_words_are_read_too(ben: InProcess, acme: Acme, sent: str, shown: str) -> None:
    answer = ben.post("v1/metrics", {"name": "x", "goalId": acme.growth, "targetOperator": sent})
    assert answer.json["targetOperator"] == shown


def test_a_range_needs_its_upper_bound(ben: InProcess, acme: Acme) -> None:
    answer = ben.patch(f"v1/metrics/{acme.revenue}", {"targetOperator": "in_range"})
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "targetMax")


def test_a_goal_attains_the_weighted_mean_of_its_scored_metrics(ben: InProcess, acme: Acme) -> None:
    ben.patch(f"v1/metrics/{acme.revenue}", {"actual": 50})
    ben.post("v1/metrics", {"name": "heavy", "goalId": acme.growth, "weight": 3, "actual": 90})
    ben.post("v1/metrics", {"name": "unscored", "goalId": acme.growth, "targetOperator": "baseline", "actual": 7})
    goal = ben.get(f"v1/goals/{acme.growth}").json
    assert goal["attainment"] == pytest.approx((0.5 + 3 * 0.9) / 4)
    assert {metric["goalAttainment"] for metric in goal["metrics"]} == {goal["attainment"]}


def test_a_goal_without_metrics_attains_nothing(ben: InProcess, acme: Acme) -> None:
    goal = ben.post("v1/goals", {"name": "x", "sessionId": acme.q3.id}).json
    assert (goal["attainment"], goal["metrics"], goal["metricsCount"]) == (0, [], 0)


def test_a_new_target_judges_what_stands_anew(ben: InProcess, acme: Acme) -> None:
    ben.patch(f"v1/metrics/{acme.revenue}", {"actual": 50})
    answer = ben.patch(f"v1/metrics/{acme.revenue}", {"target": 200}).json
    assert (answer["attainment"], answer["goalAttainment"]) == (0.25, 0.25)
    assert answer["metricHistory"][0]["attainment"] == 0.25
