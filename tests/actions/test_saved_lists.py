"""Saved lists: every change leaves its record, one that changes nothing leaves none, and who may remove one."""

from __future__ import annotations

import pytest

from acme import Acme
from milepost.actions import saved_lists, teams
from milepost.actions.teams import TeamChange
from milepost.domain.errors import Forbidden, Invalid, NotFound
from milepost.domain.query import Query
from milepost.domain.saved_list import Column, Dynamic, Join, Rule, SavedListChange, Selection
from milepost.store import audit

SHOWN = SavedListChange(
    name="Ours",
    columns=(Column("name", "text", 120, {"pinned": True}),),
    selection=Selection((Rule("ownerId", "in", [1, None], dynamic=(Dynamic("me", ("x",)),)),), Join.ANY, {"shade": 1}),
    extra={"sort": "name"},
)


def trail(acme: Acme, list_id: str) -> list[str]:
    return [one.action for one in audit.read(acme.database, acme.account.id) if one.record_id == list_id]


def test_a_list_is_given_back_as_it_was_made(acme: Acme) -> None:
    ben = acme.context(acme.ben)
    made = saved_lists.add(ben, SHOWN)
    assert saved_lists.get(ben, made.id) == made
    assert (made.columns, made.selection, made.extra) == (SHOWN.columns, SHOWN.selection, SHOWN.extra)
    assert (made.created_by, made.modified_by) == (acme.ben.id, acme.ben.id)
    assert saved_lists.list_(acme.context(acme.vera), Query()).items == [made]
    assert saved_lists.list_(acme.context(acme.rita), Query()).items == []


def test_every_change_leaves_its_record(acme: Acme) -> None:
    ben, anna = acme.context(acme.ben), acme.context(acme.anna)
    made = saved_lists.add(ben, SHOWN)
    after = saved_lists.revise(anna, made.id, SavedListChange(name="Theirs"))
    assert saved_lists.revise(anna, made.id, SavedListChange(name="Theirs", columns=SHOWN.columns)) == after
    assert (after.modified_by, after.columns) == (acme.anna.id, SHOWN.columns)
    saved_lists.remove(ben, made.id)
    assert trail(acme, made.id) == ["saved_list.added", "saved_list.revised", "saved_list.removed"]
    assert audit.read(acme.database, acme.account.id)[-1].before["name"] == "Theirs"
    assert made.id in audit.removed(acme.database, acme.account.id)
    with pytest.raises(NotFound):
        saved_lists.get(ben, made.id)


def test_members_remove_what_they_own_or_made(acme: Acme) -> None:
    ben, anna, vera = map(acme.context, (acme.ben, acme.anna, acme.vera))
    hers = saved_lists.add(anna, SHOWN)
    given = saved_lists.add(anna, SavedListChange(name="Given", owner_id=acme.ben.id))
    with pytest.raises(Forbidden):
        saved_lists.remove(ben, hers.id)
    saved_lists.remove(ben, given.id)
    for change in (
        lambda: saved_lists.add(vera, SHOWN),
        lambda: saved_lists.revise(vera, hers.id, SHOWN),
        lambda: saved_lists.remove(vera, hers.id),
    ):
        with pytest.raises(Forbidden):
            change()


def test_an_owner_whom_the_account_does_not_hold(acme: Acme) -> None:
    with pytest.raises(Invalid, match="owner_ids"):
        saved_lists.add(acme.context(acme.ben), SavedListChange(name="x", owner_id=acme.rita.id))


def test_a_team_that_goes_away_leaves_its_lists(acme: Acme) -> None:
    anna = acme.context(acme.anna)
    team = teams.add(anna, TeamChange(name="Sales", member_ids=(acme.ben.id,)))
    one = saved_lists.add(anna, SavedListChange(name="x", owner_id=team.id))
    assert [found.id for found in teams.of_actor(acme.context(acme.ben))] == [team.id]
    assert teams.of_actor(anna) == []
    teams.remove(anna, team.id)
    assert saved_lists.get(anna, one.id).owner_id == ""
    assert trail(acme, one.id) == ["saved_list.added", "saved_list.revised"]
