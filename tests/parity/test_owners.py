"""An objective has one assignee and one team on one side, any number of owners in their order on the other."""

from __future__ import annotations

import json

import pytest

from milepost.domain.ids import as_uuid, from_uuid
from sides import Sides, differing


@pytest.fixture
def ids(sides: Sides) -> dict[str, str]:
    """Acme's people, three teams, and the account itself, by a word each."""
    teams = {
        name: from_uuid(sides.simpleokr.post("teams", {"name": name}).json["id"])
        for name in ("sales", "design", "support")
    }
    acme = sides.acme
    return {"anna": acme.anna.id, "ben": acme.ben.id, "vera": acme.vera.id, "acme": acme.account.id, **teams}


# owners that stand | what is written | owners after it
WRITES = [
    ("anna", {"assignee_id": "ben"}, "ben"),
    ("anna ben", {"assignee_id": "vera"}, "vera ben"),
    ("anna ben", {"assignee_id": "ben"}, "ben"),
    ("sales anna design ben", {"assignee_id": "vera"}, "sales vera design ben"),
    ("sales anna design ben", {"team_id": "support"}, "support anna design ben"),
    ("sales anna design ben", {"team_id": "design"}, "design anna ben"),
    ("sales anna design ben", {"assignee_id": None}, "sales design"),
    ("sales anna design ben", {"assignee_id": ""}, "sales design"),
    ("sales anna design ben", {"team_id": None}, "anna ben"),
    ("sales anna design ben", {"team_id": "", "assignee_id": ""}, ""),
    ("sales anna design ben", {"team_id": "support", "assignee_id": "vera"}, "support vera design ben"),
    ("acme anna sales", {"assignee_id": "ben", "team_id": None}, "acme ben"),
    ("acme", {"assignee_id": None, "team_id": None}, "acme"),
    ("acme sales", {"assignee_id": "ben"}, "ben acme sales"),
    ("anna", {"team_id": "sales"}, "anna sales"),
    ("", {"team_id": "sales", "assignee_id": "ben"}, "ben sales"),
    ("sales anna design ben", {"name": "Renamed"}, "sales anna design ben"),
]


@pytest.mark.parametrize(("standing", "written", "after"), WRITES)
def test_writing_replaces_only_the_first_of_a_kind(
    sides: Sides, ids: dict[str, str], standing: str, written: dict[str, str | None], after: str
) -> None:
    goal = sides.acme.growth
    sides.patch_goal(goal, ownerIds=[ids[name] for name in standing.split()])
    asked = {name: as_uuid(ids[value]) if value in ids else value for name, value in written.items()}
    answer = sides.revise_objective(goal, **asked)
    assert answer.status == 200
    shown = sides.goal(goal)
    assert shown["ownerIds"] == [ids[name] for name in after.split()]
    assert answer.json == sides.objective(goal)
    sent = {name: value or None for name, value in asked.items()}
    assert {name: answer.json[name] for name in sent} == sent


def test_the_first_user_and_the_first_team_are_shown(sides: Sides, ids: dict[str, str]) -> None:
    sides.patch_goal(sides.acme.growth, ownerIds=[ids[name] for name in ("acme", "design", "ben", "sales", "anna")])
    shown = sides.objective(sides.acme.growth)
    assert (shown["assignee_id"], shown["team_id"]) == (as_uuid(ids["ben"]), as_uuid(ids["design"]))


@pytest.mark.parametrize(("attribute", "others"), [("assignee_id", "sales design"), ("team_id", "anna ben")])
def test_leaving_a_reference_out_removes_all_of_its_kind(
    sides: Sides, ids: dict[str, str], attribute: str, others: str
) -> None:
    goal = sides.acme.growth
    sides.patch_goal(goal, ownerIds=[ids[name] for name in ("sales", "anna", "design", "ben")])
    body = sides.objective(goal)
    del body[attribute]
    answer = sides.simpleokr.post(f"objectives/{as_uuid(goal)}", body)
    assert (answer.status, answer.json[attribute]) == (200, None)
    assert sides.goal(goal)["ownerIds"] == [ids[name] for name in others.split()]


def test_an_objective_made_here_has_the_owners_that_it_names_and_no_others(sides: Sides, ids: dict[str, str]) -> None:
    body = {"name": "Made", "cycle_id": as_uuid(sides.acme.q3.id)}
    alone = sides.simpleokr.post("objectives", body).json
    owned = sides.simpleokr.post(
        "objectives", body | {"assignee_id": as_uuid(ids["ben"]), "team_id": as_uuid(ids["sales"])}
    ).json
    assert sides.goal(from_uuid(alone["id"]))["ownerIds"] == []
    shown = sides.goal(from_uuid(owned["id"]))
    assert [(one["id"], one["type"]) for one in shown["assignees"]] == [(ids["ben"], "user"), (ids["sales"], "team")]


@pytest.mark.parametrize("attribute", ["assignee_id", "team_id"])
@pytest.mark.parametrize("kind", ["the other kind", "unknown", "of the rival", "no id", "itself"])
def test_an_owner_of_the_wrong_kind_is_refused_by_name(
    sides: Sides, ids: dict[str, str], attribute: str, kind: str
) -> None:
    wrong = {
        "the other kind": as_uuid(ids["sales" if attribute == "assignee_id" else "ben"]),
        "unknown": "12345678-f25d-4df2-9f51-3c38298996b8",
        "of the rival": as_uuid(sides.acme.rita.id),
        "no id": "ben",
        "itself": as_uuid(ids["acme"]),
    }[kind]
    goal = sides.acme.growth
    before = sides.goal(goal)
    answer = sides.revise_objective(goal, **{attribute: wrong, "name": "Renamed"})
    assert (answer.status, list(answer.json["details"])) == (400, [attribute])
    assert sides.goal(goal) == before


def test_deleting_a_team_takes_it_from_objectives_and_key_results(sides: Sides, ids: dict[str, str]) -> None:
    acme, owners = sides.acme, [ids[name] for name in ("sales", "anna", "design")]
    sides.patch_goal(acme.growth, ownerIds=owners)
    sides.patch(acme.revenue, ownerIds=owners, actual=5)
    goal, metric = sides.goal(acme.growth), sides.metric(acme.revenue)
    assert sides.simpleokr.delete(f"teams/{as_uuid(ids['sales'])}").json == {}
    following = {"ownerId", "ownerIds", "assignee", "assignees", "modifiedAt"}
    assert differing(goal, sides.goal(acme.growth)) == following | {"metrics"}
    following |= {"numberOfOwners", "goalOwnerId", "goalOwnerIds"}
    assert differing(metric, sides.metric(acme.revenue)) == following
    assert sides.goal(acme.growth)["ownerIds"] == sides.metric(acme.revenue)["ownerIds"] == [ids["anna"], ids["design"]]
    assert sides.objective(acme.growth)["team_id"] == as_uuid(ids["design"])
    assert sides.simpleokr.delete(f"teams/{as_uuid(ids['design'])}").json == {}
    assert sides.objective(acme.growth)["team_id"] is None
    assert sides.objective(acme.growth)["assignee_id"] == as_uuid(ids["anna"])
    assert {ids["sales"], ids["design"]}.isdisjoint(one["id"] for one in sides.gtmhub.get("v1/assignees").json["items"])
    of_sales = json.dumps({"ownerIds": ids["sales"]})
    assert sides.gtmhub.get("v2/goals", filter=of_sales).json["totalCount"] == 0
