"""Section 7: an update replaces the whole object, attribute by attribute; and what becomes a check-in."""

from __future__ import annotations

from typing import Any

import pytest

from acme import NOON, Acme
from milepost.domain import ids
from milepost.domain.check_in import CheckIn
from milepost.store import check_ins
from wire import InProcess


@pytest.fixture
def client(ben: InProcess) -> InProcess:
    return ben.at("/v1")


@pytest.fixture
def objective(anna: InProcess, acme: Acme) -> dict[str, Any]:
    """An objective with every attribute set."""
    admin = anna.at("/v1")
    body = {
        "name": "Everything",
        "cycle_id": ids.as_uuid(acme.q3.id),
        "team_id": admin.post("teams", {"name": "T"}).json["id"],
        "assignee_id": ids.as_uuid(acme.vera.id),
        "description": "said",
        "is_personal": True,
        "is_company": True,
        "parent_objective_id": ids.as_uuid(acme.growth),
    }
    made: dict[str, Any] = admin.post("objectives", body).json
    assert {name: made[name] for name in body} == body
    return made


@pytest.fixture
def ranged(client: InProcess, acme: Acme) -> dict[str, Any]:
    """A key result with every attribute set."""
    body = {
        "name": "R",
        "type": "range",
        "confidence": "0.75",
        "current_value": "3.50",
        "target_value_min": "1.00",
        "target_value_max": "2.00",
    }
    made: dict[str, Any] = client.post(f"objectives/{ids.as_uuid(acme.growth)}/keyresults", body).json
    assert {name: made[name] for name in body} == body
    return made


def without(whole: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in whole.items() if key != name}


def history(acme: Acme, shown: dict[str, Any]) -> tuple[CheckIn, ...]:
    return check_ins.history(acme.database, acme.account.id, ids.from_uuid(shown["id"]))


LEFT_OUT = {
    "is_company": False,
    "is_personal": False,
    "description": None,
    "team_id": None,
    "assignee_id": None,
    "parent_objective_id": None,
}


@pytest.mark.parametrize("null", [False, True], ids=["left out", "null"])
@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_an_objective_becomes_without_an_attribute(
    client: InProcess, objective: dict[str, Any], name: str, null: bool
) -> None:
    sent = {**objective, name: None} if null else without(objective, name)
    reply = client.post(f"objectives/{objective['id']}", sent)
    assert reply.status == 200
    # Nothing else changes; the clock of the tests stands still within the second.
    assert reply.json == {**objective, name: LEFT_OUT[name]}
    assert client.get(f"objectives/{objective['id']}").json == reply.json


@pytest.mark.parametrize("null", [False, True], ids=["left out", "null"])
@pytest.mark.parametrize("name", ["current_value", "confidence"])
def test_what_a_key_result_becomes_without_a_number(
    client: InProcess, ranged: dict[str, Any], name: str, null: bool
) -> None:
    sent = {**ranged, name: None} if null else without(ranged, name)
    reply = client.post(f"keyresults/{ranged['id']}", sent)
    assert (reply.status, reply.json) == (200, {**ranged, name: "0.00"})
    assert client.get(f"keyresults/{ranged['id']}").json == reply.json


@pytest.mark.parametrize("null", [False, True], ids=["left out", "null"])
@pytest.mark.parametrize(
    ("path", "name"),
    [("objectives", "name"), ("objectives", "cycle_id"), ("keyresults", "name"), ("keyresults", "type"),
     ("keyresults", "target_value_min"), ("keyresults", "target_value_max")],
)  # fmt: skip
def test_what_cannot_be_left_out(
    client: InProcess, objective: dict[str, Any], ranged: dict[str, Any], path: str, name: str, null: bool
) -> None:
    whole = objective if path == "objectives" else ranged
    sent = {**whole, name: None} if null else without(whole, name)
    reply = client.post(f"{path}/{whole['id']}", sent)
    assert reply.status == 400
    assert reply.json == {"code": 400, "message": "invalid request", "details": {name: f"{name} is required"}}
    assert client.get(f"{path}/{whole['id']}").json == whole


