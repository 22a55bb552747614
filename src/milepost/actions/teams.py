"""Teams: get, list, add, revise, remove. They are the admins'."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.actions import access, trail
from milepost.actions.context import Context
from milepost.domain import ids
from milepost.domain.change import chosen
from milepost.domain.errors import NotFound
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective
from milepost.domain.people import Capability, Team
from milepost.domain.query import Page, Query, both
from milepost.domain.values import merged, name
from milepost.store import key_results, objectives, teams


class TeamChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to differ; `extra` is merged into what stands (`UNSET` removes)."""

    name: str | UnsetType = UNSET
    extra: dict[str, Any] = {}


def get(context: Context, team_id: str) -> Team:
    """The team; `NotFound` where the account holds none of this id."""
    team = teams.records.find(context.database, context.account_id, team_id)
    if team is None:
        raise NotFound("team", team_id)
    return team


def list_(context: Context, query: Query) -> Page[Team]:
    """The teams that a query asks for."""
    seen = msgspec.structs.replace(query, condition=both(access.visible(context), query.condition))
    return teams.listing.page(context.database, context.account_id, seen, list)


def add(context: Context, change: TeamChange) -> Team:
    """A new team."""
    access.require(context, Capability.ADMINISTER)
    now = context.clock()
    blank = Team(
        account_id=context.account_id,
        id=ids.new(now),
        name="",
        description="",
        avatar="",
        color="",
        parent_id="",
        manager_id="",
        member_ids=(),
        created_at=now,
        modified_at=now,
    )
    team = _revised(blank, change)
    with context.database.transaction():
        teams.records.insert(context.database, team)
        trail.leave(context, "team.added", team, None, team)
    return team


def revise(context: Context, team_id: str, change: TeamChange) -> Team:
    """A team after a change. One that changes nothing leaves no trace."""
    access.require(context, Capability.ADMINISTER)
    with context.database.transaction():
        before = get(context, team_id)
        after = _revised(before, change)
        if after == before:
            return before
        after = msgspec.structs.replace(after, modified_at=context.clock())
        teams.records.update(context.database, after)
        trail.leave(context, "team.revised", after, before, after)
    return after


def remove(context: Context, team_id: str) -> None:
    """Delete a team. What it owned stays, without it; teams beneath it stay, beneath none."""
    access.require(context, Capability.ADMINISTER)
    with context.database.transaction():
        team = get(context, team_id)
        for objective_id in objectives.owners.owned(context.database, context.account_id, team_id):
            objective = objectives.records.find(context.database, context.account_id, objective_id)
            if objective is not None:
                _disown(context, objective, team_id)
        for key_result_id in key_results.owners.owned(context.database, context.account_id, team_id):
            key_result = key_results.records.find(context.database, context.account_id, key_result_id)
            if key_result is not None:
                _disown(context, key_result, team_id)
        for child in teams.beneath(context.database, context.account_id, team_id):
            orphan = msgspec.structs.replace(child, parent_id="", modified_at=context.clock())
            teams.records.update(context.database, orphan)
            trail.leave(context, "team.revised", orphan, child, orphan)
        teams.records.delete(context.database, context.account_id, team_id)
        trail.leave(context, "team.removed", team, team)


def _disown(context: Context, before: Objective | KeyResult, team_id: str) -> None:
    owner_ids = tuple(owner for owner in before.owner_ids if owner != team_id)
    after = msgspec.structs.replace(
        before, owner_ids=owner_ids, modified_at=context.clock(), modified_by=context.user_id
    )
    if isinstance(after, Objective):
        objectives.update_one(context.database, after)
        trail.leave(context, "objective.revised", after, before, after)
    else:
        key_results.update_one(context.database, after)
        trail.leave(context, "key_result.revised", after, before, after)


def _revised(standing: Team, change: TeamChange) -> Team:
    return msgspec.structs.replace(
        standing, name=name(chosen(change.name, standing.name), "name"), extra=merged(standing.extra, change.extra)
    )
