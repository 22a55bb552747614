"""teams.json: groups of people that can own something. Their members need not exist here."""

from __future__ import annotations

from milepost.actions import trail
from milepost.dialects.gtmhub.wire.teams import NAMES, decode_part
from milepost.domain.change import chosen
from milepost.domain.people import Team
from milepost.domain.values import merged, name, text
from milepost.store import teams
from milepost.transfer.gtmhub import reading
from milepost.transfer.gtmhub.run import Item, Run

__all__ = ["COMPARED", "NAMES", "add", "read"]

COMPARED = {"name": "name", "parent_id": "parentId", "manager_id": "managerId", "member_ids": "memberIds"}


def add(run: Run, item: Item) -> None:
    """Add the team."""
    team = _team(run, item)
    teams.records.insert(run.database, team)
    trail.leave(item.context, "team.added", team, None, team)


def read(run: Run, item: Item) -> tuple[Team, Team] | None:
    """The team as stored, and as the item would make it."""
    standing = teams.records.find(run.database, item.context.account_id, item.id)
    return None if standing is None else (standing, _team(run, item))


def _team(run: Run, item: Item) -> Team:
    change = decode_part(item.raw)
    reading.required(change.name, "name")
    made = reading.making(item.raw, item.id, run.now)
    return Team(
        account_id=item.context.account_id,
        id=item.id,
        name=name(chosen(change.name, ""), "name"),
        description=text(chosen(change.description, ""), "description"),
        avatar=name(chosen(change.avatar, ""), "avatar"),
        color=name(chosen(change.color, ""), "color"),
        parent_id=chosen(change.parent_id, ""),
        manager_id=chosen(change.manager_id, ""),
        member_ids=chosen(change.member_ids, ()),
        created_at=made.created_at,
        modified_at=made.modified_at,
        extra=merged({}, change.extra),
    )
