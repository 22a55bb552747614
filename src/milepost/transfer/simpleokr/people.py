"""Users and teams. Users become members; the API shows only their whole names."""

from __future__ import annotations

import msgspec

from milepost.actions import trail
from milepost.domain import ids
from milepost.domain.errors import Invalid
from milepost.domain.people import Role, Team, User, blank_team
from milepost.domain.values import name
from milepost.store import teams, users
from milepost.transfer.simpleokr.run import Item, Run


def decode_user(run: Run, item: Item) -> User:
    """The user that an item shows."""
    shown = item.shown
    shown.require("name", "is_active")
    email = shown.text("email").strip()
    created_at = shown.moment("created_at")
    user = User(
        account_id=run.account_id,
        id=item.id,
        email=email,
        first_name="",
        last_name="",
        name=shown.text("name"),
        language="",
        picture="",
        client_id=item.id,
        role=Role.MEMBER,
        is_active=shown.flag("is_active"),
        created_at=created_at,
        modified_at=created_at,
    )
    shown.finish()
    name(user.name, "name")
    name(user.email, "email")
    return user


def add_user(run: Run, _item: Item, user: User) -> None:
    """Add the user; `Invalid` where another user has the address already."""
    other = users.by_email(run.database, run.account_id, user.email) if user.email else None
    if other is not None:
        said = (
            f"{user.email} is the address of another user here already, {ids.as_uuid(other.id)}: give that one another "
            "address, then run the import again"
        )
        raise Invalid("email", said)
    users.records.insert(run.database, user)
    trail.leave(run.context, "user.added", user, None, user)


def decode_team(run: Run, item: Item) -> Team:
    """The team that an item shows."""
    shown = item.shown
    shown.require("name")
    created_at = shown.moment("created_at")
    bare = blank_team(run.account_id, item.id, at=created_at)
    team = msgspec.structs.replace(bare, name=shown.text("name"))
    shown.finish()
    name(team.name, "name")
    return team


def add_team(run: Run, _item: Item, team: Team) -> None:
    """Add the team."""
    teams.records.insert(run.database, team)
    trail.leave(run.context, "team.added", team, None, team)
