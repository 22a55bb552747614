"""What the demo company has nothing of: tasks, sums, and fields and teams of a kind that only some client makes."""

from __future__ import annotations

from clients import read
from migration import Record, Script

GOAL = {
    "name": "What a client made",
    "description": "with @[Ines:ines@larkspur.example:602a65efc05575000123291b]",
    "dateFrom": "2026-01-02T03:04:05.678Z",
    "dateTo": "2026-02-03T00:00:00+01:00",
    "attainmentType": "all",
    "tags": [{"title": "sum", "shade": "red"}],
    "customFields": {"levels": [1, {"deep": None}]},
    "board": {"x": 1},
}
METRIC = {
    "target": 10,
    "critical": 0.5,
    "targetOperator": "should_stay_above",
    "manualType": "currency",
    "format": {"fractionSize": 2, "prefix": "€", "suffix": "k", "locale": "de"},
    "confidence": {"value": 0.5, "reason": "half-way"},
    "dueDate": "2020-01-01T00:00:00Z",
    "softDueDate": "2019-12-31T23:59:59.999999Z",
    "fieldName": "F",
    "settings": [{"k": 1}],
    "reminderSchedule": {"active": True, "day": "monday", "email": "", "type": "weekly"},
    "customFields": {"region": "north", "nothing": {}},
}
TASK = {
    "name": "Write it down",
    "description": "at *last*",
    "status": "todo",
    "priority": 2,
    "dueDate": "2026-12-24T12:00:00Z",
    "externalId": "ABC-1",
    "metadata": {"a": [None]},
    "customFields": {"sprint": 3},
    "estimate": "2d",
}


def furnish(script: Script) -> None:
    """Put one of everything into the company that a script reads."""
    found = script.everything()
    users, above = [user["id"] for user in found["users"]], found["goals"][-1]
    sales = _made(script, "teams", {"name": "Sales", "managerId": users[5], "memberIds": [users[5]]})
    abroad = {"name": "Abroad", "description": "Who sells *elsewhere*", "color": "#00aa00", "motto": "far"}
    team = _made(script, "teams", abroad | {"parentId": sales["id"], "memberIds": [users[4], users[0]]})

    owners = {"ownerIds": [script.account, team["id"], users[2]]}
    goal = _made(script, "goals", GOAL | owners | {"sessionId": above["sessionId"], "parentId": above["id"]})
    whole = _made(script, "metrics", {"name": "Sum", "goalId": goal["id"], "target": 30, "ownerIds": [team["id"]]})
    for number in (2, 5.25, 0.1):
        part = METRIC | {"name": f"Part {number}", "actual": number, "weight": number, "origin": {"row": number}}
        places = {"goalId": above["id"], "parentMetricId": whole["id"], "ownerIds": [users[1], team["id"]]}
        _made(script, "metrics", part | places)
    _made(
        script, "metrics", {"name": "Automated", "goalId": goal["id"], "dynamic": True, "actual": 7, "target": -1e300}
    )

    nobody: Record = {"ownerId": "", "ownerIds": []}
    orphan = _made(script, "goals", {"name": "Nobody's goal", "sessionId": above["sessionId"]} | nobody)
    _made(script, "metrics", {"name": "Nobody's metric", "goalId": orphan["id"]} | nobody)

    for parent, kind in ((whole, "metric"), (goal, "goal"), (found["metrics"][0], "metric")):
        place = {"parentId": parent["id"], "parentType": kind, "ownerId": team["id"]}
        task = _made(script, "tasks", TASK | place)
        _changed(script, "tasks", task, {"status": "inprogress"})
    _made(script, "tasks", {"name": "Nobody's", "archived": True, "status": "done"})

    _changed(script, "sessions", {"id": above["sessionId"]}, {"cadenceType": "MONTHLY", "note": {"deep": [1]}})
    _changed(script, "users", found["users"][3], {"picture": "https://example.org/p.png", "name": "Dr. P."})


def _made(script: Script, resource: str, value: Record) -> Record:
    """What was made, which shows everything as it was sent; else there would be nothing to migrate."""
    return _assert_shown(script.made(resource, value), value)


def _changed(script: Script, resource: str, record: Record, part: Record) -> None:
    reply = script.send("PATCH", f"v1/{resource}/{record['id']}", part)
    _assert_shown(read(reply, Record), part)


def _assert_shown(shown: Record, sent: Record) -> Record:
    """Times are shown in UTC, and a confidence with who and when."""
    told = sent | ({"dateTo": "2026-02-02T23:00:00Z"} if "dateTo" in sent else {})
    if "confidence" in sent:
        told["confidence"] = shown["confidence"] | sent["confidence"]
    assert {name: shown[name] for name in sent} == told
    return shown
