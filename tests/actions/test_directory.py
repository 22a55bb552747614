"""People and teams are found as somebody names them, in their own account alone."""

from __future__ import annotations

from acme import Acme
from milepost.actions import directory, people, teams
from milepost.actions.people import UserChange
from milepost.actions.teams import TeamChange
from milepost.domain.people import Named


def test_the_first_are_those_who_are_there_by_name(acme: Acme) -> None:
    context = acme.context(acme.vera)
    boss = acme.context(acme.anna)
    people.revise(boss, acme.anna.id, UserChange(name="zoe"))
    people.add(boss, UserChange(email="old@acme.test", name="A", is_active=False))
    teams.add(boss, TeamChange(name="beta"))
    teams.add(boss, TeamChange(name="Alpha"))
    found = directory.first(context, 3, with_teams=True)
    assert [one.name for one in found] == ["Ben Bauer", "Vera Viklund", "zoe", "Alpha", "beta"]
    assert [one.is_team for one in found] == [False, False, False, True, True]
    assert [one.name for one in directory.first(context, 1, with_teams=False)] == ["Ben Bauer"]


def test_who_is_known_by_id_is_of_the_account(acme: Acme) -> None:
    context = acme.context(acme.vera)
    team = teams.add(acme.context(acme.anna), TeamChange(name="Sales")).id
    theirs = teams.add(acme.context(acme.rita), TeamChange(name="Secret team")).id
    few = [acme.ben.id, team, theirs, acme.rita.id, "x", ""]
    expected = {
        acme.ben.id: Named(acme.ben.id, "Ben Bauer", "ben@acme.test"),
        team: Named(team, "Sales", is_team=True),
    }
    assert directory.known(context, few) == expected
    assert directory.known(context, [*few, *(f"{number:024x}" for number in range(1000))]) == expected
    assert directory.known(context, []) == {}


def test_an_address_or_an_id_counts_before_a_name(acme: Acme) -> None:
    context, boss = acme.context(acme.vera), acme.context(acme.anna)
    odd = people.add(boss, UserChange(email="odd@acme.test", name="BEN@acme.test")).id
    meant, near = directory.matching(context, "Ben@ACME.test", with_teams=False)
    assert ([one.id for one in meant], near) == ([acme.ben.id], [])
    meant, _ = directory.matching(context, "ÄNNE  össi", with_teams=True)
    assert meant == []
    people.revise(boss, odd, UserChange(name="Änne Össi"))
    teams.add(boss, TeamChange(name="änne össi"))
    meant, _ = directory.matching(context, "ÄNNE  össi", with_teams=True)
    assert sorted(one.is_team for one in meant) == [False, True]
    assert [one.id for one in directory.matching(context, "ÄNNE  össi", with_teams=False)[0]] == [odd]


def test_nobody_of_another_account_is_meant_or_near(acme: Acme) -> None:
    teams.add(acme.context(acme.rita), TeamChange(name="Secret team"))
    context = acme.context(acme.anna)
    for text in ("Rita Rossi", "rita", "rita@rival.test", acme.rita.id, "Secret team", "secret"):
        assert directory.matching(context, text, with_teams=True) == ([], []), text
    meant, near = directory.matching(context, "b", with_teams=True)
    assert (meant, [one.name for one in near]) == ([], ["Anna Ahlberg", "Ben Bauer"])
    assert directory.matching(context, "", with_teams=True)[0] == []
