"""What forbids a write forbids it on both sides: closed and locked cycles, abandoned objectives, roles."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from milepost.domain.ids import as_uuid
from sides import Sides, differing
from wire import Reply


class Plan(msgspec.Struct, frozen=True):
    """Acme's quarter, and somebody who writes into it through SimpleOKR."""

    sides: Sides
    key_result: str
    objective: str

    def post(self, path: str, **body: object) -> Reply:
        return self.sides.simpleokr.post(path, body)

    @property
    def shown(self) -> tuple[object, ...]:
        """All that Gtmhub shows of it."""
        return self.sides.metric(self.key_result), self.sides.goal(self.objective)


@pytest.fixture
def plan(sides: Sides) -> Plan:
    sides.patch(sides.acme.revenue, actual=10, confidence=0.5)
    return Plan(sides, sides.acme.revenue, sides.acme.growth)


def _new_objective(plan: Plan) -> Reply:
    return plan.post("objectives", name="x", cycle_id=as_uuid(plan.sides.acme.q3.id))


def _new_key_result(plan: Plan) -> Reply:
    return plan.post(f"objectives/{as_uuid(plan.objective)}/keyresults", name="x", type="baseline")


Call = Callable[[Plan], Reply]
# On a key result: what is progress, and what is structure.
PROGRESS: dict[str, Call] = {
    "a value": lambda plan: plan.sides.revise(plan.key_result, current_value="11.00"),
    "a confidence": lambda plan: plan.sides.revise(plan.key_result, confidence="0.60"),
    "a name": lambda plan: plan.sides.revise(plan.key_result, name="x"),
}
STRUCTURE: dict[str, Call] = {
    "a target": lambda plan: plan.sides.revise(plan.key_result, target_value_min="99.00"),
    "a type": lambda plan: plan.sides.revise(plan.key_result, type="negative"),
    "a new key result": _new_key_result,
    "a deleted key result": lambda plan: plan.sides.simpleokr.delete(f"keyresults/{as_uuid(plan.key_result)}"),
}
# On an objective.
WORDS: dict[str, Call] = {
    "a name of an objective": lambda plan: plan.sides.revise_objective(plan.objective, name="x"),
    "a description": lambda plan: plan.sides.revise_objective(plan.objective, description="x"),
    "an assignee": lambda plan: plan.sides.revise_objective(
        plan.objective, assignee_id=as_uuid(plan.sides.acme.ben.id)
    ),
}
PLACE: dict[str, Call] = {
    "a new objective": _new_objective,
    "a deleted objective": lambda plan: plan.sides.simpleokr.delete(f"objectives/{as_uuid(plan.objective)}"),
}
ALL = PROGRESS | STRUCTURE | WORDS | PLACE


def _set(plan: Plan, state: str) -> None:
    session = f"v1/sessions/{plan.sides.acme.q3.id}"
    assert plan.sides.gtmhub.patch(session, {"status": state}).status == 200


@pytest.mark.parametrize("call", ALL)
def test_an_open_cycle_lets_everything_through(plan: Plan, call: str) -> None:
    assert ALL[call](plan).status == 200


@pytest.mark.parametrize("call", ALL)
def test_a_closed_cycle_lets_nothing_through(plan: Plan, call: str) -> None:
    _set(plan, "closed")
    before = plan.shown
    answer = ALL[call](plan)
    assert (answer.status, answer.json["code"], list(answer.json["details"])) == (400, 400, ["cycle_id"])
    assert plan.shown == before


@pytest.mark.parametrize("call", PROGRESS | WORDS)
def test_a_locked_cycle_lets_progress_through(plan: Plan, call: str) -> None:
    _set(plan, "locked")
    before = plan.shown
    assert ALL[call](plan).status == 200
    assert plan.shown != before


@pytest.mark.parametrize("call", STRUCTURE | PLACE)
def test_a_locked_cycle_lets_no_structure_change(plan: Plan, call: str) -> None:
    _set(plan, "locked")
    before = plan.shown
    assert ALL[call](plan).status == 400
    assert plan.shown == before


