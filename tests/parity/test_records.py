"""Users, teams, cycles and objectives: made, changed and deleted on one side, seen from the other. Cascades too."""

from __future__ import annotations

from typing import Any

from milepost.domain.ids import as_uuid, from_uuid
from sides import Sides

NO_DATE = "0001-01-01T00:00:00Z"


def listed(sides: Sides, path: str, name: str, **query: Any) -> dict[str, dict[str, Any]]:
    """What a list of the SimpleOKR side holds, by id as the store has it."""
    answer = sides.simpleokr.get(path, **query).json
    assert answer["next_page_token"] is None
    return {from_uuid(one["id"]): one for one in answer[name]}


def test_users_of_gtmhub_are_read_here(sides: Sides) -> None:
    person = {"email": "Zoe@acme.test", "firstName": "Zoë", "lastName": "Zorn"}
    made = sides.gtmhub.post("v1/users", person).json["id"]
    shown = sides.simpleokr.get(f"users/{as_uuid(made)}").json
    assert shown == {
        "id": as_uuid(made),
        "name": "Zoë Zorn",
        "email": "Zoe@acme.test",
        "is_active": True,
        "created_at": "2026-08-17T12:00:00Z",
    }
    assert sides.gtmhub.patch(f"v1/users/{made}", {"lastName": "Zander"}).status == 200
    assert sides.gtmhub.delete(f"v1/users/{made}").status == 204
    assert listed(sides, "users", "users")[made] == shown | {"name": "Zoë Zander", "is_active": False}
    there = {one["id"] for one in sides.gtmhub.get("v2/users").json["items"]}
    assert listed(sides, "users", "users").keys() == there


def test_teams_made_here_are_assignees_there(sides: Sides) -> None:
    made = sides.simpleokr.post("teams", {"name": "Sales"}).json
    team = from_uuid(made["id"])
    assert made == {"id": as_uuid(team), "name": "Sales", "created_at": "2026-08-17T12:00:00Z"}
    assert sides.simpleokr.post(f"teams/{made['id']}", {"name": "Support"}).json == made | {"name": "Support"}
    sides.patch_goal(sides.acme.growth, ownerIds=[team])
    (owner,) = sides.goal(sides.acme.growth)["assignees"]
    assert (owner["id"], owner["name"], owner["type"]) == (team, "Support", "team")
    assert owner in sides.gtmhub.get("v1/assignees").json["items"]


def test_a_cycle_made_here_has_no_dates_anywhere(sides: Sides) -> None:
    made = sides.simpleokr.post("cycles", {"name": "Q4"}).json
    cycle = from_uuid(made["id"])
    session = sides.gtmhub.get(f"v1/sessions/{cycle}").json
    assert (session["title"], session["status"]) == ("Q4", "open")
    assert (session["start"], session["end"]) == (NO_DATE, NO_DATE)
    objective = sides.simpleokr.post("objectives", {"name": "Aim", "cycle_id": made["id"]}).json
    goal = sides.goal(from_uuid(objective["id"]))
    assert (goal["sessionId"], goal["dateFrom"], goal["dateTo"]) == (cycle, NO_DATE, NO_DATE)
    metric = sides.new_metric(goalId=goal["id"], actual=5)
    assert (sides.metric(metric)["trend"], sides.metric(metric)["progressStatus"]) == ([], "good")


def test_a_session_made_there_is_a_cycle_here(sides: Sides) -> None:
    made = sides.gtmhub.post("v1/sessions", {"title": "Q4", "start": "2026-10-01T00:00:00Z"}).json["id"]
    assert listed(sides, "cycles", "cycles")[made]["name"] == "Q4"
    assert sides.gtmhub.patch(f"v1/sessions/{made}", {"title": "Q5"}).status == 200
    shown = sides.simpleokr.get(f"cycles/{as_uuid(made)}").json
    assert shown == {"id": as_uuid(made), "name": "Q5", "created_at": "2026-08-17T12:00:00Z"}
    assert sides.gtmhub.delete(f"v1/sessions/{made}").status == 204
    assert sides.simpleokr.get(f"cycles/{as_uuid(made)}").status == 404


def test_an_objective_made_here_is_a_goal_there(sides: Sides) -> None:
    acme = sides.acme
    body = {
        "name": "Made",
        "description": "in **short**",
        "cycle_id": as_uuid(acme.q3.id),
        "parent_objective_id": as_uuid(acme.growth),
        "assignee_id": as_uuid(acme.ben.id),
        "is_company": True,
    }
    made = sides.simpleokr.post("objectives", body).json
    goal = sides.goal(from_uuid(made["id"]))
    assert (goal["name"], goal["description"], goal["sessionId"]) == ("Made", "in **short**", acme.q3.id)
    assert (goal["parentId"], goal["ownerIds"], goal["createdById"]) == (acme.growth, [acme.ben.id], acme.anna.id)
    assert (goal["metrics"], goal["metricsCount"], goal["closedStatus"]["status"]) == ([], 0, "active")
    assert made == sides.objective(goal["id"])


def test_a_goal_made_there_is_an_objective_here(sides: Sides) -> None:
    acme = sides.acme
    body = {"name": "Made", "sessionId": acme.q3.id, "parentId": acme.growth, "ownerIds": [acme.ben.id, acme.anna.id]}
    made = sides.gtmhub.post("v1/goals", body).json["id"]
    assert listed(sides, "objectives", "objectives", cycle_id=as_uuid(acme.q3.id))[made] == {
        "id": as_uuid(made),
        "name": "Made",
        "created_at": "2026-08-17T12:00:00Z",
        "modified_at": "2026-08-17T12:00:00Z",
        "team_id": None,
        "assignee_id": as_uuid(acme.ben.id),
        "description": None,
        "is_personal": False,
        "is_company": False,
        "parent_objective_id": as_uuid(acme.growth),
        "cycle_id": as_uuid(acme.q3.id),
    }


