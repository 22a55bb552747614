"""`/people`: the people of the account and their teams. Admins add people, and change their roles."""

from __future__ import annotations

from milepost.actions import people, ways_in
from milepost.actions.people import UserChange
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain.errors import Conflict, Fault, Invalid
from milepost.domain.people import Role, Team, User
from milepost.web import choices, editing, owned, reading, rendering
from milepost.web.editing import Form
from milepost.web.page import Visitor

# People on one page.
_PAGE = 100


def show(request: Request, visitor: Visitor) -> Answer:
    """Everybody, by name, and the teams."""
    context, wanted = visitor.context, request.query.get("q", "").strip()
    with context.database.reading():
        everyone = people.everyone(context)
        every_team, teams_total = choices.teams_by_name(context)
    sought = [one for one in everyone if wanted.casefold() in f"{one.name}\n{one.email}".casefold()]
    sought.sort(key=lambda one: (not one.is_active, one.name.casefold(), one.id))
    pages = max(1, -(-len(sought) // _PAGE))
    number = min(reading.page(request), pages)
    return rendering.shown(
        "people.html",
        visitor,
        wanted=wanted,
        number=number,
        pages=pages,
        listed=sought[(number - 1) * _PAGE : number * _PAGE],
        total=len(everyone),
        teams=every_team,
        teams_total=teams_total,
        teams_of=_teams_of(every_team),
        names={one.id: one.name for one in everyone},
    )


def blank(_request: Request, visitor: Visitor) -> Answer:
    """The form for a new person."""
    return _form(visitor, 200, _making())


def add(request: Request, visitor: Visitor) -> Answer:
    """Add a person."""
    form = editing.sent(request, _making())
    try:
        made = people.add(visitor.context, _change(form, None))
    except Invalid as error:
        return _form(visitor, 400, form.refused(error))
    return rendering.gone_to(f"/people/{made.id}")


def person(request: Request, visitor: Visitor) -> Answer:
    """One person."""
    return _person(request, visitor)


def revise(request: Request, visitor: Visitor) -> Answer:
    """Change a person's name, address or role."""
    standing = people.get(visitor.context, request.path["id"])
    form = editing.sent(request, _changing(standing))
    try:
        people.revise(visitor.context, standing.id, _change(form, standing))
    except Invalid as error:
        return _person(request, visitor, 400, form.refused(error))
    except Conflict as error:
        return _person(request, visitor, 409, form.refused(_as_fault(error)))
    return rendering.gone_to(f"/people/{request.path['id']}")


def deactivate(request: Request, visitor: Visitor) -> Answer:
    """Deactivate a person's user."""
    return _activity(request, visitor, active=False)


def activate(request: Request, visitor: Visitor) -> Answer:
    """Activate a person's user again."""
    return _activity(request, visitor, active=True)


def link(request: Request, visitor: Visitor) -> Answer:
    """Make a sign-in link for a person, and show it in this answer only."""
    try:
        code = ways_in.link(visitor.context, request.path["id"])
    except Conflict as error:
        return _person(request, visitor, 409, error=_as_fault(error))
    return _person(request, visitor, link=f"{request.base_url}/sign-in?code={code}")


def _making() -> Form:
    return editing.making({"name": "", "email": "", "role": Role.MEMBER.value})


def _changing(one: User) -> Form:
    return editing.changing({"name": " ".join(one.name.splitlines()), "email": one.email, "role": one.role.value})


def _change(form: Form, standing: User | None) -> UserChange:
    """The change in a form; `Invalid` names the invalid fields."""
    faults: list[Fault] = []
    form.require_name(faults)
    change = UserChange(email=form.text("email"), role=form.choice("role", Role, faults))
    editing.raise_any(faults)
    if "name" not in form.changed or (standing is not None and form["name"] == standing.name):
        return change  # the parts of a name, which the form does not show, stay if the whole does
    name = form["name"]
    first, _, last = name.partition(" ")
    return UserChange(email=change.email, role=change.role, name=name, first_name=first, last_name=last.strip())


def _as_fault(error: Conflict) -> Invalid:
    return Invalid("", str(error))


def _activity(request: Request, visitor: Visitor, *, active: bool) -> Answer:
    try:
        people.revise(visitor.context, request.path["id"], UserChange(is_active=active))
    except Conflict as error:
        return _person(request, visitor, 409, error=_as_fault(error))
    return rendering.gone_to(f"/people/{request.path['id']}")


def _form(visitor: Visitor, status: int, form: Form) -> Answer:
    return rendering.shown("person_form.html", visitor, status, form=form)


def _person(
    request: Request,
    visitor: Visitor,
    status: int = 200,
    form: Form | None = None,
    error: Invalid | None = None,
    link: str = "",
) -> Answer:
    context = visitor.context
    with context.database.reading():
        one = people.get(context, request.path["id"])
        every_team, _ = choices.teams_by_name(context)
    form = form or _changing(one)
    return rendering.shown(
        "person.html",
        visitor,
        status,
        one=one,
        teams=_teams_of(every_team).get(one.id, []),
        managed=[team for team in every_team if team.manager_id == one.id],
        form=form.refused(error) if error else form,
        link=link,
        owned=owned.of(visitor, one.id),
    )


def _teams_of(found: list[Team]) -> dict[str, list[Team]]:
    """The teams of each person."""
    by_person: dict[str, list[Team]] = {}
    for team in found:
        for member in team.member_ids:
            by_person.setdefault(member, []).append(team)
    return by_person
