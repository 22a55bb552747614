"""What one statement reads of a key result is what several read of it: on a server all of it, on an embedded database
the record itself, whose surroundings are cached.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from acme import Acme
from milepost.actions import cycles, key_results, objectives, people, teams
from milepost.actions.context import Context
from milepost.actions.cycles import CycleChange
from milepost.actions.people import UserChange
from milepost.actions.surroundings import History
from milepost.actions.teams import TeamChange
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.errors import NotFound

# Who owns it, and whether one statement of a server tells of all of them.
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
    whole = key_results.get(context, acme.revenue, History.NONE)
    if acme.database.is_embedded:
        assert found is None  # nobody has read it since it was changed
        assert key_results.in_one_statement(context, acme.revenue) == whole
    else:
        assert found == (whole if OWNERS[owners] else None)


RENAMED: dict[str, Callable[[Context, Acme], object]] = {
    "the objective": lambda context, acme: objectives.revise(context, acme.growth, ObjectiveChange(name="New")),
    "the cycle": lambda context, acme: cycles.revise(context, acme.q3.id, CycleChange(name="New")),
    "the owner": lambda context, acme: people.revise(context, acme.anna.id, UserChange(name="New")),
    "the key result": lambda context, acme: key_results.revise(context, acme.revenue, KeyResultChange(name="New")),
}


@pytest.mark.sqlite("a server caches no surroundings")
@pytest.mark.parametrize("renamed", RENAMED)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_is_cached_is_never_older_than_the_database(renamed: str, elsewhere: bool, acme: Acme) -> None:
    context = acme.context(acme.anna)
    before = key_results.get(context, acme.revenue, History.NONE)
    assert key_results.in_one_statement(context, acme.revenue) == before
    if elsewhere:
        with ThreadPoolExecutor(1) as another:  # which has a connection of its own
            another.submit(RENAMED[renamed], context, acme).result()
    else:
        RENAMED[renamed](context, acme)
    found = key_results.in_one_statement(context, acme.revenue)
    assert found is None
    after = key_results.get(context, acme.revenue, History.NONE)
    assert after != before
    assert key_results.in_one_statement(context, acme.revenue) == after


@pytest.mark.sqlite("a server caches no surroundings")
@pytest.mark.parametrize("renamed", RENAMED)
def test_a_transaction_sees_what_it_has_changed(renamed: str, acme: Acme) -> None:
    context = acme.context(acme.anna)
    with context.database.transaction():
        before = key_results.get(context, acme.revenue, History.NONE)
        assert key_results.in_one_statement(context, acme.revenue) == before
        RENAMED[renamed](context, acme)
        found = key_results.in_one_statement(context, acme.revenue)
        after = key_results.get(context, acme.revenue, History.NONE)
        assert found in (None, after)
        assert after != before


def test_what_is_somebody_elses_is_not_found(acme: Acme) -> None:
    context = acme.context(acme.anna)
    for unknown in (acme.rival_key_result, "0123456789abcdef01234567"):
        with pytest.raises(NotFound):
            key_results.in_one_statement(context, unknown)