def test_a_changed_objective_is_a_changed_goal_and_the_other_way_round(sides: Sides) -> None:
    growth = sides.acme.growth
    sides.acme.clock.forward(seconds=75)
    assert sides.revise_objective(growth, name="Renamed", description="Anew").status == 200
    goal = sides.goal(growth)
    assert (goal["name"], goal["description"], goal["modifiedById"]) == ("Renamed", "Anew", sides.acme.anna.id)
    assert goal["modifiedAt"].startswith("2026-08-17T12:01:15.")
    before = sides.objective(growth)
    sides.acme.clock.forward(seconds=15)
    sides.patch_goal(growth, name="Again", description="")
    changes = {"name": "Again", "description": None, "modified_at": "2026-08-17T12:01:30Z"}
    assert sides.objective(growth) == before | changes


def test_a_move_to_another_cycle_takes_the_key_results_along(sides: Sides) -> None:
    growth, revenue = sides.acme.growth, sides.acme.revenue
    cycle = sides.simpleokr.post("cycles", {"name": "Q4"}).json["id"]
    assert sides.revise_objective(growth, cycle_id=cycle).status == 200
    assert sides.goal(growth)["sessionId"] == sides.metric(revenue)["sessionId"] == from_uuid(cycle)
    assert listed(sides, "keyresults", "keyresults", cycle_id=cycle).keys() == {revenue}
    assert listed(sides, "keyresults", "keyresults", cycle_id=as_uuid(sides.acme.q3.id)) == {}


def test_a_key_result_moved_there_stands_under_another_objective_here(sides: Sides) -> None:
    goal = sides.gtmhub.post("v1/goals", {"name": "Other", "sessionId": sides.acme.q3.id}).json["id"]
    sides.patch(sides.acme.revenue, goalId=goal)
    assert sides.key_result(sides.acme.revenue)["objective_id"] == as_uuid(goal)
    assert listed(sides, f"objectives/{as_uuid(goal)}/keyresults", "keyresults").keys() == {sides.acme.revenue}
    assert listed(sides, f"objectives/{as_uuid(sides.acme.growth)}/keyresults", "keyresults") == {}
    refused = sides.revise(sides.acme.revenue, objective_id=as_uuid(sides.acme.growth))
    assert (refused.status, list(refused.json["details"])) == (400, ["objective_id"])


def test_a_deleted_cycle_takes_everything_in_it_along_on_both_sides(sides: Sides) -> None:
    acme = sides.acme
    entry = sides.gtmhub.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 5}).json["id"]
    session = sides.gtmhub.post("v1/sessions", {"title": "Q4"}).json["id"]
    child = sides.gtmhub.post("v1/goals", {"name": "Child", "sessionId": session, "parentId": acme.growth}).json["id"]
    assert sides.simpleokr.delete(f"cycles/{as_uuid(acme.q3.id)}").json == {}
    for path in (
        f"sessions/{acme.q3.id}",
        f"goals/{acme.growth}",
        f"metrics/{acme.revenue}",
        f"metrics/checkin/{entry}",
    ):
        assert sides.gtmhub.get(f"v1/{path}").status == 404
    assert sides.goal(child)["parentId"] == ""
    assert sides.objective(child)["parent_objective_id"] is None
    assert listed(sides, "objectives", "objectives", cycle_id=as_uuid(acme.q3.id)) == {}


def test_a_deleted_goal_takes_its_key_results_along_and_leaves_its_children(sides: Sides) -> None:
    acme = sides.acme
    body = {"name": "Child", "cycle_id": as_uuid(acme.q3.id), "parent_objective_id": as_uuid(acme.growth)}
    child = sides.simpleokr.post("objectives", body).json
    assert sides.gtmhub.delete(f"v1/goals/{acme.growth}").status == 204
    assert sides.simpleokr.get(f"objectives/{as_uuid(acme.growth)}").status == 404
    assert sides.simpleokr.get(f"keyresults/{as_uuid(acme.revenue)}").status == 404
    assert sides.objective(from_uuid(child["id"])) == child | {"parent_objective_id": None}


def test_a_deleted_objective_takes_its_metrics_along_and_leaves_its_children(sides: Sides) -> None:
    acme = sides.acme
    made = {"name": "Child", "sessionId": acme.q3.id, "parentId": acme.growth}
    child = sides.gtmhub.post("v1/goals", made).json["id"]
    assert sides.simpleokr.delete(f"objectives/{as_uuid(acme.growth)}").json == {}
    assert sides.gtmhub.get(f"v1/goals/{acme.growth}").status == 404
    assert sides.gtmhub.get(f"v1/metrics/{acme.revenue}").status == 404
    assert sides.goal(child)["parentId"] == ""
    assert sides.simpleokr.delete(f"objectives/{as_uuid(acme.growth)}").status == 404


def test_nobody_is_his_own_ancestor_whichever_side_made_the_links(sides: Sides) -> None:
    growth = sides.acme.growth
    child = sides.gtmhub.post("v1/goals", {"name": "c", "sessionId": sides.acme.q3.id, "parentId": growth}).json["id"]
    for objective, parent in ((growth, child), (growth, growth)):
        answer = sides.revise_objective(objective, parent_objective_id=as_uuid(parent))
        assert (answer.status, list(answer.json["details"])) == (400, ["parent_objective_id"])
    assert sides.goal(growth)["parentId"] == ""
