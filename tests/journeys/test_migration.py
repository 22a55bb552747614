"""A migration: all of a rich account is read in v2 and posted into another, then both are read and compared."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from clients import Http, Site
from furnishing import furnish
from migration import Record, Script, migrate, translated

# What a copy may show otherwise, and why. Each of these does differ somewhere, else it would not stand here.
_MAKING = {
    "dateCreated": "a copy is made when it is made",
    "modifiedAt": "likewise",
    "createdById": "by whose token the script acts",
    "modifiedById": "likewise",
}
_WHEN = {name: _MAKING[name] for name in ("dateCreated", "modifiedAt")}
MAY_DIFFER = {
    "sessions": _MAKING,
    "users": _WHEN,
    "teams": _WHEN,
    "goals": _MAKING
    | {
        "closedStatus": "has calls of its own: POST /goals makes an active goal",
        "metrics": "compared one by one, below",
    },
    "metrics": _MAKING
    | {
        "confidence": "its date and author are those of the copy's first check-in; its value is compared below",
        "goalClosedStatus": "as the goal's",
        "health": "silence since the last check-in, which of a copy is its making",
        "lastCheckInDate": "history is not posted: a value that is not the start makes one check-in, now",
        "metricHistory": "likewise",
        "metricHistoryCount": "likewise",
        "trend": "the actual values in it are history; the planned line is compared below",
    },
    "tasks": {name: _MAKING[name] for name in ("dateCreated", "createdById", "modifiedById")}
    | {"snapshots": "the changes of its status: the copy has only its making"},
}


@pytest.fixture
def source(site: Site, connect: Callable[..., Http]) -> Script:
    """The demo company, furnished with what it has nothing of. Its closed session is open again: a closed one takes
    nothing (documented: 400), and the copy of a closed one would be closed, too.
    """
    script = Script(connect, site.demonstrated())
    for session in script.everything()["sessions"]:
        if session["status"] == "closed":
            assert script.send("PATCH", f"v1/sessions/{session['id']}", {"status": "open"}).status == 200
    furnish(script)
    return script


def test_what_is_posted_into_another_account_is_what_was_read(
    source: Script, site: Site, connect: Callable[..., Http]
) -> None:
    before = source.everything()
    assert all(len(records) >= 2 for records in before.values())
    assert {len(goal["metrics"]) == goal["metricsCount"] for goal in before["goals"]} == {True}
    target = Script(connect, site.founded("Successor"))
    own = {resource: {record["id"] for record in records} for resource, records in target.everything().items()}
    known = {source.account: target.account}
    migrate(before, target, known)

    found = target.everything()
    seen: dict[str, set[str]] = {}
    for resource, records in before.items():
        copies = {record["id"]: record for record in found[resource] if record["id"] not in own[resource]}
        assert len(copies) == len(records)
        for record in records:
            differing = _differing(translated(record, known), copies[known[record["id"]]])
            seen.setdefault(resource, set()).update(differing)
            assert differing <= MAY_DIFFER[resource].keys(), (resource, record["name" if "name" in record else "title"])
    assert seen == {resource: set(names) for resource, names in MAY_DIFFER.items()}, "an excuse that nothing needs"
    assert source.everything() == before, "reading and posting elsewhere changed nothing here"

    copies = {record["id"]: record for record in found["metrics"]}
    for metric in before["metrics"]:
        _assert_same_value(metric, copies[known[metric["id"]]])


def _differing(one: Record, other: Record) -> set[str]:
    """The names of fields that only one of the two has, or that are printed otherwise: 1 is not 1.0."""
    printed = [{name: json.dumps(value, sort_keys=True) for name, value in each.items()} for each in (one, other)]
    return {name for name, _ in printed[0].items() ^ printed[1].items()}


def _assert_same_value(metric: Record, copy: Record) -> None:
    """What the excused fields still have in common."""
    for name in ("value", "reason"):
        assert metric.get("confidence", {}).get(name) == copy.get("confidence", {}).get(name), metric["name"]
    assert [day["projected"] for day in metric["trend"]] == [day["projected"] for day in copy["trend"]]
    told = [entry["metricValue"] for entry in copy["metricHistory"]]
    if copy["cascadeType"]:
        assert told[-1] == copy["actual"]
    else:
        started = copy["actual"] != copy["initialValue"] or "confidence" in copy
        assert told == [copy["actual"]] * started


def test_a_closed_session_is_said_to_be_closed(site: Site, connect: Callable[..., Http]) -> None:
    """Why the account above opened its sessions first: the script finds out at the first goal."""
    source = Script(connect, site.demonstrated())
    before = source.everything()
    target = Script(connect, site.founded("Too early"))
    assert [one["status"] for one in before["sessions"]] == ["closed", "open", "open"]
    closed = target.made("sessions", before["sessions"][0])
    assert closed["status"] == "closed"
    goal = next(one for one in before["goals"] if one["sessionId"] == before["sessions"][0]["id"])
    reply = target.post("goals", goal | {"sessionId": closed["id"], "parentId": "", "ownerId": "", "ownerIds": []})
    assert reply.status == 400
    assert "closed" in reply.json["detail"]
