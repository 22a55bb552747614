"""What an actor may see and do. Every list action puts `visible` beside its caller's condition."""

from __future__ import annotations

from milepost.actions.context import Context
from milepost.domain.errors import Forbidden
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective
from milepost.domain.people import GRANTS, Capability
from milepost.domain.query import EVERYTHING, NOTHING, Condition
from milepost.domain.saved_list import SavedList
from milepost.domain.task import Task

_NEEDED = {
    Capability.READ: "may not read this account",
    Capability.CONTRIBUTE: "may read, but not change anything: ask an admin for the role member",
    Capability.ADMINISTER: "may not do this: it takes the role admin",
}


def require(context: Context, capability: Capability) -> None:
    """`Forbidden` unless the actor's role grants it."""
    if capability not in GRANTS[context.actor.role]:
        raise Forbidden(f"a {context.actor.role} {_NEEDED[capability]}")


def visible(context: Context) -> Condition:
    """The condition of what the actor may see; the account itself is the store's first condition in any case."""
    return EVERYTHING if Capability.READ in GRANTS[context.actor.role] else NOTHING


def require_removal(context: Context, record: KeyResult | Objective | Task | SavedList) -> None:
    """`Forbidden` unless the actor is an admin, or a member who owns or created the record."""
    require(context, Capability.CONTRIBUTE)
    if Capability.ADMINISTER in GRANTS[context.actor.role]:
        return
    if context.user_id not in (*record.owner_ids, record.created_by):
        raise Forbidden("a member may delete only what he owns or created: ask an owner or an admin")
