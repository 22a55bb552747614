"""Section 6: the documented example, and the attributes of each object in the order of the documentation."""

from __future__ import annotations

import json

import msgspec
import pytest

from acme import NOON, Acme
from milepost.domain import history, ids, instants, key_result, objective
from milepost.domain.check_in import CheckIn
from milepost.domain.key_result import KeyResult, Kind
from milepost.store import check_ins, key_results, objectives
from wire import InProcess

EXAMPLE = {
    "id": "16682617-f25d-4df2-9f51-3c38298996b8",
    "name": "$40K in revenue from subscription sales",
    "created_at": "2018-02-20T12:32:56Z",
    "modified_at": "2018-02-20T12:32:56Z",
    "objective_id": "12345678-f25d-4df2-9f51-3c38298996b8",
    "type": "positive",
    "confidence": "0.50",
    "current_value": "10000.00",
    "target_value_min": "40000.00",
    "target_value_max": None,
}
ORDER = {
    "users": ["id", "name", "email", "is_active", "created_at"],
    "teams": ["id", "name", "created_at"],
    "cycles": ["id", "name", "created_at"],
    "objectives": [
        "id", "name", "created_at", "modified_at", "team_id", "assignee_id", "description", "is_personal", "is_company",
        "parent_objective_id", "cycle_id",
    ],
    "keyresults": [
        "id", "name", "created_at", "modified_at", "objective_id", "confidence", "type", "current_value",
        "target_value_min", "target_value_max",
    ],
}  # fmt: skip


@pytest.fixture
def example(acme: Acme) -> KeyResult:
    """The example's key result, with its own ids and dates, as an import leaves it."""
    at = instants.parse("2018-02-20T12:32:56.789Z", "at")  # whole seconds are shown, not rounded
    parent = objective.blank(acme.account.id, EXAMPLE["objective_id"], acme.q3.id, at=at, by="")
    blank = key_result.blank(acme.account.id, EXAMPLE["id"], parent.id, acme.q3.id, position=0, at=at, by=acme.anna.id)
    made = msgspec.structs.replace(
        blank,
        name=EXAMPLE["name"],
        kind=Kind.INCREASE,
        target=40_000.0,
    )
    entry = CheckIn(acme.account.id, ids.new(at), made.id, 10_000.0, 0.5, "", acme.anna.id, at, at)
    made = history.explained(made, [entry])
    with acme.database.transaction():
        objectives.insert(acme.database, parent)
        key_results.insert(acme.database, made)
        check_ins.records.insert(acme.database, entry)
    return made


def test_the_example_value_by_value(anna: InProcess, acme: Acme, example: KeyResult) -> None:
    client = anna.at("/v1")
    one = client.get(f"keyresults/{EXAMPLE['id']}")
    assert one.json == EXAMPLE
    for value in map(json.dumps, EXAMPLE.values()):
        assert value.encode() in one.body
    listed = client.get(f"objectives/{EXAMPLE['objective_id']}/keyresults")
    assert listed.json == {"next_page_token": None, "keyresults": [EXAMPLE]}
    assert EXAMPLE in client.get("keyresults", cycle_id=ids.as_uuid(acme.q3.id)).json["keyresults"]
    # An id is one whatever its case; it is shown in lower case.
    assert client.get(f"keyresults/{EXAMPLE['id']}".upper().replace("KEYRESULTS", "keyresults")).json == EXAMPLE


def test_an_echo_of_the_example_leaves_it_as_it_is(anna: InProcess, acme: Acme, example: KeyResult) -> None:
    acme.clock.forward(days=1)
    reply = anna.at("/v1").post(f"keyresults/{EXAMPLE['id']}", EXAMPLE)
    assert (reply.status, reply.json) == (200, EXAMPLE)
    assert key_results.records.find(acme.database, acme.account.id, EXAMPLE["id"]) == example


def test_the_attributes_of_every_object_in_their_order(anna: InProcess, acme: Acme) -> None:
    client = anna.at("/v1")
    cycle = ids.as_uuid(acme.q3.id)
    assert client.post("teams", {"name": "A"}).status == 200
    for name, attributes in ORDER.items():
        (first, *_) = client.get(name, cycle_id=cycle).json[name]
        assert list(first) == attributes
        assert list(client.get(f"{name}/{first['id']}").json) == attributes
    made = client.post("objectives", {"name": "B", "cycle_id": cycle}).json
    assert list(made) == ORDER["objectives"]
    assert list(client.post(f"objectives/{made['id']}", made).json) == ORDER["objectives"]
    measure = client.post(f"objectives/{made['id']}/keyresults", {"name": "C", "type": "baseline"}).json
    assert list(measure) == ORDER["keyresults"]
    assert list(client.post(f"keyresults/{measure['id']}", measure).json) == ORDER["keyresults"]


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (NOON, "2026-08-17T12:00:00Z"),
        (NOON + 999_999, "2026-08-17T12:00:00Z"),
        (instants.BEGINNING, "0001-01-01T00:00:00Z"),
        (instants.END, "9999-12-31T23:59:59Z"),
        (-1, "1969-12-31T23:59:59Z"),
    ],
)
def test_moments_are_whole_seconds_in_utc(anna: InProcess, acme: Acme, instant: int, shown: str) -> None:
    made = objective.blank(acme.account.id, EXAMPLE["objective_id"], acme.q3.id, at=instant, by="")
    objectives.insert(acme.database, made)
    one = anna.at("/v1").get(f"objectives/{EXAMPLE['objective_id']}").json
    assert (one["created_at"], one["modified_at"]) == (shown, shown)
