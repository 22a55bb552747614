"""What an open, a locked and a closed session let through: one row for each call that changes something.

The rules bind admins too, so Anna makes every call: her role never stands in the way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from acme import Acme
from wire import InProcess


class Plan(msgspec.Struct):
    """Acme's quarter with one check-in, seen by Anna."""

    anna: InProcess
    acme: Acme
    check_in: str

    @property
    def metric(self) -> str:
        return f"v1/metrics/{self.acme.revenue}"

    @property
    def goal(self) -> str:
        return f"v1/goals/{self.acme.growth}"

    def patch_metric(self, **change: Any) -> int:
        return self.anna.patch(self.metric, change).status

    def patch_goal(self, **change: Any) -> int:
        return self.anna.patch(self.goal, change).status


@pytest.fixture
def plan(anna: InProcess, acme: Acme) -> Plan:
    entry = anna.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 10}).json["id"]
    return Plan(anna, acme, entry)


def _put_metric(plan: Plan) -> int:
    """The whole metric as it stands, with another name."""
    return plan.anna.put(plan.metric, plan.anna.get(plan.metric).json | {"name": "renamed"}).status


def _put_goal(plan: Plan) -> int:
    return plan.anna.put(plan.goal, plan.anna.get(plan.goal).json | {"name": "renamed"}).status


def _bulk(plan: Plan) -> int:
    return plan.anna.post("v1/metrics/checkins", [{"metricId": plan.acme.revenue, "actual": 2}]).status


Call = Callable[[Plan], int]

PROGRESS: dict[str, Call] = {
    "check in": lambda p: p.anna.post(f"{p.metric}/checkin", {"actual": 1}).status,
    "check in, many at once": _bulk,
    "change a check-in's comment": lambda p: p.anna.patch(f"v1/metrics/checkin/{p.check_in}", {"comment": "x"}).status,
    "withdraw a check-in": lambda p: p.anna.delete(f"v1/metrics/checkin/{p.check_in}").status,
    "patch actual": lambda p: p.patch_metric(actual=3),
    "patch confidence": lambda p: p.patch_metric(confidence={"value": 0.5}),
    "patch a metric's name": lambda p: p.patch_metric(name="x"),
    "patch a metric's description": lambda p: p.patch_metric(description="x"),
    "patch a metric's owners": lambda p: p.patch_metric(ownerIds=[p.acme.ben.id]),
    "patch a metric's tags": lambda p: p.patch_metric(tags=[{"title": "x"}]),
    "patch a goal's name": lambda p: p.patch_goal(name="x"),
    "patch a goal's description": lambda p: p.patch_goal(description="x"),
    "patch a goal's owners": lambda p: p.patch_goal(ownerId=p.acme.ben.id),
    "patch a goal's tags": lambda p: p.patch_goal(tags=[{"title": "x"}]),
    "put a metric back, renamed": _put_metric,
    "put a goal back, renamed": _put_goal,
    "set a goal's status": lambda p: p.anna.put(f"{p.goal}/status", {"status": "achieved"}).status,
    "take a goal's status back": lambda p: p.anna.delete(f"{p.goal}/status").status,
}

STRUCTURE: dict[str, Call] = {
    "add a metric": lambda p: p.anna.post("v1/metrics", {"name": "x", "goalId": p.acme.growth}).status,
    "add a goal": lambda p: p.anna.post("v1/goals", {"name": "x", "sessionId": p.acme.q3.id}).status,
    "delete a metric": lambda p: p.anna.delete(p.metric).status,
    "delete a goal": lambda p: p.anna.delete(p.goal).status,
    "patch target": lambda p: p.patch_metric(target=50),
    "patch initialValue": lambda p: p.patch_metric(initialValue=5),
    "patch targetOperator": lambda p: p.patch_metric(targetOperator="at_most"),
    "patch critical": lambda p: p.patch_metric(critical=1),
    "patch weight": lambda p: p.patch_metric(weight=2),
    "patch dueDate": lambda p: p.patch_metric(dueDate="2026-09-01T00:00:00Z"),
    "patch dynamic": lambda p: p.patch_metric(dynamic=True),
    "patch a goal's dates": lambda p: p.patch_goal(dateTo="2026-09-01T00:00:00Z"),
    "put a metric with nothing in it": lambda p: p.anna.put(p.metric, {}).status,
}


def _set(plan: Plan, state: str) -> None:
    assert plan.anna.patch(f"v1/sessions/{plan.acme.q3.id}", {"status": state}).status == 200


