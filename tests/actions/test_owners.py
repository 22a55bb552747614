"""Owners by kind: the first user and the first team of a list give way to others, and all others keep their places."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acme import Acme
from milepost.actions import teams
from milepost.actions.owners import OwnerKind, placed
from milepost.actions.teams import TeamChange
from milepost.domain.errors import Invalid

USER, TEAM = OwnerKind.USER, OwnerKind.TEAM
UNKNOWN = ("0123456789abcdef01234567", "16682617-f25d-4df2-9f51-3c38298996b8")


@pytest.fixture
def ids(acme: Acme) -> dict[str, str]:
    """People, teams, the account, and somebody of whom only an import knows, by a word each."""
    anna = acme.context(acme.anna)
    made = {name: teams.add(anna, TeamChange(name=name)).id for name in ("sales", "design", "support")}
    people = {"anna": acme.anna.id, "ben": acme.ben.id, "vera": acme.vera.id}
    return {**people, **made, "acme": acme.account.id, "unknown": UNKNOWN[0], "stranger": UNKNOWN[1], "": ""}


PLACED = [
    ("", USER, "anna", "anna"),
    ("", TEAM, "sales", "sales"),
    ("", USER, "", ""),
    ("anna", USER, "anna", "anna"),
    ("anna", USER, "ben", "ben"),
    ("anna ben", USER, "vera", "vera ben"),
    ("anna ben vera", USER, "vera", "vera ben"),
    ("anna ben vera", USER, "ben", "ben vera"),
    ("sales anna design", USER, "ben", "sales ben design"),
    ("anna sales ben design", TEAM, "support", "anna support ben design"),
    ("anna sales ben design", TEAM, "design", "anna design ben"),
    ("sales design", USER, "anna", "anna sales design"),
    ("anna ben", TEAM, "sales", "anna ben sales"),
    ("unknown anna stranger", USER, "ben", "unknown ben stranger"),
    ("unknown stranger", USER, "ben", "ben unknown stranger"),
    ("unknown stranger", TEAM, "sales", "unknown stranger sales"),
    ("acme anna", TEAM, "sales", "acme anna sales"),
    ("sales anna unknown ben acme design", USER, "", "sales unknown acme design"),
    ("sales anna unknown ben acme design", TEAM, "", "anna unknown ben acme"),
    ("unknown acme", USER, "", "unknown acme"),
]


@pytest.mark.parametrize(("standing", "kind", "owner", "after"), PLACED)
def test_where_an_owner_goes(
    acme: Acme, ids: dict[str, str], standing: str, kind: OwnerKind, owner: str, after: str
) -> None:
    found = placed(acme.context(acme.anna), tuple(ids[name] for name in standing.split()), kind, ids[owner])
    assert found == tuple(ids[name] for name in after.split())


@pytest.mark.parametrize(
    ("kind", "owner"),
    [(USER, "sales"), (USER, "acme"), (USER, "unknown"), (TEAM, "anna"), (TEAM, "acme"), (TEAM, "stranger")],
)
def test_an_owner_that_is_not_of_the_kind_is_refused(
    acme: Acme, ids: dict[str, str], kind: OwnerKind, owner: str
) -> None:
    context = acme.context(acme.anna)
    for standing in ((), (ids["anna"], ids["sales"]), (ids[owner],)):
        with pytest.raises(Invalid) as caught:
            placed(context, standing, kind, ids[owner], "team_id")
        (fault,) = caught.value.faults
        assert (fault.field, fault.message) == ("team_id", f"is the id of no {kind.value} in this account")


def test_people_of_another_account_are_unknown_here(acme: Acme) -> None:
    with pytest.raises(Invalid) as caught:
        placed(acme.context(acme.anna), (), USER, acme.rita.id)
    assert caught.value.faults[0].field == "owner_ids"


def test_every_other_owner_stays_in_his_order(acme: Acme, ids: dict[str, str]) -> None:
    users, groups = (
        [ids[name] for name in ("anna", "ben", "vera")],
        [ids[name] for name in ("sales", "design", "support")],
    )
    everybody = [*users, *groups, ids["acme"], *UNKNOWN]

    @settings(max_examples=200)
    @given(
        standing=st.lists(st.sampled_from(everybody), unique=True).map(tuple),
        kind=st.sampled_from(OwnerKind),
        index=st.none() | st.integers(0, 2),
    )
    def check(standing: tuple[str, ...], kind: OwnerKind, index: int | None) -> None:
        of_kind = users if kind is USER else groups
        owner = "" if index is None else of_kind[index]
        after = placed(acme.context(acme.anna), standing, kind, owner)
        assert len(set(after)) == len(after)
        others = [one for one in standing if one not in of_kind]
        assert [one for one in after if one not in of_kind] == others
        theirs = [one for one in standing if one in of_kind]
        expected = [] if not owner else [owner, *(one for one in theirs[1:] if one != owner)]
        assert [one for one in after if one in of_kind] == expected
        assert placed(acme.context(acme.anna), after, kind, owner) == after

    check()
