"""Users: get, list, add, revise, deactivate; and everybody who can own something. Only admins change them."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.actions import access, surroundings, trail
from milepost.actions.context import Context
from milepost.domain import ids, matching
from milepost.domain.change import chosen
from milepost.domain.errors import Conflict, Invalid, NotFound
from milepost.domain.people import Assignee, Capability, Role, User, full_name
from milepost.domain.query import Page, Query, both
from milepost.domain.values import merged, name
from milepost.store import teams, users

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\Z")

# At most this many people and teams are examined for one list of assignees.
ASSIGNEES_LIMIT = 200_000


class UserChange(msgspec.Struct, frozen=True, kw_only=True):
    """The wanted changes; a field that is `UNSET` stays. `extra` is merged into the stored one (`UNSET` removes). A new
    first or last name changes the whole name.
    """

    email: str | UnsetType = UNSET
    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    picture: str | UnsetType = UNSET
    client_id: str | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    extra: dict[str, Any] = {}


def get(context: Context, user_id: str) -> User:
    """The user; `NotFound` where the account holds none of this id."""
    user = users.records.find(context.database, context.account_id, user_id)
    if user is None:
        raise NotFound("user", user_id)
    return user


def by_email(context: Context, email: str) -> User:
    """The user with an address, whatever its case; `NotFound` without one."""
    user = users.by_email(context.database, context.account_id, email)
    if user is None:
        raise NotFound("user", email)
    return user


def known_as(context: Context, subject: str) -> User:
    """The user behind "me", an id, or the subject of a sign-in service; `NotFound` without one."""
    if subject == "me":
        return get(context, context.user_id)
    user = users.records.find(context.database, context.account_id, subject)
    user = user or users.by_client(context.database, context.account_id, subject)
    if user is None:
        raise NotFound("user", subject)
    return user


def list_(context: Context, query: Query) -> Page[User]:
    """The users that a query asks for."""
    seen = msgspec.structs.replace(query, condition=both(access.visible(context), query.condition))
    return users.listing.page(context.database, context.account_id, seen, list)


def everyone(context: Context) -> list[User]:
    """Every user of the account, in order of creation."""
    return users.everyone(context.database, context.account_id)


def assignees(context: Context, query: Query) -> Page[Assignee]:
    """Users and teams that a query asks for; by name unless it says otherwise."""
    database, account = context.database, context.account_id
    condition = both(access.visible(context), query.condition)
    with database.reading():
        if users.count(database, account) + teams.count(database, account) > ASSIGNEES_LIMIT:
            raise Invalid("filter", f"more than {ASSIGNEES_LIMIT:,} people and teams: ask /users instead")
        everybody = [surroundings.of_user(user) for user in users.everyone(database, account)]
        everybody += [surroundings.of_team(team) for team in teams.everyone(database, account)]
    everybody.sort(key=lambda one: one.id)
    return matching.page(everybody, condition, query, lambda one: one.name.casefold())


def add(context: Context, change: UserChange) -> User:
    """A new user, a member unless told otherwise. `Invalid` where another has the address, whatever its case."""
    access.require(context, Capability.ADMINISTER)
    now = context.clock()
    user_id = ids.new(now)
    blank = User(
        account_id=context.account_id,
        id=user_id,
        email="",
        first_name="",
        last_name="",
        name="",
        language="",
        picture="",
        client_id=user_id,
        role=Role.MEMBER,
        is_active=True,
        created_at=now,
        modified_at=now,
    )
    with context.database.transaction():
        user = _revised(blank, change)
        _require_address(context, user)
        users.records.insert(context.database, user)
        trail.leave(context, "user.added", user, None, user)
    return user


def revise(context: Context, user_id: str, change: UserChange) -> User:
    """A user after a change. `Invalid` where another has the address; `Conflict` where no admin would be left."""
    access.require(context, Capability.ADMINISTER)
    with context.database.transaction():
        before = get(context, user_id)
        after = _revised(before, change)
        if after == before:
            return before
        if after.email != before.email:
            _require_address(context, after)
        _require_an_admin(context, before, after)
        after = msgspec.structs.replace(after, modified_at=context.clock())
        users.records.update(context.database, after)
        trail.leave(context, "user.revised", after, before, after)
    return after


def deactivate(context: Context, user_id: str) -> User:
    """Close the account to a user, who stays on record, because the history names its users."""
    return revise(context, user_id, UserChange(is_active=False))


def require_another_admin(context: Context, user: User) -> None:
    """`Conflict` where no active admin would be left without this user."""
    _require_an_admin(context, user, msgspec.structs.replace(user, is_active=False))


def _revised(standing: User, change: UserChange) -> User:
    first = name(chosen(change.first_name, standing.first_name), "first_name")
    last = name(chosen(change.last_name, standing.last_name), "last_name")
    email = name(chosen(change.email, standing.email), "email").strip()
    renamed = (first, last) != (standing.first_name, standing.last_name) or not standing.name
    whole = chosen(change.name, "")
    if whole in ("", standing.name):  # a repeated whole name gives way to a new first or last name
        whole = "" if renamed else standing.name
    return msgspec.structs.replace(
        standing,
        email=email,
        first_name=first,
        last_name=last,
        name=full_name(name(whole, "name"), first, last, email),
        language=name(chosen(change.language, standing.language), "language"),
        picture=name(chosen(change.picture, standing.picture), "picture"),
        client_id=name(chosen(change.client_id, standing.client_id), "client_id"),
        role=chosen(change.role, standing.role),
        is_active=chosen(change.is_active, standing.is_active),
        extra=merged(standing.extra, change.extra),
    )


def _require_address(context: Context, user: User) -> None:
    if not _EMAIL.match(user.email):
        raise Invalid("email", "is not an e-mail address" if user.email else "is required")
    other = users.by_email(context.database, context.account_id, user.email)
    if other is not None and other.id != user.id:
        raise Invalid("email", f"another user of the account has the address {other.email}")


def _require_an_admin(context: Context, before: User, after: User) -> None:
    was, remains = (user.role is Role.ADMIN and user.is_active for user in (before, after))
    if was and not remains:
        others = (user for user in everyone(context) if user.id != before.id)
        if not any(user.role is Role.ADMIN and user.is_active for user in others):
            raise Conflict("the account would be left without an active admin: appoint another one first")
