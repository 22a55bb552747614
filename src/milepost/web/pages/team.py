"""`/teams`: a team and who is in it. Admins make, change and delete teams."""

from __future__ import annotations

from milepost.actions import people, teams
from milepost.actions.teams import TeamChange
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain.errors import Fault, Invalid
from milepost.domain.people import Team, User
from milepost.domain.query import Order, Query
from milepost.web import forms, rendering
from milepost.web.fields import TEAM_NAME, faults_of
from milepost.web.page import Visitor

_MOST = 10_000
# What the form's fields are called, where the record calls them otherwise.
_FIELDS = {"parent_id": "beneath", "manager_id": "manager", "member_ids": "members"}


def blank(_request: Request, visitor: Visitor) -> Answer:
    """The form for a new team."""
    return _form(visitor, 200, {}, (), ())


def add(request: Request, visitor: Visitor) -> Answer:
    """Make a team."""
    sent, members = forms.fields(request), forms.every(request, "members")
    try:
        made = teams.add(visitor.context, _change(sent, members))
    except Invalid as error:
        return _form(visitor, 400, sent, members, error.faults)
    return rendering.gone_to(f"/teams/{made.id}")


def show(request: Request, visitor: Visitor) -> Answer:
    """One team."""
    return _page(request, visitor)


def revise(request: Request, visitor: Visitor) -> Answer:
    """Change a team."""
    sent, members = forms.fields(request), forms.every(request, "members")
    try:
        teams.revise(visitor.context, request.path["id"], _change(sent, members))
    except Invalid as error:
        return _page(request, visitor, 400, sent, members, error.faults)
    return rendering.gone_to(f"/teams/{request.path['id']}")


def remove(request: Request, visitor: Visitor) -> Answer:
    """Delete a team; what it owned stays, without it."""
    teams.remove(visitor.context, request.path["id"])
    return rendering.gone_to("/people")


def _change(sent: dict[str, str], members: tuple[str, ...]) -> TeamChange:
    """What the form says; `Invalid` names the fields that it cannot be read from."""
    if not sent.get("name"):
        raise Invalid("name", "is required")
    return TeamChange(
        name=sent["name"],
        description=sent.get("description", ""),
        parent_id=sent.get("beneath", ""),
        manager_id=sent.get("manager", ""),
        member_ids=members,
    )


def _form(
    visitor: Visitor, status: int, sent: dict[str, str], members: tuple[str, ...], faults: tuple[Fault, ...]
) -> Answer:
    context = visitor.context
    with context.database.reading():
        everyone, every_team = people.everyone(context), _every_team(visitor)
    return rendering.shown(
        "team_form.html",
        visitor,
        status,
        sent=sent,
        chosen=members,
        people=_to_choose(everyone, (*members, sent.get("manager", ""))),
        parents=every_team,
        faults=faults_of(faults, _FIELDS),
    )


def _page(
    request: Request,
    visitor: Visitor,
    status: int = 200,
    sent: dict[str, str] | None = None,
    members: tuple[str, ...] = (),
    faults: tuple[Fault, ...] = (),
) -> Answer:
    context = visitor.context
    with context.database.reading():
        team = teams.get(context, request.path["id"])
        everyone, every_team = people.everyone(context), _every_team(visitor)
    known = {one.id: one for one in everyone}
    standing = {
        "name": team.name,
        "description": team.description,
        "beneath": team.parent_id,
        "manager": team.manager_id,
    }
    return rendering.shown(
        "team.html",
        visitor,
        status,
        team=team,
        members=sorted((known[one] for one in team.member_ids if one in known), key=lambda one: one.name.casefold()),
        manager=known.get(team.manager_id),
        parent=next((one for one in every_team if one.id == team.parent_id), None),
        beneath=[one for one in every_team if one.parent_id == team.id],
        sent=sent or standing,
        chosen=members if sent else team.member_ids,
        people=_to_choose(everyone, (*team.member_ids, team.manager_id)),
        strangers=[one for one in team.member_ids if one not in known],
        parents=[one for one in every_team if one.id != team.id],
        faults=faults_of(faults, _FIELDS),
    )


def _every_team(visitor: Visitor) -> list[Team]:
    found = teams.list_(visitor.context, Query(orders=(Order(TEAM_NAME),), limit=_MOST)).items
    return sorted(found, key=lambda one: one.name.casefold())


def _to_choose(everyone: list[User], standing: tuple[str, ...]) -> list[User]:
    """Who can be chosen: whoever is active, or is there already."""
    chosen = set(standing)
    return sorted(
        (one for one in everyone if one.is_active or one.id in chosen), key=lambda one: (one.name.casefold(), one.id)
    )
