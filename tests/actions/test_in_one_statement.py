"""What is read of a key result in one statement on a server is what is read of it in several."""

from __future__ import annotations

import pytest

from acme import Acme
from milepost.actions import key_results, teams
from milepost.actions.surroundings import History
from milepost.actions.teams import TeamChange
from milepost.domain.change import KeyResultChange
from milepost.domain.errors import NotFound

# Who owns it, and whether one statement tells of all of them.
OWNERS = {"nobody": True, "one": True, "two": False, "a team": False, "the account": False}


@pytest.mark.parametrize("owners", OWNERS)
def test_it_is_the_same(owners: str, acme: Acme) -> None:
    context = acme.context(acme.anna)
    team = teams.add(context, TeamChange(name="Sales"))
    ids = {
        "nobody": (), "one": (acme.ben.id,), "two": (acme.ben.id, acme.anna.id), "a team": (team.id,),
        "the account": (acme.account.id,),
    }  # fmt: skip
    key_results.revise(context, acme.revenue, KeyResultChange(owner_ids=ids[owners]))
    found = key_results.in_one_statement(context, acme.revenue)
    if acme.database.is_embedded or not OWNERS[owners]:
        assert found is None
    else:
        assert found == key_results.get(context, acme.revenue, History.NONE)


def test_what_is_somebody_elses_is_not_found(acme: Acme) -> None:
    context = acme.context(acme.anna)
    for unknown in (acme.rival_key_result, "0123456789abcdef01234567"):
        if acme.database.is_embedded:
            assert key_results.in_one_statement(context, unknown) is None
        else:
            with pytest.raises(NotFound):
                key_results.in_one_statement(context, unknown)