def test_a_locked_cycle_takes_echoes(plan: Plan) -> None:
    _set(plan, "locked")
    before = plan.shown
    assert plan.sides.revise(plan.key_result).status == 200
    assert plan.sides.revise_objective(plan.objective).status == 200
    assert plan.shown == before


@pytest.mark.parametrize("call", PROGRESS | STRUCTURE)
def test_an_abandoned_objectives_key_results_stay_as_they_are(plan: Plan, call: str) -> None:
    status = f"v1/goals/{plan.objective}/status"
    assert plan.sides.gtmhub.put(status, {"status": "abandoned"}).status == 204
    before = plan.shown
    answer = ALL[call](plan)
    assert (answer.status, list(answer.json["details"])) == (400, ["objective_id"])
    assert plan.shown == before


def test_the_key_results_of_an_achieved_objective_still_change(plan: Plan) -> None:
    plan.sides.gtmhub.put(f"v1/goals/{plan.objective}/status", {"status": "achieved"})
    assert PROGRESS["a value"](plan).status == 200
    assert plan.sides.metric(plan.key_result)["actual"] == 11


@pytest.mark.parametrize("call", ALL)
def test_a_viewer_changes_nothing(plan: Plan, call: str) -> None:
    before = plan.shown
    vera = msgspec.structs.replace(plan, sides=plan.sides.acting("vera"))
    answer = ALL[call](vera)
    assert (answer.status, answer.json["code"]) == (403, 403)
    assert plan.shown == before


def test_a_member_deletes_only_what_he_owns_or_made_on_either_side(sides: Sides) -> None:
    ben = sides.acting("ben")
    for path in (f"keyresults/{as_uuid(sides.acme.revenue)}", f"objectives/{as_uuid(sides.acme.growth)}"):
        assert ben.simpleokr.delete(path).status == 403
    here, there, owned = ben.new_key_result(), ben.new_metric(), sides.new_metric(ownerIds=[sides.acme.ben.id])
    assert ben.gtmhub.delete(f"v1/metrics/{here}").status == 204
    for made in (there, owned):
        assert ben.simpleokr.delete(f"keyresults/{as_uuid(made)}").status == 200
    assert sides.goal(sides.acme.growth)["metricsCount"] == 1


@pytest.mark.parametrize("name", ["ben", "vera"])
@pytest.mark.parametrize("path", ["teams", "cycles"])
def test_teams_and_cycles_are_the_admins(sides: Sides, name: str, path: str) -> None:
    made = sides.simpleokr.post(path, {"name": "Made"}).json
    other = sides.acting(name).simpleokr
    calls = [
        other.post(path, {}),
        other.post(f"{path}/{made['id']}", {"name": "x"}),
        other.delete(f"{path}/{made['id']}"),
    ]
    assert [answer.status for answer in calls] == [403, 403, 403]
    assert sides.simpleokr.get(f"{path}/{made['id']}").json == other.get(f"{path}/{made['id']}").json == made


def test_a_closed_cycle_keeps_its_name(plan: Plan) -> None:
    _set(plan, "closed")
    cycle = f"cycles/{as_uuid(plan.sides.acme.q3.id)}"
    session = plan.sides.gtmhub.get(f"v1/sessions/{plan.sides.acme.q3.id}").json
    assert plan.post(cycle, name="x").status == 400
    assert plan.post(cycle, name=session["title"]).status == 200
    assert differing(session, plan.sides.gtmhub.get(f"v1/sessions/{plan.sides.acme.q3.id}").json) == set()


def test_nothing_moves_into_or_out_of_a_cycle_that_is_not_open(plan: Plan) -> None:
    other = plan.post("cycles", name="Q4").json["id"]
    _set(plan, "locked")
    assert plan.sides.revise_objective(plan.objective, cycle_id=other).status == 400
    made = plan.post("objectives", name="x", cycle_id=other).json
    assert plan.post(f"objectives/{made['id']}", **made | {"cycle_id": as_uuid(plan.sides.acme.q3.id)}).status == 400
