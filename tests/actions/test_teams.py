"""Teams: made, changed and removed by admins, each change on record; what a removed one owned stays, without it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from msgspec import UNSET

from acme import Acme
from milepost.actions import cycles, key_results, objectives, teams
from milepost.actions.context import Context
from milepost.actions.cycles import CycleChange
from milepost.actions.teams import TeamChange
from milepost.domain.audit import AuditRecord
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.cycle import CycleState
from milepost.domain.errors import Forbidden, Invalid, NotFound
from milepost.domain.people import Team, User
from milepost.domain.query import Query
from milepost.store import audit
from milepost.store import objectives as stored_objectives
from milepost.store import teams as stored


@pytest.fixture
def anna(acme: Acme) -> Context:
    return acme.context(acme.anna)


@pytest.fixture
def sales(anna: Context) -> Team:
    return teams.add(anna, TeamChange(name="Sales", extra={"shade": "red"}))


def _trail(acme: Acme, after: int = 0) -> list[AuditRecord]:
    return audit.read(acme.database, acme.account.id, after)


def test_a_new_team_is_dated_named_and_on_record(acme: Acme, anna: Context) -> None:
    start = len(_trail(acme))
    now = acme.clock.now
    team = teams.add(anna, TeamChange(name="Sales", extra={"shade": "red"}))
    assert teams.get(anna, team.id) == team
    assert (team.name, team.extra, team.member_ids, team.parent_id) == ("Sales", {"shade": "red"}, (), "")
    assert now < team.created_at == team.modified_at <= acme.clock.now
    (record,) = _trail(acme, start)
    assert (record.action, record.kind, record.record_id, record.actor_id) == (
        "team.added",
        "Team",
        team.id,
        acme.anna.id,
    )
    assert (record.before, record.after["name"]) == (None, "Sales")


def test_a_team_may_be_nameless(anna: Context) -> None:
    assert teams.add(anna, TeamChange()).name == ""


@pytest.mark.parametrize("name", ["x" * 4_001, "a\0b", "\ud800"])
def test_a_name_that_cannot_be_kept_is_refused(acme: Acme, anna: Context, sales: Team, name: str) -> None:
    before = _trail(acme)
    for call in (lambda change: teams.add(anna, change), lambda change: teams.revise(anna, sales.id, change)):
        with pytest.raises(Invalid) as caught:
            call(TeamChange(name=name))
        assert [fault.field for fault in caught.value.faults] == ["name"]
    assert teams.list_(anna, Query()).items == [sales]
    assert _trail(acme) == before


def test_a_change_leaves_the_rest_and_is_on_record(acme: Acme, anna: Context, sales: Team) -> None:
    start = len(_trail(acme))
    acme.clock.forward(days=1)
    after = teams.revise(anna, sales.id, TeamChange(name="Support"))
    assert after == teams.get(anna, sales.id)
    assert after == msgspec.structs.replace(sales, name="Support", modified_at=after.modified_at)
    assert after.modified_at > sales.modified_at
    (record,) = _trail(acme, start)
    assert (record.action, record.before["name"], record.after["name"]) == ("team.revised", "Sales", "Support")


def test_a_change_of_the_name_alone_leaves_all_else(acme: Acme, anna: Context, sales: Team) -> None:
    """As the dialect does that knows nothing but the name."""
    whole = TeamChange(
        name="Whole",
        description="They sell",
        avatar="a.png",
        color="red",
        parent_id=sales.id,
        manager_id=acme.anna.id,
        member_ids=(acme.ben.id, acme.vera.id, acme.ben.id),
    )
    team = teams.add(anna, whole)
    assert team.member_ids == (acme.ben.id, acme.vera.id)
    after = teams.revise(anna, team.id, TeamChange(name="Other"))
    assert after == msgspec.structs.replace(team, name="Other", modified_at=after.modified_at)


def test_every_reference_that_the_account_does_not_hold_is_named(acme: Acme, anna: Context, sales: Team) -> None:
    theirs = teams.add(acme.context(acme.rita), TeamChange(name="Theirs"))
    before = _trail(acme)
    wrong = TeamChange(manager_id=acme.rita.id, member_ids=(acme.ben.id, acme.rita.id))
    for call in (lambda change: teams.add(anna, change), lambda change: teams.revise(anna, sales.id, change)):
        with pytest.raises(Invalid) as caught:
            call(wrong)
        assert [fault.field for fault in caught.value.faults] == ["manager_id", "member_ids"]
        for parent in (theirs.id, acme.growth, acme.ben.id):
            with pytest.raises(Invalid) as caught:
                call(TeamChange(parent_id=parent))
            assert [fault.field for fault in caught.value.faults] == ["parent_id"]
    assert _trail(acme) == before


def test_unknown_fields_are_merged(anna: Context, sales: Team) -> None:
    assert teams.revise(anna, sales.id, TeamChange(extra={"size": 3})).extra == {"shade": "red", "size": 3}
    assert teams.revise(anna, sales.id, TeamChange(extra={"shade": UNSET})).extra == {"size": 3}


def test_a_change_that_changes_nothing_leaves_no_trace(acme: Acme, anna: Context, sales: Team) -> None:
    before = _trail(acme)
    for change in (TeamChange(), TeamChange(name="Sales"), TeamChange(extra={"shade": "red"})):
        assert teams.revise(anna, sales.id, change) == sales
    assert _trail(acme) == before


def test_what_a_removed_team_owned_stays_without_it(acme: Acme, anna: Context, sales: Team) -> None:
    design = teams.add(anna, TeamChange(name="Design"))
    owners = (sales.id, acme.anna.id, design.id)
    objectives.revise(anna, acme.growth, ObjectiveChange(owner_ids=owners))
    key_results.revise(anna, acme.revenue, KeyResultChange(owner_ids=owners, current=5.0))
    alone = objectives.add(anna, acme.q3.id, ObjectiveChange(name="Alone", owner_ids=(sales.id,))).objective
    untouched = objectives.add(anna, acme.q3.id, ObjectiveChange(name="Other", owner_ids=(design.id,))).objective
    before = objectives.find(anna, acme.growth), key_results.find(anna, acme.revenue)
    start = len(_trail(acme))

    teams.remove(acme.context(acme.anna), sales.id)

    after = objectives.find(anna, acme.growth), key_results.find(anna, acme.revenue)
    for was, is_ in zip(before, after, strict=True):
        assert is_.owner_ids == (acme.anna.id, design.id)
        assert is_.modified_at > was.modified_at
        assert is_ == msgspec.structs.replace(was, owner_ids=is_.owner_ids, modified_at=is_.modified_at)
    assert objectives.find(anna, alone.id).owner_ids == ()
    assert objectives.find(anna, untouched.id) == untouched
    assert stored_objectives.owners.owned(acme.database, acme.account.id, sales.id) == []
    assert set(stored_objectives.owners.owned(acme.database, acme.account.id, design.id)) == {acme.growth, untouched.id}
    records = _trail(acme, start)
    assert sorted((record.action, record.record_id) for record in records) == sorted(
        [
            ("objective.revised", acme.growth),
            ("objective.revised", alone.id),
            ("key_result.revised", acme.revenue),
            ("team.removed", sales.id),
        ]
    )
    assert records[-1].action == "team.removed"
    assert (records[-1].before["name"], records[-1].after) == ("Sales", None)
    revised = next(record for record in records if record.record_id == acme.growth)
    assert (revised.before["owner_ids"], revised.after["owner_ids"]) == (list(owners), [acme.anna.id, design.id])


def test_teams_beneath_a_removed_one_stay_beneath_none(acme: Acme, anna: Context, sales: Team) -> None:
    child, grandchild = (teams.add(anna, TeamChange(name=name)) for name in ("Child", "Grandchild"))
    stored.records.update(acme.database, msgspec.structs.replace(child, parent_id=sales.id))
    stored.records.update(acme.database, msgspec.structs.replace(grandchild, parent_id=child.id))
    start = len(_trail(acme))
    teams.remove(anna, sales.id)
    assert teams.get(anna, child.id).parent_id == ""
    assert teams.get(anna, grandchild.id).parent_id == child.id
    assert [(record.action, record.record_id) for record in _trail(acme, start)] == [
        ("team.revised", child.id),
        ("team.removed", sales.id),
    ]


@pytest.mark.parametrize("state", [CycleState.LOCKED, CycleState.CLOSED])
def test_a_team_is_removed_from_what_stands_in_cycles_that_are_not_open(
    acme: Acme, anna: Context, sales: Team, state: CycleState
) -> None:
    objectives.revise(anna, acme.growth, ObjectiveChange(owner_ids=(sales.id,)))
    cycles.revise(anna, acme.q3.id, CycleChange(state=state))
    teams.remove(anna, sales.id)
    assert objectives.find(anna, acme.growth).owner_ids == ()


def test_a_removed_team_is_gone(acme: Acme, anna: Context, sales: Team) -> None:
    teams.remove(anna, sales.id)
    assert teams.list_(anna, Query()).items == []
    calls: list[Callable[[], object]] = [
        lambda: teams.get(anna, sales.id),
        lambda: teams.revise(anna, sales.id, TeamChange(name="x")),
        lambda: teams.remove(anna, sales.id),
    ]
    before = _trail(acme)
    for call in calls:
        with pytest.raises(NotFound):
            call()
    assert _trail(acme) == before


@pytest.mark.parametrize("name", ["ben", "vera"])
def test_only_admins_change_teams_and_everybody_reads_them(acme: Acme, sales: Team, name: str) -> None:
    person: User = getattr(acme, name)
    context, before = acme.context(person), _trail(acme)
    assert teams.get(context, sales.id) == sales
    assert teams.list_(context, Query()).items == [sales]
    calls: list[Callable[[], object]] = [
        lambda: teams.add(context, TeamChange(name="x")),
        lambda: teams.revise(context, sales.id, TeamChange(name="x")),
        lambda: teams.remove(context, sales.id),
    ]
    for call in calls:
        with pytest.raises(Forbidden):
            call()
    assert _trail(acme) == before


def test_teams_of_another_account_are_unknown(acme: Acme, sales: Team) -> None:
    context = acme.context(acme.rita)
    assert teams.list_(context, Query()).items == []
    for call in (teams.get, teams.remove):
        with pytest.raises(NotFound):
            call(context, sales.id)
    assert teams.get(acme.context(acme.anna), sales.id) == sales
