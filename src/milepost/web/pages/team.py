"""`/teams`: a team and its members. Admins make, change and delete teams."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from milepost.actions import directory, teams
from milepost.actions.teams import TeamChange
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain.errors import Fault, Invalid
from milepost.domain.people import Team
from milepost.web import choices, editing, owned, rendering, whom
from milepost.web.choices import Choice
from milepost.web.editing import Form, Value
from milepost.web.page import Visitor

_MOST = 10_000
# The most members that have a box each in the form; in a larger team, those who leave are typed into a field.
_SHOWN = 200
_BLANK: dict[str, Value] = {
    "name": "",
    "description": "",
    "parent_id": "",
    "manager_id": "",
    "member_ids": (),
    "more_members": "",
}


def blank(_request: Request, visitor: Visitor) -> Answer:
    """The form for a new team."""
    return _form(visitor, 200, editing.making(_BLANK))


def add(request: Request, visitor: Visitor) -> Answer:
    """Add a team."""
    form = editing.sent(request, editing.making(_BLANK))
    try:
        made = teams.add(visitor.context, _change(visitor, form, None))
    except Invalid as error:
        return _form(visitor, 400, form.refused(error))
    return rendering.gone_to(f"/teams/{made.id}")


def show(request: Request, visitor: Visitor) -> Answer:
    """One team."""
    team = teams.get(visitor.context, request.path["id"])
    return _page(visitor, 200, team, _changing(visitor, team))


def revise(request: Request, visitor: Visitor) -> Answer:
    """Change a team."""
    team = teams.get(visitor.context, request.path["id"])
    form = editing.sent(request, _changing(visitor, team))
    try:
        teams.revise(visitor.context, team.id, _change(visitor, form, team))
    except Invalid as error:
        return _page(visitor, 400, team, form.refused(error))
    return rendering.gone_to(f"/teams/{team.id}")


def remove(request: Request, visitor: Visitor) -> Answer:
    """Delete a team; its records stay, without it as an owner."""
    teams.remove(visitor.context, request.path["id"])
    return rendering.gone_to("/people")


def _changing(visitor: Visitor, team: Team) -> Form:
    values: dict[str, Value] = {
        "name": " ".join(team.name.splitlines()),
        "description": team.description,
        "parent_id": team.parent_id,
        "manager_id": whom.standing(visitor.context, [team.manager_id]).get(team.manager_id, ""),
        "more_members": "",
        **({"fewer_members": ""} if len(team.member_ids) > _SHOWN else {"member_ids": team.member_ids}),
    }
    return editing.changing(values)


def _change(visitor: Visitor, form: Form, standing: Team | None) -> TeamChange:
    """The change in a form; `Invalid` names the invalid fields."""
    faults: list[Fault] = []
    form.require_name(faults)
    manager: str | UnsetType = UNSET
    if "manager_id" in form.changed:
        kept = (standing.manager_id,) if standing else ()
        manager = whom.read(visitor.context, form["manager_id"], "manager_id", faults, kept=kept)
    change = TeamChange(
        name=form.text("name"),
        description=form.text("description"),
        parent_id=form.text("parent_id"),
        manager_id=manager,
        member_ids=_members(visitor, form, standing, faults),
    )
    editing.raise_any(faults)
    return change


def _members(visitor: Visitor, form: Form, standing: Team | None, faults: list[Fault]) -> tuple[str, ...] | UnsetType:
    """The members, if they were changed: those ticked, or not taken out, and those typed."""
    if form.changed.isdisjoint(("member_ids", "more_members", "fewer_members")):
        return UNSET
    standing_ids = standing.member_ids if standing else ()
    kept, context = frozenset(standing_ids), visitor.context
    more = whom.read_several(context, form["more_members"], "more_members", faults, kept=kept)
    if "member_ids" in form.values:
        return tuple(dict.fromkeys((*form.several("member_ids"), *more)))
    fewer = whom.read_several(context, form["fewer_members"], "fewer_members", faults, kept=kept)
    return tuple(dict.fromkeys((*(one for one in standing_ids if one not in fewer), *more)))


def _form(visitor: Visitor, status: int, form: Form) -> Answer:
    with visitor.context.database.reading():
        offered = _offered(visitor, form, choices.teams_by_name(visitor.context, _MOST)[0])
    return rendering.shown("team_form.html", visitor, status, form=form, **offered)


def _page(visitor: Visitor, status: int, team: Team, form: Form) -> Answer:
    context = visitor.context
    with context.database.reading():
        known = directory.known(context, (*team.member_ids, team.manager_id))
        members = sorted((known[one] for one in team.member_ids if one in known), key=lambda one: one.name.casefold())
        every_team = choices.teams_by_name(context, _MOST)[0]
        offered = _offered(visitor, form, [one for one in every_team if one.id != team.id])
    return rendering.shown(
        "team.html",
        visitor,
        status,
        team=team,
        members=members[:_SHOWN],
        total=len(members),
        manager=known.get(team.manager_id),
        parent=next((one for one in every_team if one.id == team.parent_id), None),
        beneath=[one for one in every_team if one.parent_id == team.id],
        form=form,
        owned=owned.of(visitor, team.id),
        **offered,
    )


def _offered(visitor: Visitor, form: Form, parents: list[Team]) -> dict[str, object]:
    """The choices of the form, which only admins see."""
    if not visitor.may("administer"):
        return {"standing": {}, "suggested": [], "parents": []}
    return {
        "standing": whom.standing(visitor.context, form.several("member_ids") if "member_ids" in form.values else ()),
        "suggested": whom.suggested(visitor.context, with_teams=False),
        "parents": [Choice(one.id, one.name) for one in parents],
    }
