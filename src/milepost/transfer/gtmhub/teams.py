"""teams.json: groups of people that can own something."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from milepost.actions import trail
from milepost.dialects.gtmhub.wire import shared
from milepost.domain import ids
from milepost.domain.people import Team
from milepost.domain.values import document, name, text
from milepost.store import teams
from milepost.transfer.gtmhub import reading
from milepost.transfer.gtmhub.run import Item, Run

# The domain's fields under Gtmhub's names, for errors.
NAMES = {"parent_id": "parentId", "manager_id": "managerId", "member_ids": "memberIds", "extra": ""}
_READ = frozenset({"id", "accountId", "dateCreated", "modifiedAt"})


class TeamBody(msgspec.Struct, rename="camel"):
    """A team as Gtmhub shows it. Whom it names need not be known here."""

    name: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    avatar: str | UnsetType | None = UNSET
    color: str | UnsetType | None = UNSET
    parent_id: str | UnsetType | None = UNSET
    manager_id: str | UnsetType | None = UNSET
    member_ids: list[str] | UnsetType | None = UNSET


def add(run: Run, item: Item) -> None:
    """Add the team."""
    given = shared.read(shared.named(shared.convert(item.raw, TeamBody)), _READERS)
    reading.required(given.get("name", UNSET), "name")
    made = reading.making(item.raw, item.id, run.now)
    team = Team(
        account_id=item.context.account_id,
        id=item.id,
        name=name(given["name"], "name"),
        description=text(given.get("description", ""), "description"),
        avatar=name(given.get("avatar", ""), "avatar"),
        color=name(given.get("color", ""), "color"),
        parent_id=given.get("parent_id", ""),
        manager_id=given.get("manager_id", ""),
        member_ids=given.get("member_ids", ()),
        created_at=made.created_at,
        modified_at=made.modified_at,
        extra=document(shared.unknown(item.raw, TeamBody, _READ), "extra"),
    )
    teams.records.insert(run.database, team)
    trail.leave(item.context, "team.added", team, None, team)


_READERS = {
    "parent_id": ("parent_id", lambda value: ids.parse(value, "parentId") if value else ""),
    "manager_id": ("manager_id", lambda value: ids.parse(value, "managerId") if value else ""),
    "member_ids": ("member_ids", lambda value: tuple(ids.parse(one, "memberIds") for one in value)),
}
