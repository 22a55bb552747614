"""The permissions of an actor. Every list action adds `visible` to its caller's condition."""

from __future__ import annotations

from milepost.actions.context import Context
from milepost.domain.errors import Forbidden
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective
from milepost.domain.people import GRANTS, Capability
from milepost.domain.query import EVERYTHING, NOTHING, Condition
from milepost.domain.saved_list import SavedList
from milepost.domain.scope import Scope, opening
from milepost.domain.task import Task

_ONLY_READS = "may read, but not change anything: ask an admin for the role member"
_NEEDED = {
    Capability.READ: "may not read this account",
    Capability.CHECK_IN: _ONLY_READS,
    Capability.CONTRIBUTE: _ONLY_READS,
    Capability.ADMINISTER: "may not do this: it takes the role admin",
}


def require(context: Context, capability: Capability) -> None:
    """`Forbidden` unless both the actor's role and the scopes of the actor's token or key grant the capability."""
    actor = context.actor
    if capability in actor.reach:
        return
    if capability not in GRANTS[actor.role]:
        raise Forbidden(f"a {actor.role} {_NEEDED[capability]}")
    raise Forbidden(
        f"the scopes of this token or key ({', '.join(actor.scopes)}) do not reach so far: it takes one with the scope "
        + " or ".join(opening(capability))
    )


def require_unlimited(context: Context) -> None:
    """`Forbidden` where the actor's token or key is limited to less than the role grants: it may neither make nor
    revoke tokens and keys, or its holder could make one with more rights.
    """
    if is_limited(context):
        held = ", ".join(context.actor.scopes)
        raise Forbidden(f"you came in with a token for {held} only: to make or close a way in, sign in by a link")


def is_limited(context: Context) -> bool:
    """Whether the actor's token or key is limited to less than the role grants."""
    scopes = context.actor.scopes
    return bool(scopes) and Scope.ADMIN not in scopes


def visible(context: Context) -> Condition:
    """The condition of the records that the actor may see; the store itself limits them to the account."""
    return EVERYTHING if Capability.READ in context.actor.reach else NOTHING


def require_removal(context: Context, record: KeyResult | Objective | Task | SavedList) -> None:
    """`Forbidden` unless the actor is an admin, or a member who owns or created the record."""
    require(context, Capability.CONTRIBUTE)
    if Capability.ADMINISTER in context.actor.reach:
        return
    if context.user_id not in (*record.owner_ids, record.created_by):
        raise Forbidden("a member may delete only what he owns or created: ask an owner or an admin")
