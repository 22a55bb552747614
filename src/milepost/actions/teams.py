"""Teams: get, list, add, revise, remove. Only admins change them."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.actions import access, rules, saved_lists, tasks, trail
from milepost.actions.context import Context
from milepost.domain import ids
from milepost.domain.change import chosen
from milepost.domain.errors import Fault, Invalid, NotFound
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective
from milepost.domain.people import Capability, Team, blank_team
from milepost.domain.query import Page, Query, both
from milepost.domain.values import merged, name, text
from milepost.store import key_results, objectives, teams, users

MEMBERS_LIMIT = 10_000


class TeamChange(msgspec.Struct, frozen=True, kw_only=True):
    """The wanted changes; a field that is `UNSET` stays. `extra` is merged into the stored one (`UNSET` removes)."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    avatar: str | UnsetType = UNSET
    color: str | UnsetType = UNSET
    parent_id: str | UnsetType = UNSET
    manager_id: str | UnsetType = UNSET
    member_ids: tuple[str, ...] | UnsetType = UNSET
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


def of_actor(context: Context) -> list[Team]:
    """The teams that the actor is a member or the manager of, in order of creation."""
    everyone = teams.everyone(context.database, context.account_id) if context.user_id else []
    return [team for team in everyone if context.user_id in (*team.member_ids, team.manager_id)]


def add(context: Context, change: TeamChange) -> Team:
    """A new team. `Invalid` for people and a parent that the account does not hold."""
    access.require(context, Capability.ADMINISTER)
    now = context.clock()
    with context.database.transaction():
        team = _revised(context, blank_team(context.account_id, ids.new(now), at=now), change)
        teams.records.insert(context.database, team)
        trail.leave(context, "team.added", team, None, team)
    return team


def revise(context: Context, team_id: str, change: TeamChange) -> Team:
    """A team after a change. One that changes nothing leaves no trace. `Invalid` for people and a parent that the
    account does not hold, and for a parent beneath the team itself.
    """
    access.require(context, Capability.ADMINISTER)
    with context.database.transaction():
        before = get(context, team_id)
        after = _revised(context, before, change)
        if after == before:
            return before
        after = msgspec.structs.replace(after, modified_at=context.clock())
        teams.records.update(context.database, after)
        trail.leave(context, "team.revised", after, before, after)
    return after


def remove(context: Context, team_id: str) -> None:
    """Delete a team. Records that it owned stay, without this owner; teams beneath it stay, without a parent."""
    access.require(context, Capability.ADMINISTER)
    with context.database.transaction():
        team = get(context, team_id)
        for owned in (objectives, key_results):
            found = owned.owners.owned(context.database, context.account_id, team_id)
            for record in owned.records.several(context.database, context.account_id, found):
                _disown(context, record, team_id)
        tasks.disown(context, team_id)
        saved_lists.disown(context, team_id)
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


def _revised(context: Context, standing: Team, change: TeamChange) -> Team:
    after = msgspec.structs.replace(
        standing,
        name=name(chosen(change.name, standing.name), "name"),
        description=text(chosen(change.description, standing.description), "description"),
        avatar=name(chosen(change.avatar, standing.avatar), "avatar"),
        color=name(chosen(change.color, standing.color), "color"),
        parent_id=chosen(change.parent_id, standing.parent_id),
        manager_id=chosen(change.manager_id, standing.manager_id),
        member_ids=tuple(dict.fromkeys(chosen(change.member_ids, standing.member_ids))),
        extra=merged(standing.extra, change.extra),
    )
    _require_people(context, after, standing)
    if after.parent_id != standing.parent_id and after.parent_id:
        if teams.records.find(context.database, context.account_id, after.parent_id) is None:
            raise Invalid("parent_id", "is not known in this account")
        rules.require_no_team_circle(context, after.id, after.parent_id)
    return after


def _require_people(context: Context, after: Team, before: Team) -> None:
    """`Invalid` where a new manager or member is no user of the account. Previous ones may stay: an import keeps
    unknown people.
    """
    asked = {"manager_id": {after.manager_id} - {before.manager_id, ""}}
    asked["member_ids"] = set(after.member_ids) - {*before.member_ids}
    if asked["member_ids"] and len(after.member_ids) > MEMBERS_LIMIT:
        raise Invalid("member_ids", f"names more than {MEMBERS_LIMIT:,} members")
    named = asked["manager_id"] | asked["member_ids"]
    known = {user.id for user in users.records.several(context.database, context.account_id, named)}
    faults = [
        Fault(field, f"the account has no user {min(people - known)}")
        for field, people in asked.items()
        if people - known
    ]
    if faults:
        raise Invalid.of(faults)
