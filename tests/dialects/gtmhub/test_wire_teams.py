"""Teams over the wire: what refers to nobody, what an import left, what leaves no trace."""

from __future__ import annotations

import msgspec
import pytest

from acme import Acme
from gtmhub_calls import assert_problem
from milepost.actions import teams
from milepost.actions.teams import MEMBERS_LIMIT, TeamChange
from milepost.domain.people import Team
from milepost.store import audit
from milepost.store import teams as stored
from wire import InProcess

NOBODY = "61a0000000000000000000b9"


@pytest.fixture
def imported(acme: Acme) -> Team:
    """A team of people and under a parent whom nobody here knows, as an import keeps it."""
    team = teams.add(acme.context(acme.anna), TeamChange(name="Imported"))
    kept = msgspec.structs.replace(team, manager_id=NOBODY, member_ids=(NOBODY, acme.ben.id), parent_id=NOBODY)
    stored.records.update(acme.database, kept)
    return kept


def _trail(acme: Acme) -> list[tuple[str, str]]:
    return [(record.action, record.record_id) for record in audit.read(acme.database, acme.account.id)]


def test_who_was_named_before_may_stay_though_nobody_knows_him(anna: InProcess, acme: Acme, imported: Team) -> None:
    path = f"v1/teams/{imported.id}"
    shown = anna.get(path).json
    assert (shown["managerId"], shown["memberIds"], shown["parentId"]) == (NOBODY, [NOBODY, acme.ben.id], NOBODY)
    before = _trail(acme)
    for echoed in (anna.put(path, shown), anna.patch(path, shown)):
        assert (echoed.status, echoed.json) == (200, shown)
    assert _trail(acme) == before
    after = anna.patch(path, {"memberIds": [acme.vera.id, NOBODY]})
    assert after.json["memberIds"] == [acme.vera.id, NOBODY]
    assert _trail(acme) == [*before, ("team.revised", imported.id)]
    assert anna.patch(path, {"memberIds": []}).status == 200
    assert_problem(anna.patch(path, {"memberIds": [NOBODY]}), 400)


def test_a_copy_of_it_cannot_be_made_with_strangers(anna: InProcess, imported: Team) -> None:
    shown = anna.get(f"v1/teams/{imported.id}").json
    problem = assert_problem(anna.post("v1/teams", shown), 400)
    assert {fault["field"] for fault in problem["errors"]} <= {"managerId", "memberIds", "parentId"}
    copy = anna.post("v1/teams", shown | {"managerId": "", "memberIds": [], "parentId": imported.id})
    assert (copy.status, copy.json["name"]) == (201, "Imported")
    assert copy.json["id"] != imported.id


def test_another_accounts_team_is_no_parent(anna: InProcess, acme: Acme) -> None:
    theirs = teams.add(acme.context(acme.rita), TeamChange(name="Theirs"))
    problem = assert_problem(anna.post("v1/teams", {"name": "Ours", "parentId": theirs.id}), 400)
    assert [fault["field"] for fault in problem["errors"]] == ["parentId"]


def test_a_circle_of_many_is_refused_and_one_that_an_import_left_stalls_nothing(
    anna: InProcess, acme: Acme, imported: Team
) -> None:
    chain = [anna.post("v1/teams", {"name": "0"}).json["id"]]
    for depth in range(1, 5):
        chain.append(anna.post("v1/teams", {"name": str(depth), "parentId": chain[-1]}).json["id"])
    for beneath in chain:
        assert_problem(anna.patch(f"v1/teams/{chain[0]}", {"parentId": beneath}), 400)
    assert anna.patch(f"v1/teams/{chain[4]}", {"parentId": chain[0]}).status == 200
    stored.records.update(acme.database, msgspec.structs.replace(imported, parent_id=imported.id))
    assert anna.patch(f"v1/teams/{chain[0]}", {"parentId": imported.id}).status == 200


def test_limits(anna: InProcess, acme: Acme, imported: Team) -> None:
    path = f"v1/teams/{imported.id}"
    crowd = [acme.ben.id, *(f"{number:024x}" for number in range(MEMBERS_LIMIT))]
    assert "names more than 10,000 members" in assert_problem(anna.patch(path, {"memberIds": crowd}), 400)["detail"]
    for field in ("name", "avatar", "color"):
        assert_problem(anna.patch(path, {field: "x" * 4_001}), 400)
        assert_problem(anna.patch(path, {field: "a\0"}), 400)
    assert anna.patch(path, {"description": "x" * 200_000}).status == 200
    assert_problem(anna.patch(path, {"description": "x" * 200_001}), 400)
