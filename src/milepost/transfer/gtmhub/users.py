"""users.json: people. Without a role that is known here they become members."""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from milepost.actions import trail
from milepost.dialects.gtmhub.wire.users import NAMES, decode_user, role
from milepost.domain.change import chosen
from milepost.domain.people import Role, User, full_name
from milepost.domain.values import merged, name
from milepost.store import users
from milepost.transfer.gtmhub import reading
from milepost.transfer.gtmhub.run import Item, Run

__all__ = ["COMPARED", "NAMES", "add", "read"]

COMPARED = {"name": "name", "is_active": "isActive"}

# The field that keeps an address that another user of the account has: not lost, but no use for signing in.
SECOND_ADDRESS = "savedEmail"


def add(run: Run, item: Item) -> None:
    """Add the user. An address that another user has is left out and reported."""
    change = decode_user(item.raw)
    made = reading.making(item.raw, item.id, run.now)
    extra = dict(change.extra)
    if others := [one for one in item.raw.get("roles") or () if role([one]) is UNSET]:
        extra["roles"] = others
    first = name(chosen(change.first_name, ""), "first_name")
    last = name(chosen(change.last_name, ""), "last_name")
    email = name(chosen(change.email, ""), "email").strip()
    shown = full_name(name(chosen(change.name, ""), "name"), first, last, email)
    if email and (other := users.by_email(run.database, item.context.account_id, email)) is not None:
        run.report.note(
            item.file, item.index, "email", f"{email} is the address of the user {other.id} already; kept apart from it"
        )
        extra[SECOND_ADDRESS], email = email, ""
    user = User(
        account_id=item.context.account_id,
        id=item.id,
        email=email,
        first_name=first,
        last_name=last,
        name=shown,
        language=name(chosen(change.language, ""), "language"),
        picture=name(chosen(change.picture, ""), "picture"),
        client_id=reading.text(item.raw, "clientId") or item.id,
        role=chosen(change.role, Role.MEMBER),
        is_active=chosen(change.is_active, True),
        created_at=made.created_at,
        modified_at=made.modified_at,
        extra=merged({}, extra),
    )
    users.records.insert(run.database, user)
    trail.leave(item.context, "user.added", user, None, user)


def read(run: Run, item: Item) -> tuple[User, User] | None:
    """The user as stored, and as the item would make it."""
    standing = users.records.find(run.database, item.context.account_id, item.id)
    if standing is None:
        return None
    change = decode_user(item.raw)
    first, last = chosen(change.first_name, ""), chosen(change.last_name, "")
    email = chosen(change.email, "").strip()
    shown = full_name(chosen(change.name, ""), first, last, email)
    is_active = chosen(change.is_active, True)
    return standing, msgspec.structs.replace(standing, name=shown, is_active=is_active)
