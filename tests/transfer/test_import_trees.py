"""What an import makes of saved trees: what objectives gain from those beneath them, and sums as they were saved."""

from __future__ import annotations

from typing import Any

import pytest

from milepost.actions import key_results as actions
from milepost.actions import teams
from milepost.actions.context import operator
from milepost.actions.teams import TeamChange
from milepost.actions.verification import verify
from milepost.domain.change import KeyResultChange
from milepost.store import check_ins, key_results, objectives
from milepost.store.engine import Database
from saved_company import ACCOUNT, GOAL, METRIC, entry, goal, metric, now, places, session

MIDDLE, LOW = "61a0000000000000000000d2", "61a0000000000000000000d3"
BETWEEN, BOTTOM = "61a0000000000000000000e2", "61a0000000000000000000e3"
CLOSED = "61a0000000000000000000c2"
LATER = "2031-01-01T00:00:00Z"

GOALS = [
    goal(),
    goal(id=MIDDLE, name="Middle", parentId=GOAL, attainmentType="all"),
    goal(id=LOW, name="Low", parentId=MIDDLE),
]
METRICS = [
    metric(goalId=MIDDLE, actual=40),
    metric(id=BETWEEN, name="Between", goalId=LOW, actual=80),
    metric(id=BOTTOM, name="Bottom", goalId=LOW, targetOperator="baseline"),
]
CASCADE = [
    metric(actual=50, metricHistory=[entry(3, 50, 1)], cascadeType="sum"),
    metric(id=BETWEEN, name="Between", parentMetricId=METRIC, actual=20, metricHistory=[entry(3, 20, 2)]),
    metric(id=BOTTOM, name="Bottom", parentMetricId=BETWEEN, actual=7, metricHistory=[entry(3, 7, 3)]),
]
ORDERS = [pytest.param(slice(None), id="parents first"), pytest.param(slice(None, None, -1), id="parents last")]


def _stands(database: Database, one: str) -> tuple[Any, ...]:
    found = objectives.records.find(database, ACCOUNT, one)
    return found.attainment, found.children_attainment, found.beneath_attainment, found.beneath_count


def _sum(database: Database, one: str) -> tuple[float, int, list[float]]:
    found = key_results.records.find(database, ACCOUNT, one)
    told = check_ins.history(database, ACCOUNT, one)
    return found.current, found.child_count, [each.value for each in told]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("state", ["open", "locked", "closed"])
def test_saved_goals_gain_from_those_beneath_them(database: Database, take, order: slice, state: str) -> None:
    kept = [session(), session(id=CLOSED, title="Closed", status=state)]
    goals = [one | {"sessionId": CLOSED} for one in GOALS[:2]] + GOALS[2:]
    report = take(sessions=kept, goals=goals[order], metrics=METRICS[order])
    assert (report.problems, report.notes) == ([], [])
    assert _stands(database, LOW) == (0.8, None, None, 0)
    assert _stands(database, MIDDLE) == pytest.approx((0.6, 0.8, 0.8, 1))
    assert _stands(database, GOAL) == pytest.approx((0.6, 0.6, 0.7, 2))


@pytest.mark.parametrize("order", ORDERS)
def test_sums_stay_as_they_were_saved(database: Database, take, order: slice) -> None:
    report = take(metrics=CASCADE[order])
    assert (report.problems, report.notes) == ([], [])
    assert _sum(database, METRIC) == (50, 1, [50])
    assert _sum(database, BETWEEN) == (20, 1, [20])
    assert _sum(database, BOTTOM) == (7, 0, [7])


def test_a_sum_goes_on_from_what_was_saved(database: Database, take, client) -> None:
    take(metrics=CASCADE)
    boss = client()
    assert boss.post(f"v1/metrics/{METRIC}/checkin", {"actual": 1}).status == 400
    assert boss.post(f"v1/metrics/{BOTTOM}/checkin", {"actual": 9}).status == 201
    assert _sum(database, METRIC) == (9, 1, [50, 9])
    assert _sum(database, BETWEEN) == (9, 1, [20, 9])
    shown = boss.get(f"v1/metrics/{METRIC}").json
    assert (shown["actual"], shown["cascadeType"], shown["parentMetricId"]) == (9, "sum", "")


def test_children_that_come_with_a_later_import_are_counted(database: Database, take) -> None:
    take(metrics=CASCADE[:1], goals=GOALS[:1])
    report = take(metrics=CASCADE, goals=GOALS)
    assert report.problems == []
    assert _sum(database, METRIC) == (50, 1, [50])
    assert _stands(database, GOAL)[1:] == (None, None, 0)
    take(goals=[goal(id="61a0000000000000000000d4", parentId=LOW)], metrics=[
        metric(id="61a0000000000000000000e4", goalId="61a0000000000000000000d4", actual=30)
    ])  # fmt: skip
    assert _stands(database, GOAL)[1:] == pytest.approx((0.3, 0.3, 3))


def test_a_parent_that_is_nowhere_is_kept_and_reported(database: Database, take) -> None:
    report = take(metrics=[metric(parentMetricId=BETWEEN)])
    assert report.problems == []
    assert [(note.file, note.index, note.field) for note in report.notes] == [("metrics.json", 0, "parentMetricId")]
    assert key_results.records.find(database, ACCOUNT, METRIC).parent_id == BETWEEN


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_circle_of_metrics_loses_its_last_link(database: Database, take, client, length: int) -> None:
    circle = [METRIC, BETWEEN, BOTTOM][:length]
    linked = zip(circle, [*circle[1:], METRIC], strict=True)
    report = take(metrics=[metric(id=one, parentMetricId=parent, actual=5) for one, parent in linked])
    assert places(report) == [f"metrics.json[{length - 1}].parentMetricId"]
    assert [file.taken for file in report.files][-1] == length
    last = key_results.records.find(database, ACCOUNT, circle[-1])
    assert (last.parent_id, last.extra) == ("", {"savedParentMetricId": METRIC})
    boss = client()
    assert boss.post(f"v1/metrics/{METRIC}/checkin", {"actual": 8}).status == 201
    assert [key_results.records.find(database, ACCOUNT, one).current for one in circle] == [8] * length


def test_a_sum_that_an_import_changed_without_adding_up_is_not_held_against_it(database: Database, take) -> None:
    """Verification computes sums anew only where the program has: `fitting` looks at each step."""
    take()
    boss = operator(database, ACCOUNT, now)
    own = key_results.records.find(database, ACCOUNT, METRIC)
    total = actions.add(boss, own.objective_id, KeyResultChange(name="All", target=9.0)).key_result.id
    team = teams.add(boss, TeamChange(name="Sales")).id
    child = metric(id=BETWEEN, parentMetricId=total, actual=20, metricHistory=[entry(3, 20, 2)], ownerIds=[team])
    take(metrics=[metric(), child])
    assert _sum(database, total) == (0.0, 1, [])
    verify(database, None)
    teams.remove(boss, team)  # which revises the child, and adds nothing up
    assert _sum(database, total) == (0.0, 1, [])
    verify(database, None)
    actions.add(boss, own.objective_id, KeyResultChange(name="Part", current=4.0, parent_id=METRIC))
    verify(database, None)
    take(metrics=[metric(actual=77, metricHistory=[entry(5, 77, 8, updatedAt=LATER)])])
    assert _sum(database, METRIC)[0] == 77.0
    verify(database, None)
