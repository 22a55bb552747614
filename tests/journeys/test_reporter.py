"""A reporter's tables: sessions, the goals of each, each goal, each metric with its tasks, and values by date; and what
the sheets say of each other must agree.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clients import Company, Http, Listing, Site, read

Record = dict[str, Any]


class Reporter:
    """Reads everything that is to be printed; a new connection for each sheet would be as good."""

    def __init__(self, connect: Callable[..., Http], company: Company) -> None:
        headers = {
            "AUTHORIZATION": f"Bearer {company.token}",
            "Gtmhub-AccountId": company.account,
            "Accept": "application/json",
        }
        self._http = connect(base="/results/api", headers=headers)

    def listed(self, target: str) -> list[Record]:
        found: Listing[Record] = read(self._http.ask("GET", target), Listing[Record])
        assert len(found.items) == found.total
        return found.items

    def one(self, target: str) -> Record:
        found: Record = read(self._http.ask("GET", target), Record)
        return found

    def goals_of(self, session: Record) -> list[Record]:
        """The goals of a session, each fetched by its id."""
        return [
            self.one(f"v1/goals/{goal['id']}")
            for goal in self.listed(f"v1/goals/?sessionId={session['id']}&limit=1000")
        ]

    def metric(self, metric: str) -> Record:
        return self.one(f"v1/metrics/{metric}?expand=tasks")

    def values(self, metric: str, first: date, last: date) -> list[Record]:
        return self.listed(f"v1/metrics/{metric}/values?from={first}&to={last}")

    def made(self, resource: str, value: Record) -> Record:
        answer: Record = read(self._http.ask("POST", f"v1/{resource}", json.dumps(value).encode()), Record, 201)
        return answer


@pytest.fixture
def reporter(site: Site, connect: Callable[..., Http]) -> Reporter:
    """The demo company with tasks in it, and a goal beneath which others stand that has no metrics of its own."""
    made = Reporter(connect, site.demonstrated())
    (session,) = made.listed("v1/sessions?filter=current&status=open")
    goals = made.goals_of(session)
    for index, metric in enumerate(metric for goal in goals for metric in goal["metrics"]):
        for number in range(index % 4):
            made.made("tasks", {"name": f"Task {number}", "parentId": metric["id"], "parentType": "metric"})
    above = made.made("goals", {"name": "Above", "sessionId": session["id"]})
    for value in (25, 50):
        beneath = made.made("goals", {"name": "Beneath", "sessionId": session["id"], "parentId": above["id"]})
        made.made("metrics", {"name": "Half", "goalId": beneath["id"], "actual": value, "weight": value})
    return made


def test_the_sheets_agree_with_each_other(reporter: Reporter) -> None:
    sessions = reporter.listed("v1/sessions?sort=start")
    assert [one["status"] for one in sessions] == ["closed", "open", "open"]
    read_goals, tasks, values = 0, 0, 0
    for session in sessions:
        goals = reporter.goals_of(session)
        read_goals += len(goals)
        for goal in goals:
            metrics = [reporter.metric(metric["id"]) for metric in goal["metrics"]]
            assert len(metrics) == goal["metricsCount"]
            beneath = [one for one in goals if one["parentId"] == goal["id"]]
            assert goal["attainment"] == pytest.approx(_mean(metrics) if metrics else _mean(beneath), abs=1e-9)
            assert goal["aggregatedAttainment"] == pytest.approx(_mean(beneath or [goal]), abs=1e-9)
            for metric in metrics:
                assert metric["attainment"] == pytest.approx(_attainment(metric), abs=1e-9)
                assert (metric["goalAttainment"], metric["goalName"]) == (goal["attainment"], goal["name"])
                assert metric["taskCount"] == len(metric["tasks"])
                assert {task["parentId"] for task in metric["tasks"]} <= {metric["id"]}
                tasks += len(metric["tasks"])
                values += _assert_values(reporter, metric, session)
    assert read_goals == len(reporter.listed("v1/goals?limit=1000"))
    assert tasks == len(reporter.listed("v2/tasks?limit=1000")) > 10
    assert values > 50


def test_the_goal_without_metrics_of_its_own_is_the_mean_of_those_beneath(reporter: Reporter) -> None:
    (above,) = reporter.listed('v1/goals?filter={name:"Above"}')
    assert (above["attainment"], above["aggregatedAttainment"], above["metricsCount"]) == (0.375, 0.375, 0)


def _assert_values(reporter: Reporter, metric: Record, session: Record) -> int:
    """The values of a metric by date are its history in that span, day by day of the session; gives their number."""
    zone = ZoneInfo(session["cadenceTimeZone"])
    history = [
        {
            "day": datetime.fromisoformat(entry["updatedAt"]).astimezone(zone).date(),
            "date": entry["updatedAt"], "value": entry["metricValue"], "comment": entry["comment"],
            "confidence": entry["confidenceValue"], "userId": entry["changedBy"],
        }
        for entry in metric["metricHistory"]
    ]  # fmt: skip
    days = sorted(entry["day"] for entry in history) or [datetime.now(UTC).date()]
    first, last = days[len(days) // 3], days[2 * len(days) // 3]
    for start, end in ((date(1970, 1, 1), date(9999, 12, 31)), (first, last), (first, first)):
        told = reporter.values(metric["id"], start, end)
        assert [_but(one, "id") for one in told] == [
            _but(entry, "day") for entry in history if start <= entry["day"] <= end
        ]
    if history:
        assert (metric["actual"], metric["lastCheckInDate"]) == (history[-1]["value"], history[-1]["date"])
    else:
        assert metric["actual"] == metric["initialValue"]
    return len(history)


def _but(record: Record, left_out: str) -> Record:
    return {name: value for name, value in record.items() if name != left_out}


def _mean(records: list[Record]) -> float:
    """The mean of what is scored, by weight; goals weigh 1. What is not scored weighs nothing."""
    scored = [(one["attainment"], one.get("weight", 1)) for one in records if one.get("targetOperator") != "baseline"]
    return sum(value * weight for value, weight in scored) / sum(weight for _, weight in scored) if scored else 0.0


def _attainment(metric: Record) -> float:
    """The documented formulas, from what the metric shows."""
    actual, start, target = (float(metric[name]) for name in ("actual", "initialValue", "target"))
    critical: float | None = metric["critical"]
    match metric["targetOperator"]:
        case "at_least" | "at_most":
            return (actual - start) / (target - start)
        case "should_stay_above" | "should_stay_below" as operator:
            if actual > target if operator == "should_stay_above" else actual < target:
                return 1.0
            return 0.0 if critical is None else max(0.0, (actual - critical) / (target - critical))
        case "in_range":
            return float(target <= actual <= metric["targetMax"])
        case "milestone":
            return 1.0 if actual >= 1 else actual
        case operator:
            assert operator == "baseline"
            return 0.0  # which is shown where there is no score