@pytest.mark.parametrize("call", [*PROGRESS, *STRUCTURE])
def test_an_open_session_lets_everything_through(plan: Plan, call: str) -> None:
    assert (PROGRESS | STRUCTURE)[call](plan) in (200, 201, 204)


@pytest.mark.parametrize("call", PROGRESS)
def test_a_locked_session_lets_progress_through(plan: Plan, call: str) -> None:
    _set(plan, "locked")
    assert PROGRESS[call](plan) in (200, 201, 204)


@pytest.mark.parametrize("call", STRUCTURE)
def test_a_locked_session_lets_no_structure_change(plan: Plan, call: str) -> None:
    _set(plan, "locked")
    before = plan.anna.get(plan.metric).json
    assert STRUCTURE[call](plan) == 400
    assert plan.anna.get(plan.metric).json == before


@pytest.mark.parametrize("call", [*PROGRESS, *STRUCTURE])
def test_a_closed_session_lets_nothing_through(plan: Plan, call: str) -> None:
    _set(plan, "closed")
    before = plan.anna.get(plan.metric).json, plan.anna.get(plan.goal).json
    assert (PROGRESS | STRUCTURE)[call](plan) == 400
    assert (plan.anna.get(plan.metric).json, plan.anna.get(plan.goal).json) == before


@pytest.mark.parametrize("state", ["locked", "closed"])
def test_nothing_moves_into_or_out_of_a_session_that_is_not_open(plan: Plan, state: str) -> None:
    other = plan.anna.post("v1/sessions", {"title": "other"}).json["id"]
    goal = plan.anna.post("v1/goals", {"name": "g", "sessionId": other}).json["id"]
    plan.anna.patch(f"v1/sessions/{other}", {"status": state})
    assert plan.patch_metric(goalId=goal) == 400
    assert plan.patch_goal(sessionId=other) == 400
    plan.anna.patch(f"v1/sessions/{other}", {"status": "open"})
    _set(plan, state)
    assert plan.patch_metric(goalId=goal) == 400
    assert plan.patch_goal(sessionId=other) == 400


def test_an_admin_re_opens_a_closed_session(plan: Plan) -> None:
    _set(plan, "closed")
    assert plan.anna.patch(f"v1/sessions/{plan.acme.q3.id}", {"title": "x"}).status == 400
    _set(plan, "open")
    assert plan.patch_metric(name="x") == 200


def test_an_admin_deletes_a_closed_session_with_all_that_is_in_it(plan: Plan) -> None:
    _set(plan, "closed")
    assert plan.anna.delete(f"v1/sessions/{plan.acme.q3.id}").status == 204
    assert plan.anna.get(plan.metric).status == plan.anna.get(plan.goal).status == 404


def test_a_bulk_call_into_a_closed_session_is_refused_whole(plan: Plan) -> None:
    other = plan.anna.post("v1/sessions", {"title": "other"}).json["id"]
    goal = plan.anna.post("v1/goals", {"name": "g", "sessionId": other}).json["id"]
    metric = plan.anna.post("v1/metrics", {"name": "m", "goalId": goal}).json["id"]
    plan.anna.patch(f"v1/sessions/{other}", {"status": "closed"})
    sent = [{"metricId": plan.acme.revenue, "actual": 99}, {"metricId": metric, "actual": 1}]
    answer = plan.anna.post("v1/metrics/checkins", sent)
    assert answer.status == 400
    assert [fault["field"] for fault in answer.json["errors"]] == ["[1].sessionId"]
    assert plan.anna.get(plan.metric).json["actual"] == 10


def test_no_metric_moves_under_an_abandoned_goal_or_away_from_one(acme: Acme, anna: InProcess) -> None:
    other = anna.post("v1/goals", {"name": "Another", "sessionId": acme.q3.id}).json["id"]
    beneath = anna.post("v1/metrics", {"name": "Beneath it", "goalId": other}).json["id"]
    assert anna.put(f"v1/goals/{other}/status", {"status": "abandoned"}).status == 204
    for metric, goal, mine in ((acme.revenue, other, acme.growth), (beneath, acme.growth, other)):
        refused = anna.patch(f"v1/metrics/{metric}", {"goalId": goal})
        assert refused.status == 400
        assert "abandoned" in refused.json["detail"]
        assert anna.get(f"v1/metrics/{metric}", fields="goalId").json["goalId"] == mine
