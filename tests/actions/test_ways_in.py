"""Tokens and keys as people look after them themselves, and the trail part by part, on every engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from acme import Acme
from milepost.actions import keys, naming, signing_in, tokens, trail, ways_in
from milepost.domain.errors import Forbidden, Invalid, NotFound
from milepost.domain.instants import BEGINNING, DAY, END
from milepost.domain.key import signature
from milepost.domain.scope import Scope
from milepost.store.key_sources import KeyFile
from milepost.store.vault import Vault


def names(acme: Acme, who: str, *, everybodys: bool = False) -> list[str]:
    found = ways_in.held(acme.context(getattr(acme, who)), everybodys=everybodys)
    assert {one.user_id for one in found.tokens} == found.people.keys()
    return [one.name for one in found.tokens]


def test_what_opens_something_is_held_by_whom_it_is_for(acme: Acme) -> None:
    ben = acme.context(acme.ben)
    signing_in.link(ben, "ben@acme.test")
    ways_in.add_token(ben, "short", acme.clock() + DAY, {Scope.READ})
    assert names(acme, "ben") == ["short", "ben"]
    assert names(acme, "anna", everybodys=True) == ["short", "vera", "ben", "anna"]
    acme.clock.forward(days=1)
    assert names(acme, "ben") == ["ben"]
    ways_in.revoke_token(ben, ways_in.held(ben).tokens[0].id)
    assert names(acme, "ben") == []
    assert names(acme, "anna", everybodys=True) == ["vera", "anna"]
    assert names(acme, "rita", everybodys=True) == ["rita"]


def test_everybodys_take_an_admin(acme: Acme) -> None:
    ben = acme.context(acme.ben)
    with pytest.raises(Forbidden):
        ways_in.held(ben, everybodys=True)
    with pytest.raises(Forbidden):
        ways_in.link(ben, acme.ben.id)
    with pytest.raises(Forbidden):
        naming.names(ben, [acme.anna.id])
    with pytest.raises(Forbidden):
        trail.part(ben, record="", actor="", since=BEGINNING, until=END, below=0, limit=1)
    hers = ways_in.held(acme.context(acme.anna)).tokens[0]
    with pytest.raises(NotFound):
        ways_in.revoke_token(ben, hers.id)


@pytest.mark.parametrize(("who", "beyond"), [("ben", Scope.ADMIN), ("vera", Scope.WRITE), ("vera", Scope.CHECK_IN)])
def test_a_token_does_not_wait_for_a_better_role(acme: Acme, who: str, beyond: Scope) -> None:
    context = acme.context(getattr(acme, who))
    before = tokens.everyone(context)
    with pytest.raises(Invalid, match="may do less than"):
        ways_in.add_token(context, "more", scopes={Scope.READ, beyond})
    assert tokens.everyone(context) == before


def test_ids_are_named_within_their_account(acme: Acme) -> None:
    anna, token = acme.context(acme.anna), ways_in.held(acme.context(acme.anna)).tokens[0]
    asked = (acme.ben.id, acme.growth, acme.revenue, acme.q3.id, token.id, acme.rita.id, acme.rival_objective, "", "x")
    assert naming.names(anna, asked) == {
        acme.ben.id: "Ben Bauer",
        acme.growth: "Grow the business",
        acme.revenue: "Monthly revenue",
        acme.q3.id: "Q3 2026",
        token.id: "anna",
    }


def test_the_trail_is_read_part_by_part(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = acme.context(acme.anna)

    def parts(record: str = "", actor: str = "") -> list[int]:
        found, below = [], 0
        while True:
            part = trail.part(anna, record=record, actor=actor, since=BEGINNING, until=END, below=below, limit=3)
            assert len(part.links) <= 3
            found += [one.number for one in part.links]
            if not (below := part.further):
                return found

    whole = parts()
    assert whole == list(range(len(whole), 0, -1))
    ours, hers = parts(record=acme.growth), parts(actor=acme.anna.id)
    assert len(ours) == 1
    assert len(hers) > 1
    monkeypatch.setattr(trail, "_LOOKED_AT", 2)
    assert (parts(), parts(record=acme.growth), parts(actor=acme.anna.id)) == (whole, ours, hers)
    assert parts(record=acme.rival_objective) == []


def test_a_key_is_made_whatever_its_transaction_has_done_before(acme: Acme, tmp_path: Path) -> None:
    """What a browser asks for shares a commit with other changes of its account, and must lock no other account."""
    ben, vault = acme.context(acme.ben), Vault(KeyFile(tmp_path / "server.key"))
    with acme.database.transaction():
        ways_in.add_token(ben, "first")
        made, secret = ways_in.add_key(ben, vault, "second", {Scope.READ})
    assert ways_in.held(ben).keys == (made,)
    actor = keys.authenticate(acme.database, vault, made.credential, b"x", signature(secret, b"x"))
    assert (actor.user_id, actor.scopes) == (acme.ben.id, (Scope.READ,))
    with pytest.raises(NotFound):
        ways_in.revoke_key(acme.context(acme.vera), made.id)
    ways_in.revoke_key(ben, made.id)
    assert ways_in.held(ben).keys == ()
