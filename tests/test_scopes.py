"""Scopes: a token or a key may do what both its user's role and its scopes allow (dialects/*/permissions.txt)."""

from __future__ import annotations

import pytest

from acme import Acme
from engines import change, rows
from milepost.actions import access, objectives, tokens
from milepost.actions.context import Actor, Context, operator
from milepost.actions.verification import Discrepancy, verify
from milepost.domain.errors import Forbidden
from milepost.domain.people import GRANTS, Capability, Role
from milepost.domain.query import Query
from milepost.domain.scope import OPENS, Scope, reach
from wire import InProcess


def limited(acme: Acme, anna: InProcess, *scopes: Scope, user: str = "anna") -> InProcess:
    """A client with a token of a user's, of these scopes."""
    boss = operator(acme.database, acme.account.id, acme.clock)
    _, text = tokens.add(boss, f"{user}@acme.test", "limited", scopes=scopes)
    return anna.acting(text, acme.account.id)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("scope", Scope)
def test_no_scope_gives_what_the_role_does_not(role: Role, scope: Scope) -> None:
    assert reach(role, (scope,)) == GRANTS[role] & OPENS[scope]
    assert reach(role, ()) == GRANTS[role]
    assert reach(role, tuple(Scope)) == GRANTS[role]


def test_several_scopes_open_what_each_of_them_opens() -> None:
    assert reach(Role.ADMIN, (Scope.READ, Scope.CHECK_IN)) == {Capability.READ, Capability.CHECK_IN}


def test_a_refusal_says_which_scope_it_takes(acme: Acme, anna: InProcess) -> None:
    reader = limited(acme, anna, Scope.READ)
    told = reader.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 5}).json["detail"]
    assert told == (
        "the scopes of this token or key (read) do not reach so far: it takes one with the scope "
        "check-in or write or admin"
    )
    viewer = limited(acme, anna, Scope.ADMIN, user="vera")
    assert "ask an admin" in viewer.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 5}).json["detail"]


def test_actions_ask_too(acme: Acme) -> None:
    """A front end that forgot to ask would get no further."""
    actor = Actor(acme.account.id, acme.anna.id, Role.ADMIN, scopes=(Scope.CHECK_IN,))
    context = Context(acme.database, actor, acme.clock, "test")
    with pytest.raises(Forbidden):
        access.require(context, Capability.READ)
    assert objectives.list_(context, Query()).total == 0


def test_who_writes_through_an_admins_limited_token_deletes_only_what_is_his(acme: Acme, anna: InProcess) -> None:
    writer = limited(acme, anna, Scope.WRITE)
    theirs = anna.acting(acme.tokens["ben"], acme.account.id).post("v1/tasks", {"name": "Ben's"}).json["id"]
    assert writer.delete(f"v1/tasks/{theirs}").status == 403
    mine = writer.post("v1/tasks", {"name": "Anna's"}).json["id"]
    assert writer.delete(f"v1/tasks/{mine}").status == 204


def test_tokens_from_before_keep_all(acme: Acme, anna: InProcess) -> None:
    assert {row[0] for row in rows(acme.database, "SELECT scopes FROM tokens")} == {""}
    assert anna.post("v1/sessions", {"title": "Q4"}).status == 201


def test_scopes_that_were_widened_behind_the_programs_back_do_not_fit(acme: Acme, anna: InProcess) -> None:
    limited(acme, anna, Scope.READ)
    verify(acme.database, None)
    change(acme.database, "UPDATE tokens SET scopes = 'admin' WHERE scopes = 'read' AND account_id = :account",
           account=acme.account.id)  # fmt: skip
    with pytest.raises(Discrepancy, match="tokens"):
        verify(acme.database, None)
