"""Tasks over the wire: what counts them, what holds them, and what takes them away."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acme import Acme
from milepost.actions import tasks, teams
from milepost.actions.teams import TeamChange
from milepost.domain.query import Query
from milepost.domain.task import TaskChange, TaskStatus
from milepost.store import audit
from milepost.store import tasks as stored
from wire import InProcess


def task(client: InProcess, parent: str = "", **said: Any) -> Any:
    made = client.post("v1/tasks", {"name": "Do it", "parentId": parent, **said})
    assert made.status == 201, made.body
    return made.json


def metric(client: InProcess, goal: str, **said: Any) -> str:
    return str(client.post("v1/metrics", {"name": "x", "goalId": goal, **said}).json["id"])


def count(client: InProcess, metric_id: str) -> int:
    return int(client.get(f"v1/metrics/{metric_id}").json["taskCount"])


def actions(acme: Acme, task_id: str) -> list[str]:
    return [one.action for one in audit.read(acme.database, acme.account.id) if one.record_id == task_id]


def test_every_change_leaves_its_record(acme: Acme, anna: InProcess) -> None:
    one = task(anna, acme.revenue)["id"]
    anna.patch(f"v1/tasks/{one}", {"status": "done"})
    anna.patch(f"v1/tasks/{one}", {"status": "done"})
    anna.delete(f"v1/tasks/{one}")
    assert actions(acme, one) == ["task.added", "task.revised", "task.removed"]
    last = audit.read(acme.database, acme.account.id)[-1]
    assert (last.before["task"]["status"], [entry["after"] for entry in last.before["changes"]]) == (
        "done",
        ["todo", "done"],
    )


@pytest.mark.parametrize("gone", ["metric", "goal", "session"])
def test_a_deletion_takes_the_tasks_along(acme: Acme, anna: InProcess, gone: str) -> None:
    of_metric, of_goal = task(anna, acme.revenue)["id"], task(anna, acme.growth)["id"]
    of_nothing = task(anna)["id"]
    path = {"metric": f"metrics/{acme.revenue}", "goal": f"goals/{acme.growth}", "session": f"sessions/{acme.q3.id}"}
    assert anna.delete(f"v1/{path[gone]}").status == 204
    left = {one["id"] for one in anna.get("v1/tasks").json["items"]}
    assert left == {of_nothing} | ({of_goal} if gone == "metric" else set())
    assert actions(acme, of_metric)[-1] == "task.removed"
    assert actions(acme, of_goal)[-1] == ("task.added" if gone == "metric" else "task.removed")
    kept = acme.database.connection.execute("SELECT DISTINCT task_id FROM task_changes").fetchall()
    assert {row[0] for row in kept} == left


def test_a_goal_takes_along_the_tasks_of_its_metrics_but_not_of_the_goals_beneath(acme: Acme, anna: InProcess) -> None:
    beneath = anna.post("v1/goals", {"name": "x", "sessionId": acme.q3.id, "parentId": acme.growth}).json["id"]
    stays, goes = task(anna, beneath)["id"], task(anna, acme.revenue)["id"]
    anna.delete(f"v1/goals/{acme.growth}")
    assert anna.get(f"v1/tasks/{stays}").status == 200
    assert anna.get(f"v1/tasks/{goes}").status == 404


@settings(max_examples=15)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["add", "move", "remove", "rename"]), st.integers(0, 9), st.integers(0, 3)),
        max_size=15,
    )
)
def test_metrics_count_their_tasks_whatever_becomes_of_them(
    acme: Acme, anna: InProcess, steps: list[tuple[str, int, int]]
) -> None:
    parents = [acme.revenue, metric(anna, acme.growth), acme.growth, ""]
    standing = {one["id"]: one["parentId"] for one in anna.get("v1/tasks", limit=1000).json["items"]}
    for step, which, where in steps:
        chosen = sorted(standing)[which % len(standing)] if standing else ""
        if step == "add" or not chosen:
            made = task(anna, parents[where])
            standing[made["id"]] = made["parentId"]
        elif step == "move":
            standing[chosen] = anna.patch(f"v1/tasks/{chosen}", {"parentId": parents[where]}).json["parentId"]
        elif step == "remove":
            assert anna.delete(f"v1/tasks/{chosen}").status == 204
            del standing[chosen]
        else:
            anna.patch(f"v1/tasks/{chosen}", {"name": "y"})
            anna.patch(f"v1/metrics/{acme.revenue}", {"name": f"z{which}"})
            anna.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": which})
        for parent in parents[:2]:
            expected = sum(under == parent for under in standing.values())
            assert count(anna, parent) == expected
            found = anna.get("v2/metrics", filter=f'{{id:"{parent}",taskCount:{expected}}}', fields="taskCount").json
            assert found["items"] == [{"id": parent, "taskCount": expected}]
            shown = anna.get(f"v1/metrics/{parent}", expand="tasks").json["tasks"]
            assert {one["id"] for one in shown} == {one for one, under in standing.items() if under == parent}


def test_metrics_sort_by_their_tasks(acme: Acme, anna: InProcess) -> None:
    more = metric(anna, acme.growth)
    for parent in (more, more, acme.revenue):
        task(anna, parent)
    for sort, expected in (("taskCount", [acme.revenue, more]), ("-taskCount", [more, acme.revenue])):
        assert [one["id"] for one in anna.get("v2/metrics", sort=sort).json["items"]] == expected


def test_a_metric_that_is_sent_back_whole_keeps_its_tasks(acme: Acme, anna: InProcess) -> None:
    one = task(anna, acme.revenue)["id"]
    whole = anna.get(f"v1/metrics/{acme.revenue}", expand="tasks").json
    for answer in (
        anna.put(f"v1/metrics/{acme.revenue}", whole | {"taskCount": 7, "tasks": []}),
        anna.patch(f"v1/metrics/{acme.revenue}", {"taskCount": 9, "tasks": None}),
    ):
        assert (answer.status, answer.json["taskCount"]) == (200, 1)
    copied = anna.post("v1/metrics", whole).json
    assert (copied["taskCount"], "tasks" in copied) == (0, False)
    assert anna.get(f"v1/tasks/{one}").json["parentId"] == acme.revenue


def test_a_task_that_is_sent_back_whole_is_the_same(acme: Acme, anna: InProcess, ben: InProcess) -> None:
    said = {
        "status": "inprogress",
        "priority": 1.5,
        "dueDate": "2026-09-01T00:00:00Z",
        "color": "red",
        "archived": True,
    }
    whole = task(ben, acme.revenue, customFields={"a": 1}, metadata=[1], taskType="call", **said)
    put = anna.put(f"v1/tasks/{whole['id']}", whole)
    assert (put.status, put.json) == (200, whole)
    assert actions(acme, whole["id"]) == ["task.added"]
    copied = anna.post("v1/tasks", whole).json
    own = {"id", "dateCreated", "createdById", "modifiedById", "snapshots"}
    assert {name: value for name, value in copied.items() if name not in own} == {
        name: value for name, value in whole.items() if name not in own
    }


@pytest.mark.parametrize("parent", ["metric", "goal"])
@pytest.mark.parametrize(("state", "status"), [("locked", 200), ("closed", 400)])
def test_sessions_hold_tasks_only_when_they_are_closed(
    acme: Acme, anna: InProcess, state: str, status: int, parent: str
) -> None:
    under = {"metric": acme.revenue, "goal": acme.growth}[parent]
    one, free = task(anna, under)["id"], task(anna)["id"]
    anna.patch(f"v1/sessions/{acme.q3.id}", {"status": state})
    answers = [
        anna.post("v1/tasks", {"name": "x", "parentId": under}),
        anna.patch(f"v1/tasks/{one}", {"status": "done"}),
        anna.put(f"v1/tasks/{one}", {"name": "y", "parentId": under}),
        anna.patch(f"v1/tasks/{free}", {"parentId": under}),
        anna.patch(f"v1/tasks/{one}", {"parentId": ""}),
        anna.delete(f"v1/tasks/{one}"),
    ]
    assert [answer.status for answer in answers] == ([201, 200, 200, 200, 200, 204] if status == 200 else [400] * 6)
    if status == 400:
        assert {fault["field"] for answer in answers for fault in answer.json["errors"]} == {"parentId"}
        assert anna.get(f"v1/tasks/{one}").json["status"] == "todo"
    assert anna.patch(f"v1/tasks/{free}", {"status": "done"}).json["status"] == "done"


def test_under_an_abandoned_goal_tasks_stay_as_they_are(acme: Acme, anna: InProcess) -> None:
    one = task(anna, acme.revenue)["id"]
    anna.put(f"v1/goals/{acme.growth}/status", {"status": "abandoned"})
    for parent in (acme.growth, acme.revenue):
        assert anna.post("v1/tasks", {"name": "x", "parentId": parent}).status == 400
    assert anna.patch(f"v1/tasks/{one}", {"status": "done"}).status == 400
    assert anna.delete(f"v1/tasks/{one}").status == 400


def test_a_member_changes_any_and_deletes_what_he_owns_or_created(acme: Acme, anna: InProcess, ben: InProcess) -> None:
    hers, his = task(anna)["id"], task(anna, ownerId=acme.ben.id)["id"]
    assert ben.patch(f"v1/tasks/{hers}", {"status": "done"}).status == 200
    assert ben.delete(f"v1/tasks/{hers}").status == 403
    assert ben.delete(f"v1/tasks/{his}").status == 204


def test_a_team_leaves_its_tasks_behind(acme: Acme, anna: InProcess) -> None:
    team = teams.add(acme.context(acme.anna), TeamChange(name="Sales")).id
    one = task(anna, ownerId=team)
    assert (one["assignee"]["type"], one["assignee"]["name"]) == ("team", "Sales")
    teams.remove(acme.context(acme.anna), team)
    left = anna.get(f"v1/tasks/{one['id']}").json
    assert (left["ownerId"], left["assignee"]["id"]) == ("", "")
    assert actions(acme, one["id"]) == ["task.added", "task.revised"]


def test_a_list_shows_the_newest_changes_and_an_item_all(acme: Acme, anna: InProcess) -> None:
    context = acme.context(acme.anna)
    one = tasks.add(context, TaskChange(name="Back and forth")).task
    steps = [list(TaskStatus)[number % 2] for number in range(1, stored.CHANGES_IN_LISTS + 21)]
    for status in steps:
        tasks.revise(context, one.id, TaskChange(status=status))
    whole = anna.get(f"v1/tasks/{one.id}").json["snapshots"]
    assert len(whole) == len(steps) + 1
    assert [entry["oldStatus"] for entry in whole[1:]] == [entry["newStatus"] for entry in whole[:-1]]
    assert anna.get("v1/tasks").json["items"][0]["snapshots"] == whole[-stored.CHANGES_IN_LISTS :]


def test_a_list_costs_the_same_however_long_it_is(acme: Acme, anna: InProcess) -> None:
    context, costs = acme.context(acme.anna), {}
    for length in (1, 10, 100):
        while anna.get("v1/tasks", limit=0).json["totalCount"] < length:
            parent = [acme.revenue, acme.growth, ""][length % 3]
            tasks.add(context, TaskChange(name="x", parent_id=parent, owner_id=acme.ben.id))
        said: list[str] = []
        acme.database.connection.set_trace_callback(said.append)
        found = tasks.list_(context, Query(limit=1000))
        acme.database.connection.set_trace_callback(None)
        assert len(found.items) == length
        costs[length] = len(said)
    assert costs[100] <= costs[10] <= costs[1] + 2, costs
    assert costs[100] < 12


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"priority": "high"}, "priority"), ({"priority": 1e999}, ""), ({"archived": "yes"}, "archived"),
        ({"externalId": 7}, "externalId"), ({"taskType": []}, "taskType"), ({"customFields": [1]}, "customFields"),
        ({"name": "x" * 4001}, "name"), ({"description": "a\0b"}, "description"), ({"parentId": 5}, "parentId"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken(anna: InProcess, said: dict[str, Any], field: str) -> None:
    refused = anna.post("v1/tasks", {"name": "x", **said})
    assert refused.status == 400
    assert [fault["field"] for fault in refused.json.get("errors", [])] == ([field] if field else [])
    assert anna.get("v1/tasks").json["totalCount"] == 0


def test_the_id_of_another_parent_tells_what_it_is(anna: InProcess, acme: Acme) -> None:
    """A client sends back what it had read, but for the parent."""
    task = anna.post("v1/tasks", {"name": "Do", "parentId": acme.revenue}).json
    moved = anna.patch(f"v1/tasks/{task['id']}", task | {"parentId": acme.growth})
    assert (moved.status, moved.json["parentType"], moved.json["parentName"]) == (200, "goal", "Grow the business")


def test_nobodys_task_stays_nobodys(anna: InProcess, acme: Acme) -> None:
    assert anna.post("v1/tasks", {"name": "Do", "ownerId": ""}).json["ownerId"] == ""
    assert anna.post("v1/tasks", {"name": "Do"}).json["ownerId"] == acme.anna.id
