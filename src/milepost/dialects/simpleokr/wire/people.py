"""Users and teams on the wire."""

from __future__ import annotations

import msgspec

from milepost.actions.teams import TeamChange
from milepost.dialects.simpleokr.wire import shared
from milepost.dialects.simpleokr.wire.body import Body
from milepost.domain import ids
from milepost.domain.people import Team, User


class UserDto(msgspec.Struct):
    """A user, who can only be read here."""

    id: shared.Uuid
    name: str
    email: str
    is_active: bool
    created_at: shared.Moment


class TeamDto(msgspec.Struct):
    """A team."""

    id: shared.Uuid
    name: str
    created_at: shared.Moment


class UserPage(msgspec.Struct):
    """A page of users; the next begins behind `next_page_token`, null on the last."""

    next_page_token: str | None
    users: list[UserDto]


def encode_user(user: User) -> UserDto:
    """A user."""
    return UserDto(ids.as_uuid(user.id), user.name, user.email, user.is_active, shared.moment(user.created_at))


class TeamPage(msgspec.Struct):
    """A page of teams; the next begins behind `next_page_token`, null on the last."""

    next_page_token: str | None
    teams: list[TeamDto]


def encode_team(team: Team) -> TeamDto:
    """A team."""
    return TeamDto(ids.as_uuid(team.id), team.name, shared.moment(team.created_at))


def decode_team(body: Body) -> TeamChange:
    """The whole of a team; its name is optional (SimpleOKR)."""
    name = body.text("name")
    body.finish()
    return TeamChange(name=name)
