"""What SimpleOKR cannot show survives its updates: nothing is ever lost through the coarser dialect."""

from __future__ import annotations

from typing import Any

import pytest

from milepost.domain.ids import as_uuid
from sides import COARSE, KINDS, Kind, Sides, differing

FURNISHED: dict[str, Any] = {
    "description": "in **thousands**",
    "format": {"fractionSize": 2, "prefix": "€", "suffix": "k", "locale": "de"},
    "tags": [{"title": "money", "colour": "gold"}, {"title": "q3"}],
    "customFields": {"region": "north", "levels": [1, {"deep": None}]},
    "dueDate": "2026-09-15T00:00:00.123456Z",
    "softDueDate": "2026-09-10T00:00:00Z",
    "manualType": "percentage",
    "weight": 2.5,
    "critical": 3.5,
    "targetMax": 900,
    "initialValue": 7,
    "reminderSchedule": {"active": True, "day": "monday", "email": "", "type": "weekly"},
    "settings": [{"of": "somebody"}],
    "shade": {"red": 1, "of": [True, None, "x"]},
    "$odd": "y",
}
# What follows from a name, a value, a confidence and a target.
FOLLOWING = {
    "name", "actual", "confidence", "target", "attainment", "progressStatus", "goalAttainment", "trend",
    "health", "metricHistory", "metricHistoryCount", "lastCheckInDate", "modifiedAt", "modifiedById",
}  # fmt: skip


@pytest.fixture
def owners(sides: Sides) -> list[str]:
    """A user, a team and another user."""
    team = sides.simpleokr.post("teams", {"name": "Sales"}).json["id"]
    shown = sides.gtmhub.get("v1/assignees").json["items"]
    (found,) = (one["id"] for one in shown if one["type"] == "team")
    assert as_uuid(found) == team
    return [sides.acme.ben.id, found, sides.acme.anna.id]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_an_update_keeps_all_that_it_cannot_show(sides: Sides, owners: list[str], kind: Kind) -> None:
    asked = {"targetOperator": kind.operator, "ownerIds": owners} | FURNISHED | kind.metric
    made = sides.new_metric(**asked)
    before = sides.metric(made)
    target = {} if kind.targets[0] is None or kind.type == "milestone" else {"target_value_min": "8.00"}
    sides.acme.clock.forward(days=1)
    answer = sides.acting("ben").revise(made, name="Renamed", current_value="8.00", confidence="0.80", **target)
    assert answer.status == 200
    after = sides.metric(made)
    assert differing(before, after) <= FOLLOWING
    assert {name: after[name] for name in asked if name != "target"} == {
        name: value for name, value in asked.items() if name != "target"
    }
    assert (after["name"], after["actual"], after["modifiedById"]) == ("Renamed", 8, sides.acme.ben.id)


@pytest.mark.parametrize("kind", COARSE.values(), ids=COARSE)
def test_what_gtmhub_adds_to_a_key_result_made_here_is_kept(sides: Sides, owners: list[str], kind: Kind) -> None:
    made = sides.new_key_result(**kind.key_result)
    sides.patch(made, ownerIds=owners, **FURNISHED | kind.metric)
    before = sides.metric(made)
    assert sides.revise(made, name="Renamed").status == 200
    after = sides.metric(made)
    assert differing(before, after) == {"name", "modifiedAt"}


def test_a_partial_body_resets_only_what_this_api_has(sides: Sides, owners: list[str]) -> None:
    made = sides.new_metric(target=80, actual=30, confidence=0.5, ownerIds=owners, **FURNISHED)
    before = sides.metric(made)
    body = {"name": "Made", "type": "positive", "target_value_min": "80.00"}
    answer = sides.simpleokr.post(f"keyresults/{as_uuid(made)}", body)
    assert (answer.json["current_value"], answer.json["confidence"]) == ("0.00", "0.00")
    assert differing(before, sides.metric(made)) <= FOLLOWING - {"name", "target"}


def test_an_objective_keeps_all_that_its_update_cannot_show(sides: Sides) -> None:
    goal = sides.acme.growth
    sides.patch_goal(
        goal,
        tags=[{"title": "x", "y": 1}],
        customFields={"a": [1, None]},
        dateFrom="2026-07-05T00:00:00Z",
        dateTo="2026-08-05T00:00:00Z",
        shade="red",
    )
    sides.gtmhub.put(f"v1/goals/{goal}/status", {"status": "achieved", "comment": "Done", "score": 5})
    before = sides.goal(goal)
    assert sides.acting("ben").revise_objective(goal, name="Renamed", description="Anew").status == 200
    after = sides.goal(goal)
    assert differing(before, after) == {"name", "description", "modifiedAt", "modifiedById", "metrics"}
    assert (after["name"], after["description"]) == ("Renamed", "Anew")


def test_a_cycle_keeps_its_dates_and_its_state(sides: Sides) -> None:
    session = f"v1/sessions/{sides.acme.q3.id}"
    sides.gtmhub.patch(session, {"status": "locked", "color": "#123456", "shade": "red"})
    before = sides.gtmhub.get(session).json
    cycle = f"cycles/{as_uuid(sides.acme.q3.id)}"
    assert sides.simpleokr.post(cycle, sides.simpleokr.get(cycle).json).status == 200
    assert sides.gtmhub.get(session).json == before
    assert sides.simpleokr.post(cycle, {"name": "Renamed"}).json["name"] == "Renamed"
    after = sides.gtmhub.get(session).json
    assert differing(before, after) <= {"title", "modifiedAt", "modifiedById", "modifiedBy"}
    assert after["title"] == "Renamed"


def test_flags_of_an_objective_survive_gtmhub(sides: Sides) -> None:
    goal = sides.acme.growth
    assert sides.revise_objective(goal, is_company=True, is_personal=True).status == 200
    sides.patch_goal(goal, name="Renamed")
    assert sides.gtmhub.put(f"v1/goals/{goal}", {"name": "Put"}).status == 200
    shown = sides.objective(goal)
    assert (shown["name"], shown["is_company"], shown["is_personal"]) == ("Put", True, True)
