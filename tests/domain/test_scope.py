"""Scopes of tokens: how they are written down, and which of them open what."""

from __future__ import annotations

import pytest

from milepost.domain.people import GRANTS, Capability, Role
from milepost.domain.scope import OPENS, Scope, opening, ordered, reach, read, written

EVERY = (Scope.READ, Scope.CHECK_IN, Scope.WRITE, Scope.ADMIN)


def test_scopes_in_one_text() -> None:
    assert written(EVERY) == "read check-in write admin"
    assert written(()) == ""
    assert read("read check-in write admin") == EVERY
    assert read("") == ()
    with pytest.raises(ValueError, match="everything"):
        read("read everything")


def test_the_order_of_scopes() -> None:
    assert ordered(["admin", "read", "admin", "check-in"]) == (Scope.READ, Scope.CHECK_IN, Scope.ADMIN)
    assert ordered(iter(())) == ()


def test_what_opens_a_capability() -> None:
    assert {capability: opening(capability) for capability in Capability} == {
        Capability.READ: (Scope.READ, Scope.WRITE, Scope.ADMIN),
        Capability.CHECK_IN: (Scope.CHECK_IN, Scope.WRITE, Scope.ADMIN),
        Capability.CONTRIBUTE: (Scope.WRITE, Scope.ADMIN),
        Capability.ADMINISTER: (Scope.ADMIN,),
    }


@pytest.mark.parametrize("role", Role)
def test_a_token_reaches_no_further_than_its_user(role: Role) -> None:
    assert reach(role, ()) == GRANTS[role]
    for scope in Scope:
        assert reach(role, (scope,)) == GRANTS[role] & OPENS[scope]
    assert reach(role, (Scope.READ, Scope.CHECK_IN)) == GRANTS[role] & {Capability.READ, Capability.CHECK_IN}
