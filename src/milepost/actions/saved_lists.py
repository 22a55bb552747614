"""Saved lists: get, list, add, revise, remove. Members make and change them, and remove what they own or made."""

from __future__ import annotations

import msgspec

from milepost.actions import access, rules, trail
from milepost.actions.context import Context
from milepost.domain import ids
from milepost.domain.change import chosen
from milepost.domain.errors import Invalid, NotFound
from milepost.domain.people import Capability
from milepost.domain.query import Page, Query, both
from milepost.domain.saved_list import SavedList, SavedListChange, blank, revised
from milepost.store import saved_lists


def get(context: Context, list_id: str) -> SavedList:
    """The saved list; `NotFound` where the account holds none of this id."""
    found = saved_lists.records.find(context.database, context.account_id, list_id)
    if found is None:
        raise NotFound("saved list", list_id)
    return found


def list_(context: Context, query: Query) -> Page[SavedList]:
    """The saved lists that a query asks for."""
    seen = msgspec.structs.replace(query, condition=both(access.visible(context), query.condition))
    return saved_lists.listing.page(context.database, context.account_id, seen, list)


def add(context: Context, change: SavedListChange) -> SavedList:
    """A new saved list. `Invalid` without a name, and for an owner that the account does not hold."""
    access.require(context, Capability.CONTRIBUTE)
    with context.database.transaction():
        if not chosen(change.name, ""):
            raise Invalid("name", "is required")
        now = context.clock()
        made = revised(blank(context.account_id, ids.new(now), at=now, by=context.user_id), change)
        rules.require_owners(context, made.owner_ids)
        saved_lists.records.insert(context.database, made)
        trail.leave(context, "saved_list.added", made, None, made)
    return made


def revise(context: Context, list_id: str, change: SavedListChange) -> SavedList:
    """A saved list after a change; `UNSET` fields stay. A change that changes nothing leaves no trace."""
    access.require(context, Capability.CONTRIBUTE)
    with context.database.transaction():
        before = get(context, list_id)
        after = revised(before, change)
        rules.require_owners(context, after.owner_ids, before.owner_ids)
        return before if after == before else _write(context, before, after)


def remove(context: Context, list_id: str) -> None:
    """Delete a saved list: admins, and members what they own or made. The records in it stay."""
    access.require(context, Capability.CONTRIBUTE)
    with context.database.transaction():
        one = get(context, list_id)
        access.require_removal(context, one)
        saved_lists.records.delete(context.database, context.account_id, list_id)
        trail.leave(context, "saved_list.removed", one, one)


def disown(context: Context, owner_id: str) -> None:
    """Remove an owner from saved lists; the lists stay."""
    for one in saved_lists.owned(context.database, context.account_id, owner_id):
        _write(context, one, msgspec.structs.replace(one, owner_id=""))


def _write(context: Context, before: SavedList, after: SavedList) -> SavedList:
    after = msgspec.structs.replace(after, modified_at=context.clock(), modified_by=context.user_id)
    saved_lists.records.update(context.database, after)
    trail.leave(context, "saved_list.revised", after, before, after)
    return after
