"""What each role may do, and what nobody without a right to it may."""

from __future__ import annotations

import msgspec
import pytest

from acme import Acme
from milepost.actions import access, key_results, saved_lists, tasks
from milepost.actions.context import Actor, Context
from milepost.domain.errors import Forbidden
from milepost.domain.people import Capability, Role
from milepost.domain.query import EVERYTHING, NOTHING
from milepost.domain.saved_list import SavedListChange
from milepost.domain.scope import Scope
from milepost.domain.task import TaskChange


@pytest.fixture
def as_(acme: Acme) -> dict[Role, Context]:
    return {user.role: acme.context(user) for user in (acme.anna, acme.ben, acme.vera)}


ADMINS = "may not do this: it takes the role admin"
MEMBERS = "may read, but not change anything: ask an admin for the role member"
REFUSED = {
    (Role.MEMBER, Capability.ADMINISTER): f"a member {ADMINS}",
    (Role.VIEWER, Capability.ADMINISTER): f"a viewer {ADMINS}",
    (Role.VIEWER, Capability.CONTRIBUTE): f"a viewer {MEMBERS}",
    (Role.VIEWER, Capability.CHECK_IN): f"a viewer {MEMBERS}",
}
# What the scopes of an admin's token keep from him, and which it would take.
KEPT = {
    (Scope.READ, Capability.CHECK_IN): "check-in or write or admin",
    (Scope.READ, Capability.CONTRIBUTE): "write or admin",
    (Scope.READ, Capability.ADMINISTER): "admin",
    (Scope.CHECK_IN, Capability.READ): "read or write or admin",
    (Scope.CHECK_IN, Capability.CONTRIBUTE): "write or admin",
    (Scope.CHECK_IN, Capability.ADMINISTER): "admin",
    (Scope.WRITE, Capability.ADMINISTER): "admin",
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("capability", Capability)
def test_what_a_role_may(as_: dict[Role, Context], role: Role, capability: Capability) -> None:
    if (role, capability) not in REFUSED:
        access.require(as_[role], capability)
        return
    with pytest.raises(Forbidden) as refused:
        access.require(as_[role], capability)
    assert str(refused.value) == REFUSED[role, capability]


def limited(context: Context, *scopes: Scope) -> Context:
    return msgspec.structs.replace(context, actor=msgspec.structs.replace(context.actor, scopes=scopes))


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("capability", Capability)
def test_what_a_scope_keeps_even_from_an_admin(as_: dict[Role, Context], scope: Scope, capability: Capability) -> None:
    context = limited(as_[Role.ADMIN], scope)
    if (scope, capability) not in KEPT:
        access.require(context, capability)
        return
    with pytest.raises(Forbidden) as refused:
        access.require(context, capability)
    assert str(refused.value) == (
        f"the scopes of this token or key ({scope}) do not reach so far: "
        f"it takes one with the scope {KEPT[scope, capability]}"
    )


def test_several_scopes_are_all_named(as_: dict[Role, Context]) -> None:
    context = limited(as_[Role.ADMIN], Scope.READ, Scope.CHECK_IN)
    with pytest.raises(Forbidden, match=r"token or key \(read, check-in\) do not"):
        access.require(context, Capability.CONTRIBUTE)


@pytest.mark.parametrize("role", Role)
def test_who_may_not_read_sees_nothing(as_: dict[Role, Context], role: Role) -> None:
    assert access.visible(as_[role]) is EVERYTHING
    assert access.visible(limited(as_[role], Scope.READ)) is EVERYTHING
    assert access.visible(limited(as_[role], Scope.CHECK_IN)) is NOTHING


def test_what_a_member_may_delete(acme: Acme, as_: dict[Role, Context]) -> None:
    """What he owns or has made; an admin everything, a viewer nothing, although it is his."""
    annas = key_results.find(as_[Role.ADMIN], acme.revenue)
    made = saved_lists.add(as_[Role.MEMBER], SavedListChange(name="His", about="Key Result", owner_id=acme.anna.id))
    owned = tasks.add(as_[Role.ADMIN], TaskChange(name="For him", owner_id=acme.ben.id)).task
    veras = tasks.add(as_[Role.ADMIN], TaskChange(name="For her", owner_id=acme.vera.id)).task
    for record in (annas, made, owned, veras):
        access.require_removal(as_[Role.ADMIN], record)
        with pytest.raises(Forbidden, match="the scopes of this token or key"):
            access.require_removal(limited(as_[Role.ADMIN], Scope.CHECK_IN), record)
        with pytest.raises(Forbidden, match=f"a viewer {MEMBERS}"):
            access.require_removal(as_[Role.VIEWER], record)
    for record in (made, owned):
        access.require_removal(as_[Role.MEMBER], record)
    for record in (annas, veras):
        with pytest.raises(Forbidden) as refused:
            access.require_removal(as_[Role.MEMBER], record)
        assert str(refused.value) == "a member may delete only what he owns or created: ask an owner or an admin"


@pytest.mark.parametrize(
    ("scopes", "limited"),
    [
        ((), False),
        ((Scope.ADMIN,), False),
        ((Scope.READ, Scope.ADMIN), False),
        ((Scope.READ,), True),
        ((Scope.READ, Scope.CHECK_IN), True),
        ((Scope.WRITE,), True),
    ],
    ids=str,
)
def test_who_came_in_with_less_makes_no_way_in(acme: Acme, scopes: tuple[Scope, ...], limited: bool) -> None:
    actor = Actor(acme.account.id, acme.anna.id, Role.ADMIN, scopes=scopes)
    context = Context(acme.database, actor, acme.clock, "test")
    assert access.is_limited(context) is limited
    if not limited:
        access.require_unlimited(context)
        return
    with pytest.raises(Forbidden) as refused:
        access.require_unlimited(context)
    held = ", ".join(scopes)
    words = f"you came in with a token for {held} only: to make or close a way in, sign in by a link"
    assert str(refused.value) == words
