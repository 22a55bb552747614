"""Teams on the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.actions.teams import TeamChange
from milepost.dialects.gtmhub.wire import shared
from milepost.dialects.gtmhub.wire.shared import Date, date, with_extra
from milepost.domain.people import Team

# The domain's fields under this dialect's names, for errors.
NAMES = {"parent_id": "parentId", "manager_id": "managerId", "member_ids": "memberIds", "extra": ""}


class TeamDto(msgspec.Struct, rename="camel", gc=False):
    """A team."""

    id: str
    account_id: str
    avatar: str
    color: str
    date_created: Date
    description: str
    manager_id: str
    member_ids: tuple[str, ...]
    modified_at: Date
    name: str
    parent_id: str


class TeamBody(msgspec.Struct, rename="camel"):
    """The attributes of a team that can be set; the rest is kept as it comes."""

    name: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    avatar: str | UnsetType | None = UNSET
    color: str | UnsetType | None = UNSET
    parent_id: str | UnsetType | None = UNSET
    manager_id: str | UnsetType | None = UNSET
    member_ids: list[str] | UnsetType | None = UNSET


def encode_team(team: Team, prose: Callable[[str], str] = str) -> TeamDto:
    """A team, its description as `prose` makes it."""
    shown = TeamDto(
        team.id,
        team.account_id,
        team.avatar,
        team.color,
        date(team.created_at),
        prose(team.description),
        team.manager_id,
        team.member_ids,
        date(team.modified_at),
        team.name,
        team.parent_id,
    )
    return with_extra(shown, team.extra)


def decode_part(raw: dict[str, Any]) -> TeamChange:
    """POST and PATCH: what is left out has its default, or stays."""
    sent = shared.named(shared.convert(raw, TeamBody))
    return TeamChange(**shared.read(sent, _READERS), extra=shared.unknown(raw, TeamBody, TeamDto))


def decode_whole(raw: dict[str, Any]) -> TeamChange:
    """PUT: what is left out is set to the zero value of its type."""
    part = decode_part(raw)
    zero = TeamChange(name="", description="", avatar="", color="", parent_id="", manager_id="", member_ids=())
    said = {field: value for field in part.__struct_fields__ if (value := getattr(part, field)) is not UNSET}
    return msgspec.structs.replace(zero, **said)


_READERS: dict[str, tuple[str, Any]] = {
    "parent_id": ("parent_id", lambda value: shared.reference(value, "parentId") if value else ""),
    "manager_id": ("manager_id", lambda value: shared.reference(value, "managerId") if value else ""),
    "member_ids": ("member_ids", lambda value: tuple([shared.reference(one, "memberIds") for one in value])),
}
