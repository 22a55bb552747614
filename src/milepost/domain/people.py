"""People and teams, what a role allows, and how an owner is shown."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from milepost.domain.instants import Instant


class Role(StrEnum):
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


class Capability(StrEnum):
    """A right that an action requires of its actor."""

    READ = "read"
    CHECK_IN = "check-in"
    CONTRIBUTE = "contribute"
    ADMINISTER = "administer"


GRANTS: dict[Role, frozenset[Capability]] = {
    Role.ADMIN: frozenset(Capability),
    Role.MEMBER: frozenset({Capability.READ, Capability.CHECK_IN, Capability.CONTRIBUTE}),
    Role.VIEWER: frozenset({Capability.READ}),
}


class User(msgspec.Struct, frozen=True):
    """A user of an account. `client_id` is the subject by which a sign-in service knows this user."""

    account_id: str
    id: str
    email: str
    first_name: str
    last_name: str
    name: str
    language: str
    picture: str
    client_id: str
    role: Role
    is_active: bool
    created_at: Instant
    modified_at: Instant
    extra: dict[str, Any] = {}

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles as a list, as front ends show and filter them."""
        return (self.role,)


class Team(msgspec.Struct, frozen=True):
    """A group of people that can own objectives and key results."""

    account_id: str
    id: str
    name: str
    description: str
    avatar: str
    color: str
    parent_id: str
    manager_id: str
    member_ids: tuple[str, ...]
    created_at: Instant
    modified_at: Instant
    extra: dict[str, Any] = {}


def blank_team(account_id: str, team_id: str, *, at: Instant) -> Team:
    """An empty team, created at an instant."""
    return Team(
        account_id=account_id,
        id=team_id,
        name="",
        description="",
        avatar="",
        color="",
        parent_id="",
        manager_id="",
        member_ids=(),
        created_at=at,
        modified_at=at,
    )


class Assignee(msgspec.Struct, frozen=True):
    """An owner as others see it: a person or a team. `type` is "user" or "team"."""

    account_id: str
    id: str
    name: str
    email: str
    picture: str
    avatar: str
    color: str
    is_active: bool
    type: str


class Named(msgspec.Struct, frozen=True):
    """A person or a team as a choice in a form: `email` is "" for a team."""

    id: str
    name: str
    email: str = ""
    is_active: bool = True
    is_team: bool = False


# Shown for an owner that is neither a user nor a team, such as the account itself.
NOBODY = Assignee("", "", "", "", "", "", "", False, "user")


def full_name(name: str, first_name: str, last_name: str, email: str) -> str:
    """The name to show: the given one, else first and last, else the address."""
    return name or " ".join(part for part in (first_name.strip(), last_name.strip()) if part) or email


def email_key(email: str) -> str:
    """The form of an address that is unique among the users of an account: it ignores case."""
    return email.strip().casefold()
