"""Lists show nothing of another account, whatever they are asked for; nor does what an import left of strangers."""

from __future__ import annotations

import msgspec
import pytest

from acme import Acme
from calls import Call, Records, calls_of
from engines import held
from milepost.domain import ids
from milepost.store import key_results, objectives
from simpleokr_calls import SIMPLEOKR
from wire import InProcess

LISTS = [
    call for call in calls_of(SIMPLEOKR) if call.method == "GET" and call.route.handler.__name__.startswith("list_")
]


def marks(acme: Acme, theirs: Records) -> list[str]:
    """What would give the rival away in an answer."""
    shown = [acme.rival.name, "Secret", "Beat Acme", "Their revenue", "Their team", "Rossi"]
    return [*msgspec.structs.astuple(theirs), *shown]


@pytest.mark.parametrize("call", LISTS, ids=str)
def test_lists_show_nothing_of_another_account(acme: Acme, anna: InProcess, call: Call) -> None:
    ours, theirs = SIMPLEOKR.ours(acme), SIMPLEOKR.theirs(acme)
    before = held(acme.database, acme.rival.id)
    reply = call.send(anna, ours)
    name = call.route.path.rpartition("/")[2]
    assert reply.status == 200
    assert len(reply.json[name]) > 0
    assert not [mark for mark in marks(acme, theirs) if mark in reply.body.decode()]
    for parameter in ("account_id", "accountId", "id", "filter", "team_id", "assignee_id"):
        narrowed = anna.request("GET", f"{call.address(ours)}{'&' if '?' in call.address(ours) else '?'}{parameter}=x")
        assert narrowed.body == reply.body
    assert held(acme.database, acme.rival.id) == before


@pytest.mark.parametrize("path", ["objectives", "keyresults"])
def test_another_accounts_cycle_is_an_unknown_one(acme: Acme, anna: InProcess, path: str) -> None:
    client = anna.at("/v1")
    for cycle in (ids.as_uuid(acme.rival_cycle), SIMPLEOKR.nobodys.cycle, "' OR 1=1 --", "%", "*"):
        assert client.get(path, cycle_id=cycle).json == {"next_page_token": None, path: []}


def test_a_strangers_id_on_our_own_record_shows_nothing_of_him(acme: Acme, anna: InProcess) -> None:
    """An import keeps owners and parents that nobody knows; here they happen to be known to another account."""
    database, theirs = acme.database, SIMPLEOKR.theirs(acme)
    goal = objectives.records.find(database, acme.account.id, acme.growth)
    measure = key_results.records.find(database, acme.account.id, acme.revenue)
    assert goal is not None
    assert measure is not None
    strangers = (acme.rita.id, ids.from_uuid(theirs.team))
    objectives.update_one(database, msgspec.structs.replace(goal, owner_ids=strangers, parent_id=acme.rival_objective))
    key_results.update_one(database, msgspec.structs.replace(measure, owner_ids=strangers))
    client = anna.at("/v1")
    shown = client.get(f"objectives/{ids.as_uuid(acme.growth)}").json
    # Who is not known here is neither a user nor a team; the parent's id is all that is said of it.
    assert (shown["assignee_id"], shown["team_id"]) == (None, None)
    assert shown["parent_objective_id"] == theirs.objective
    assert client.post(f"objectives/{shown['id']}", shown).json == shown
    assert client.get(f"objectives/{theirs.objective}").status == 404
