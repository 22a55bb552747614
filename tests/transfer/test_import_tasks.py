"""tasks.json: tasks with the history of their status, whatever they belong to."""

from __future__ import annotations

from typing import Any

from milepost.store import audit
from milepost.store.engine import Database
from saved_company import ACCOUNT, GOAL, JANE, METRIC, at, content, metric, places

TASK = "61a0000000000000000000a9"
ENTRY = "61a000000000000000000{:03}"


def task(**said: Any) -> dict[str, Any]:
    made = {"dateCreated": at(3), "createdById": JANE, "modifiedById": JANE, "ownerId": JANE}
    return {
        "id": TASK, "accountId": ACCOUNT, "name": "Call", "status": "done", "parentId": METRIC, "parentType": "metric",
        **made, **said,
    }  # fmt: skip


def entry(day: int, old: str, new: str, **said: Any) -> dict[str, Any]:
    moment = {"id": ENTRY.format(day), "modifiedAt": at(day), "modifiedBy": JANE}
    return {**moment, "oldStatus": old, "newStatus": new, **said}


def test_a_task_comes_in_whole(take, client) -> None:
    told = [entry(3, "", "todo"), entry(5, "todo", "inprogress"), entry(9, "inprogress", "done")]
    more = {"priority": 2, "externalId": "J-1", "metadata": {"a": 1}, "customFields": {"x": 1}, "whatever": [1]}
    report = take(tasks=[task(snapshots=told, dueDate=at(20), description="*now*", **more)])
    assert (report.problems, report.notes, report.tally("tasks.json").taken) == ([], [], 1)
    shown = client().get(f"v1/tasks/{TASK}").json
    said = task(snapshots=told, dueDate=at(20), description="*now*", parentName="Revenue", archived=False, **more)
    assert {name: shown[name] for name in said} == said
    whole = client().get(f"v1/metrics/{METRIC}", expand="tasks").json
    assert (whole["taskCount"], [one["id"] for one in whole["tasks"]]) == (1, [TASK])


def test_a_second_import_changes_nothing(database: Database, take) -> None:
    take(tasks=[task()])
    before = content(database)
    assert take(tasks=[task(name="Other")]).tally("tasks.json").already_there == 1
    assert content(database) == before


def test_what_was_removed_here_stays_so(take, client) -> None:
    take(tasks=[task()])
    assert client().delete(f"v1/tasks/{TASK}").status == 204
    assert take(tasks=[task()]).tally("tasks.json").left_out == 1


def test_a_history_that_does_not_end_in_the_status_gets_one_entry_more(take, client) -> None:
    take(tasks=[task(snapshots=[entry(5, "", "todo")], modifiedAt=at(8)), task(id=ENTRY.format(777))])
    told = client().get(f"v1/tasks/{TASK}").json["snapshots"]
    assert [(one["oldStatus"], one["newStatus"], one["modifiedAt"]) for one in told] == [
        ("", "todo", at(5)),
        ("todo", "done", at(8)),
    ]
    bare = client().get(f"v1/tasks/{ENTRY.format(777)}").json["snapshots"]
    assert [(one["oldStatus"], one["newStatus"], one["modifiedAt"]) for one in bare] == [("", "done", at(3))]


def test_an_entry_that_cannot_be_taken_holds_up_no_other(take, client) -> None:
    wrong = [
        5,
        entry(5, "", "blocked"),
        entry(6, "", "todo", id="x"),
        entry(7, "", "done", modifiedAt=""),
        entry(8, "", "done"),
    ]
    report = take(tasks=[task(snapshots=[*wrong, entry(8, "todo", "done")])])
    assert places(report) == [
        "tasks.json[0].snapshots[0]", "tasks.json[0].snapshots[1].newStatus", "tasks.json[0].snapshots[2].id",
        "tasks.json[0].snapshots[3].modifiedAt", "tasks.json[0].snapshots[5].id",
    ]  # fmt: skip
    assert [one["id"] for one in client().get(f"v1/tasks/{TASK}").json["snapshots"]] == [ENTRY.format(8)]


def test_what_a_task_belongs_to_is_told_by_the_id(take, client) -> None:
    take(tasks=[task(parentId=GOAL, parentType="")])
    shown = client().get(f"v1/tasks/{TASK}").json
    assert (shown["parentType"], shown["parentName"]) == ("goal", "Grow")


def test_a_parent_that_comes_with_a_later_import_counts_it_then(take, client) -> None:
    later = ENTRY.format(888)
    report = take(tasks=[task(parentId=later)])
    assert [(note.index, note.field) for note in report.notes] == [(0, "parentId")]
    shown = client().get(f"v1/tasks/{TASK}").json
    assert (shown["parentId"], shown["parentType"], shown["parentName"]) == (later, "metric", "")
    assert client().patch(f"v1/tasks/{TASK}", {"name": "Ring"}).json["parentId"] == later
    take(metrics=[metric(), metric(id=later, name="Later", taskCount=9)])
    assert client().get(f"v1/metrics/{later}").json["taskCount"] == 1
    assert client().get(f"v1/tasks/{TASK}").json["parentName"] == "Later"


def test_refusals_and_unknown_owners(database: Database, take) -> None:
    report = take(tasks=[task(name=None), task(id=METRIC), task(status="blocked"), task(ownerId="0" * 24), 7])
    assert places(report) == [
        "tasks.json[0].name", "tasks.json[1].id", "tasks.json[2].id", "tasks.json[3].id", "tasks.json[4]",
    ]  # fmt: skip
    report = take(tasks=[task(id=ENTRY.format(9), status="blocked"), task(id=ENTRY.format(8), ownerId="0" * 24)])
    assert places(report) == ["tasks.json[0].status"]
    assert [one.id for one in report.unknown_owners] == ["0" * 24]
    assert [one.action for one in audit.read(database, ACCOUNT)][-1] == "task.added"