@pytest.mark.parametrize("name", ["id", "created_at", "modified_at"])
@pytest.mark.parametrize("value", [None, "", "x", 5, {}, [], "1999-01-01T00:00:00Z"], ids=repr)
def test_what_is_read_only_is_ignored_whatever_it_is(
    client: InProcess, objective: dict[str, Any], ranged: dict[str, Any], name: str, value: Any
) -> None:
    for path, whole in (("objectives", objective), ("keyresults", ranged)):
        for sent in ({**whole, name: value}, without(whole, name)):
            assert client.post(f"{path}/{whole['id']}", sent).json == whole


@pytest.mark.parametrize(
    ("change", "entries"),
    [
        ({}, []),
        ({"current_value": "4"}, [(4.0, None)]),
        ({"confidence": "0.5"}, [(3.5, 0.5)]),
        ({"current_value": "4", "confidence": "0.5"}, [(4.0, 0.5)]),
        ({"current_value": None}, [(0.0, None)]),
        ({"confidence": None}, [(3.5, 0.0)]),
        ({"current_value": "3.500", "confidence": 0.75}, []),
        ({"name": "Other", "target_value_max": "9"}, []),
    ],
)
def test_a_change_of_value_or_confidence_is_a_check_in_by_the_caller_now(
    client: InProcess, acme: Acme, ranged: dict[str, Any], change: dict[str, Any], entries: list[Any]
) -> None:
    before = history(acme, ranged)
    acme.clock.forward(days=1)
    moment = acme.clock.now
    assert client.post(f"keyresults/{ranged['id']}", {**ranged, **change}).status == 200
    new = history(acme, ranged)[len(before) :]
    assert [(one.value, one.confidence) for one in new] == entries
    for one in new:
        assert one.author_id == acme.ben.id
        assert moment < one.effective_at <= acme.clock.now


def test_an_echo_leaves_no_trace(
    client: InProcess, acme: Acme, objective: dict[str, Any], ranged: dict[str, Any], anna: InProcess
) -> None:
    admin = anna.at("/v1")
    team, cycle = (admin.post(path, {"name": "E"}).json for path in ("teams", "cycles"))
    acme.clock.forward(days=1)
    count = "SELECT count(*) FROM audit"
    before = acme.database.connection.execute(count).fetchone()
    for path, whole in (("objectives", objective), ("keyresults", ranged), ("teams", team), ("cycles", cycle)):
        assert admin.post(f"{path}/{whole['id']}", whole).json == whole
    assert acme.database.connection.execute(count).fetchone() == before


def test_a_new_key_results_value_is_where_it_starts(client: InProcess, acme: Acme, ranged: dict[str, Any]) -> None:
    (entry,) = history(acme, ranged)
    assert (entry.value, entry.confidence, entry.author_id) == (3.5, 0.75, acme.ben.id)
    assert NOON < entry.effective_at < NOON + 1_000_000
    path = f"objectives/{ids.as_uuid(acme.growth)}/keyresults"
    quiet = client.post(path, {"name": "Q", "type": "baseline", "current_value": "5", "confidence": "0"}).json
    assert not history(acme, quiet)
    milestone = client.post(path, {"name": "M", "type": "milestone", "current_value": "1"}).json
    assert [one.value for one in history(acme, milestone)] == [1.0]


def test_every_change_is_in_the_audit_under_this_front_end(
    client: InProcess, acme: Acme, ranged: dict[str, Any]
) -> None:
    assert client.post(f"keyresults/{ranged['id']}", {**ranged, "name": "Other"}).status == 200
    assert client.delete(f"keyresults/{ranged['id']}").status == 200
    rows = acme.database.connection.execute(
        "SELECT action, actor_id, front_end FROM audit WHERE record_id = ? ORDER BY number",
        (ids.from_uuid(ranged["id"]),),
    ).fetchall()
    assert rows == [
        ("key_result.added", acme.ben.id, "simpleokr"),
        ("key_result.revised", acme.ben.id, "simpleokr"),
        ("key_result.removed", acme.ben.id, "simpleokr"),
    ]
