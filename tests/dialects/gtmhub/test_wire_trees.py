"""What goals gain from goals, and metrics from metrics, as the wire shows it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from acme import Acme
from engines import watch
from milepost.domain.ids import as_uuid
from wire import InProcess, Reply

UNKNOWN = "0123456789abcdef01234567"


@pytest.fixture
def simpleokr(ben: InProcess) -> InProcess:
    """The member in the other dialect."""
    return ben.at("/v1")


def _made(answer: Reply) -> str:
    assert answer.status == 201, answer.body
    return str(answer.json["id"])


def _goal(wire: InProcess, acme: Acme, **said: Any) -> str:
    return _made(wire.post("v1/goals", {"name": "Goal", "sessionId": acme.q3.id} | said))


def _metric(wire: InProcess, goal: str, actual: float = 0, **said: Any) -> str:
    return _made(wire.post("v1/metrics", {"name": "Metric", "goalId": goal, "actual": actual} | said))


def _scores(wire: InProcess, goal: str) -> tuple[float, float, float]:
    shown = wire.get(f"v1/goals/{goal}").json
    return shown["attainment"], shown["aggregatedAttainment"], shown["fullAggregatedAttainment"]


def _sum(wire: InProcess, metric: str) -> tuple[float, str]:
    shown = wire.get(f"v1/metrics/{metric}").json
    return shown["actual"], shown["cascadeType"]


def _refused(answer: Reply) -> str:
    """The field that a request failed for."""
    assert answer.status == 400, answer.body
    return str(answer.json["errors"][0]["field"])


def _echo(wire: InProcess, metric: str, **said: Any) -> Reply:
    """PUT of all that a GET of it said, but for some attributes."""
    return wire.put(f"v1/metrics/{metric}", wire.get(f"v1/metrics/{metric}").json | said)


# Goals


def test_a_goal_without_scored_metrics_attains_what_its_children_do(ben: InProcess, acme: Acme) -> None:
    top = _goal(ben, acme)
    _metric(ben, top, 70, targetOperator="baseline")
    assert _scores(ben, top) == (0, 0, 0)
    for actual in (20, 60):
        _metric(ben, _goal(ben, acme, parentId=top), actual, weight=5)
    _goal(ben, acme, parentId=top)
    assert _scores(ben, top) == pytest.approx((0.4, 0.4, 0.4))
    own = _metric(ben, top, 90)
    assert _scores(ben, top) == pytest.approx((0.9, 0.4, 0.4))
    assert ben.get(f"v1/metrics/{own}").json["goalAttainment"] == pytest.approx(0.9)
    ben.delete(f"v1/metrics/{own}")
    assert _scores(ben, top) == pytest.approx((0.4, 0.4, 0.4))


def test_all_counts_metrics_and_children_together(ben: InProcess, acme: Acme) -> None:
    top = _goal(ben, acme, attainmentType="all")
    _metric(ben, top, 90, weight=3)
    _metric(ben, _goal(ben, acme, parentId=top), 10)
    assert _scores(ben, top)[0] == pytest.approx((3 * 0.9 + 0.1) / 4)
    assert ben.get(f"v1/goals/{top}").json["attainmentType"] == "all"
    put = ben.put(f"v1/goals/{top}", {"name": "Still all"}).json
    assert (put["attainment"], put["attainmentType"]) == (pytest.approx(0.7), "all")
    for other in ("metrics", None):
        changed = ben.patch(f"v1/goals/{top}", {"attainmentType": other}).json
        assert (changed["attainment"], changed.get("attainmentType")) == (pytest.approx(0.9), other)
    changed = ben.patch(f"v1/goals/{top}", {"attainmentType": "all"}).json
    assert changed["attainment"] == pytest.approx(0.7)


def test_the_aggregates_look_at_children_and_at_all_beneath(ben: InProcess, acme: Acme) -> None:
    top = _goal(ben, acme)
    middle = _goal(ben, acme, parentId=top)
    side = _goal(ben, acme, parentId=top)
    low = _goal(ben, acme, parentId=middle)
    _goal(ben, acme, parentId=low)  # nothing is scored in it: it is left out everywhere
    for goal, actual in ((top, 90), (middle, 50), (side, 10), (low, 40)):
        _metric(ben, goal, actual)
    assert _scores(ben, top) == pytest.approx((0.9, 0.3, (0.5 + 0.1 + 0.4) / 3))
    assert _scores(ben, middle) == pytest.approx((0.5, 0.4, 0.4))
    assert _scores(ben, side) == pytest.approx((0.1, 0.1, 0.1))
    ben.patch(f"v1/goals/{low}", {"parentId": side})
    assert _scores(ben, middle) == pytest.approx((0.5, 0.5, 0.5))
    assert _scores(ben, side) == pytest.approx((0.1, 0.4, 0.4))
    ben.delete(f"v1/goals/{side}")
    assert _scores(ben, top) == pytest.approx((0.9, 0.5, 0.5))
    assert ben.get(f"v1/goals/{low}").json["parentId"] == ""


def test_aggregates_can_be_filtered_sorted_and_chosen(ben: InProcess, acme: Acme) -> None:
    top = _goal(ben, acme)
    low = _goal(ben, acme, parentId=top)
    _metric(ben, top, 20)
    _metric(ben, low, 80)
    for name in ("aggregatedAttainment", "fullAggregatedAttainment"):
        listed = ben.get("v2/goals", filter=json.dumps({name: {"$gte": 0.5}}), sort=f"-{name}", fields=name).json
        assert listed["items"] == [{"id": one, name: 0.8} for one in (top, low)]
        assert listed["totalCount"] == 2
        listed = ben.get("v2/goals", sort=f"{name},-attainment", fields="id").json["items"]
        assert [one["id"] for one in listed] == [acme.growth, low, top]


def test_what_a_client_says_of_derived_values_is_passed_over(ben: InProcess, acme: Acme) -> None:
    said = {"attainment": 9, "aggregatedAttainment": 9, "fullAggregatedAttainment": 9}
    assert _scores(ben, _goal(ben, acme, **said)) == (0, 0, 0)


# Metrics


def test_a_parent_shows_the_sum_and_its_history_says_whose_doing_it_was(
    anna: InProcess, ben: InProcess, acme: Acme
) -> None:
    top = _metric(ben, acme.growth, 3)
    assert _sum(ben, top) == (3, "")
    low = [_metric(ben, acme.growth, parentMetricId=top) for _ in range(2)]
    assert _sum(ben, top) == (0, "sum")
    ben.post(f"v1/metrics/{low[0]}/checkin", {"actual": 5, "comment": "Five", "confidence": 0.5})
    anna.post("v1/metrics/checkins", [{"metricId": one, "actual": 20} for one in low])
    shown = ben.get(f"v1/metrics/{top}").json
    assert (shown["actual"], shown["attainment"], shown["parentMetricId"]) == (40, 0.4, "")
    told = [(one["metricValue"], one["changedBy"], one["comment"]) for one in shown["metricHistory"]]
    assert told == [(3, acme.ben.id, ""), (0, acme.ben.id, ""), (5, acme.ben.id, ""), (40, acme.anna.id, "")]
    assert shown["lastCheckInDate"] == shown["metricHistory"][-1]["updatedAt"]
    assert [ben.get(f"v1/metrics/{one}").json["parentMetricId"] for one in low] == [top, top]


def test_nobody_checks_in_on_a_sum(ben: InProcess, acme: Acme) -> None:
    top = _metric(ben, acme.growth)
    low = _metric(ben, acme.growth, 5, parentMetricId=top)
    assert _refused(ben.post(f"v1/metrics/{top}/checkin", {"actual": 9})) == "actual"
    both = [{"metricId": low, "actual": 9}, {"metricId": top, "actual": 9}]
    assert _refused(ben.post("v1/metrics/checkins", both)) == "[1].actual"
    assert _sum(ben, top) == (5, "sum")


def test_an_actual_for_a_sum_is_passed_over(ben: InProcess, acme: Acme) -> None:
    top = _metric(ben, acme.growth)
    _metric(ben, acme.growth, 5, parentMetricId=top)
    for answer in (
        ben.patch(f"v1/metrics/{top}", {"actual": 9, "name": "Patched"}),
        ben.put(f"v1/metrics/{top}", {"actual": 9, "name": "Put", "target": 10}),
        ben.put(f"v1/metrics/{top}", {"name": "Zero", "target": 10}),
    ):
        assert (answer.status, answer.json["actual"], answer.json["metricHistoryCount"]) == (200, 5, 1)
    sure = ben.patch(f"v1/metrics/{top}", {"actual": 9, "confidence": 0.5}).json
    assert (sure["actual"], sure["confidence"]["value"], sure["metricHistoryCount"]) == (5, 0.5, 2)


def test_a_start_of_its_own_does_not_outdo_the_sum(ben: InProcess, acme: Acme) -> None:
    top = _metric(ben, acme.growth)
    low = _metric(ben, acme.growth, parentMetricId=top)
    assert ben.patch(f"v1/metrics/{top}", {"initialValue": 50}).json["actual"] == 0
    ben.patch(f"v1/metrics/{low}", {"initialValue": 8})
    assert _sum(ben, top) == (8, "sum")


def test_post_and_patch_say_the_parent_and_put_leaves_it(ben: InProcess, acme: Acme) -> None:
    first, second = _metric(ben, acme.growth), _metric(ben, acme.growth)
    low = _metric(ben, acme.growth, 5, parentMetricId=first)
    assert ben.put(f"v1/metrics/{low}", {"name": "Put", "actual": 6}).json["parentMetricId"] == first
    assert _echo(ben, low, parentMetricId=second).json["parentMetricId"] == first
    assert ben.patch(f"v1/metrics/{low}", {"name": "Patched"}).json["parentMetricId"] == first
    assert ben.patch(f"v1/metrics/{low}", {"parentMetricId": second}).json["parentMetricId"] == second
    assert (_sum(ben, first), _sum(ben, second)) == ((6, ""), (6, "sum"))
    assert ben.patch(f"v1/metrics/{low}", {"parentMetricId": ""}).json["parentMetricId"] == ""
    assert _sum(ben, second) == (6, "")
    assert ben.post(f"v1/metrics/{second}/checkin", {"actual": 7}).status == 201


def test_a_parent_must_be_known_and_no_descendant(ben: InProcess, acme: Acme) -> None:
    top = _metric(ben, acme.growth)
    middle = _metric(ben, acme.growth, parentMetricId=top)
    low = _metric(ben, acme.growth, parentMetricId=middle)
    for refused in (UNKNOWN, acme.rival_key_result, acme.growth, "x", top, middle, low):
        assert _refused(ben.patch(f"v1/metrics/{top}", {"parentMetricId": refused})) == "parentMetricId"
    for refused in (UNKNOWN, acme.rival_key_result, "x"):
        body = {"name": "New", "goalId": acme.growth, "parentMetricId": refused}
        assert _refused(ben.post("v1/metrics", body)) == "parentMetricId"
    assert ben.patch(f"v1/metrics/{top}", {"parentMetricId": 5}).status == 400
    assert ben.get(f"v1/metrics/{top}").json["parentMetricId"] == ""
    assert ben.patch(f"v1/metrics/{low}", {"parentMetricId": top}).status == 200


def test_deleting_a_child_or_a_parent(ben: InProcess, acme: Acme) -> None:
    top = _metric(ben, acme.growth)
    middle = _metric(ben, acme.growth, parentMetricId=top)
    low = [_metric(ben, acme.growth, actual, parentMetricId=middle) for actual in (5, 7)]
    ben.delete(f"v1/metrics/{low[0]}")
    assert (_sum(ben, middle), _sum(ben, top)) == ((7, "sum"), (7, "sum"))
    _metric(ben, acme.growth, 1, parentMetricId=top)
    ben.delete(f"v1/metrics/{middle}")
    assert (_sum(ben, low[1]), _sum(ben, top)) == ((7, ""), (1, "sum"))
    assert ben.get(f"v1/metrics/{low[1]}").json["parentMetricId"] == ""


def test_deleting_the_goal_of_a_child_or_of_a_parent(ben: InProcess, acme: Acme) -> None:
    goals = [_goal(ben, acme) for _ in range(3)]
    top = _metric(ben, goals[0])
    middle = _metric(ben, goals[1], parentMetricId=top)
    low = _metric(ben, goals[2], 5, parentMetricId=middle)
    _metric(ben, goals[0], 2, parentMetricId=top)
    ben.delete(f"v1/goals/{goals[1]}")
    assert (_sum(ben, top), _sum(ben, low)) == ((2, "sum"), (5, ""))
    assert _scores(ben, goals[0])[0] == pytest.approx(0.02)


def test_a_child_moves_with_its_value_to_another_goal(ben: InProcess, acme: Acme) -> None:
    here, there = _goal(ben, acme), _goal(ben, acme)
    top = _metric(ben, here)
    low = _metric(ben, here, 10, parentMetricId=top)
    assert _scores(ben, here)[0] == pytest.approx(0.1)
    ben.patch(f"v1/metrics/{low}", {"goalId": there, "actual": 30})
    assert (_scores(ben, here)[0], _scores(ben, there)[0]) == (pytest.approx(0.3), pytest.approx(0.3))
    assert _sum(ben, top) == (30, "sum")


def test_a_withdrawn_sum_comes_back(anna: InProcess, ben: InProcess, acme: Acme) -> None:
    top = _metric(ben, acme.growth)
    low = _metric(ben, acme.growth, 5, parentMetricId=top)
    [entry] = ben.get(f"v1/metrics/{top}").json["metricHistory"]
    assert anna.delete(f"v1/metrics/checkin/{entry['id']}").status == 204
    [again] = ben.get(f"v1/metrics/{top}").json["metricHistory"]
    assert (again["metricValue"], again["changedBy"], again["id"] != entry["id"]) == (5, acme.anna.id, True)
    [first] = ben.get(f"v1/metrics/{low}").json["metricHistory"]
    anna.delete(f"v1/metrics/checkin/{first['id']}")
    assert (_sum(ben, low), _sum(ben, top)) == ((0, ""), (0, "sum"))


def test_sums_can_be_filtered_and_sorted(ben: InProcess, acme: Acme) -> None:
    top = _metric(ben, acme.growth)
    low = _metric(ben, acme.growth, 5, parentMetricId=top)

    def found(**said: Any) -> list[str]:
        return [one["id"] for one in ben.get("v2/metrics", filter=json.dumps(said), sort="-cascadeType").json["items"]]

    assert found(cascadeType="sum") == [top]
    assert found(parentMetricId=top) == [low]
    assert found(actual=5) == [top, low]
    assert found(cascadeType="") == found(cascadeType={"$ne": "sum"})


def test_a_closed_session_keeps_its_sums(anna: InProcess, acme: Acme) -> None:
    old = _made(anna.post("v1/sessions", {"title": "Old"}))
    above = _goal(anna, acme, sessionId=old)
    top = _metric(anna, above, 10)
    low = _metric(anna, _goal(anna, acme, parentId=above), 20, parentMetricId=top)
    assert anna.patch(f"v1/sessions/{old}", {"status": "closed"}).status == 200
    assert anna.post(f"v1/metrics/{low}/checkin", {"actual": 60}).status == 201
    assert (_sum(anna, top), _scores(anna, above)) == ((20, "sum"), (0.2, 0.2, 0.2))
    anna.patch(f"v1/sessions/{old}", {"status": "open"})
    assert (_sum(anna, top), _scores(anna, above)) == ((60, "sum"), (0.6, 0.6, 0.6))


# The other dialect


def test_simpleokr_sees_the_sum_and_leaves_it(ben: InProcess, simpleokr: InProcess, acme: Acme) -> None:
    top = _metric(ben, acme.growth)
    low = _metric(ben, acme.growth, 5, parentMetricId=top)
    address = f"keyresults/{as_uuid(top)}"
    shown = simpleokr.get(address).json
    assert shown["current_value"] == "5.00"
    answer = simpleokr.post(address, shown | {"current_value": "9.00", "name": "Renamed"})
    assert (answer.status, answer.json["current_value"], answer.json["name"]) == (200, "5.00", "Renamed")
    child = simpleokr.get(f"keyresults/{as_uuid(low)}").json
    assert simpleokr.post(f"keyresults/{as_uuid(low)}", child | {"current_value": "9.00"}).status == 200
    after = ben.get(f"v1/metrics/{top}").json
    assert (after["actual"], after["metricHistory"][-1]["changedBy"]) == (9, acme.ben.id)
    assert ben.get(f"v1/metrics/{low}").json["parentMetricId"] == top


# What a list costs


@pytest.fixture
def asked(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that the store has run, until it is cleared."""
    run: list[str] = []
    watch(monkeypatch, type(acme.database), run.append)
    return run


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("v2/goals", {"fields": "name,metrics{id,name,actual,metricHistory,assignee}", "limit": 1000}),
        ("v1/goals", {"includeMetrics": "True", "limit": 1000}),
        ("v2/metrics", {"limit": 1000}),
    ],
)
def test_a_list_of_goals_with_metrics_costs_the_same_for_1_10_and_100(
    ben: InProcess, acme: Acme, asked: list[str], path: str, query: dict[str, Any]
) -> None:
    top = _metric(ben, acme.growth, 1)
    counted, shown = [], []
    for more in (0, 9, 90):
        for _ in range(more):
            goal = _goal(ben, acme, parentId=acme.growth)
            _metric(ben, goal, 1, parentMetricId=top)
        asked.clear()
        shown.append(len(ben.get(path, **query).json["items"]))
        counted.append(len([one for one in asked if one.startswith("SELECT")]))
    assert shown in ([1, 10, 100], [2, 11, 101])
    assert 12 >= counted[0] >= counted[1] >= counted[2] > 0, "less where a thread has kept what stands around"


def test_refusals_speak_of_goals_and_sessions(acme: Acme, anna: InProcess) -> None:
    anna.patch(f"v1/sessions/{acme.q3.id}", {"title": "The cycle of (objectives)"})
    refused = anna.patch(f"v1/goals/{acme.growth}", {"parentId": acme.growth})
    assert refused.json["detail"] == "parentId: would make the goal stand beneath itself"
    backwards = {"dateFrom": "2026-09-02T00:00:00Z", "dateTo": "2026-09-01T00:00:00Z"}
    refused = anna.post("v1/goals", {"name": "x", "sessionId": acme.q3.id, **backwards})
    assert "cycle" not in refused.json["detail"]
    anna.patch(f"v1/sessions/{acme.q3.id}", {"status": "closed"})
    refused = anna.patch(f"v1/metrics/{acme.revenue}", {"name": "x"})
    assert "(The cycle of (objectives))" in refused.json["detail"]
