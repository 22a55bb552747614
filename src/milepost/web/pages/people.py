"""`/people`: who is in the account and in which teams. Admins add people, and change what they may do."""

from __future__ import annotations

from milepost.actions import people, teams, ways_in
from milepost.actions.people import UserChange
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain.errors import Conflict, Fault, Invalid
from milepost.domain.people import Role, Team, User
from milepost.domain.query import Order, Query
from milepost.web import forms, rendering
from milepost.web.fields import TEAM_NAME, faults_of, page_of
from milepost.web.page import Visitor

# So many people are on one page, and so many teams are shown at most.
_PAGE, _TEAMS = 100, 1_000
# What the form's fields are called, where the record calls them otherwise.
_FIELDS = {"first_name": "name", "last_name": "name"}


def show(request: Request, visitor: Visitor) -> Answer:
    """Everybody, by name, and the teams."""
    context, wanted = visitor.context, request.query.get("q", "").strip()
    with context.database.reading():
        everyone = people.everyone(context)
        found = teams.list_(context, Query(orders=(Order(TEAM_NAME),), limit=_TEAMS))
    sought = [one for one in everyone if wanted.casefold() in f"{one.name}\n{one.email}".casefold()]
    sought.sort(key=lambda one: (not one.is_active, one.name.casefold(), one.id))
    number, pages = page_of(request.query.get("page", ""), len(sought), _PAGE)
    return rendering.shown(
        "people.html",
        visitor,
        wanted=wanted,
        number=number,
        pages=pages,
        listed=sought[(number - 1) * _PAGE : number * _PAGE],
        total=len(everyone),
        teams=sorted(found.items, key=lambda one: one.name.casefold()),
        teams_total=found.total,
        teams_of=_teams_of(found.items),
        names={one.id: one.name for one in everyone},
    )


def blank(_request: Request, visitor: Visitor) -> Answer:
    """The form for somebody new."""
    return _form(visitor, 200, {"role": Role.MEMBER.value}, ())


def add(request: Request, visitor: Visitor) -> Answer:
    """Add somebody."""
    sent = forms.fields(request)
    try:
        made = people.add(visitor.context, _change(sent, None))
    except Invalid as error:
        return _form(visitor, 400, sent, error.faults)
    return rendering.gone_to(f"/people/{made.id}")


def person(request: Request, visitor: Visitor) -> Answer:
    """One of them."""
    return _person(request, visitor)


def revise(request: Request, visitor: Visitor) -> Answer:
    """Change somebody's name, address or role."""
    sent = forms.fields(request)
    try:
        people.revise(
            visitor.context, request.path["id"], _change(sent, people.get(visitor.context, request.path["id"]))
        )
    except Invalid as error:
        return _person(request, visitor, 400, sent, error.faults)
    except Conflict as error:
        return _person(request, visitor, 409, sent, (Fault("", str(error)),))
    return rendering.gone_to(f"/people/{request.path['id']}")


def deactivate(request: Request, visitor: Visitor) -> Answer:
    """Close the account to somebody."""
    return _activity(request, visitor, active=False)


def activate(request: Request, visitor: Visitor) -> Answer:
    """Open the account to somebody again."""
    return _activity(request, visitor, active=True)


def link(request: Request, visitor: Visitor) -> Answer:
    """Make a link that signs somebody in, and show it, this once."""
    try:
        code = ways_in.link(visitor.context, request.path["id"])
    except Conflict as error:
        return _person(request, visitor, 409, None, (Fault("", str(error)),))
    return _person(request, visitor, link=f"{request.base_url}/sign-in?code={code}")


def _change(sent: dict[str, str], standing: User | None) -> UserChange:
    """What the form says; `Invalid` names the fields that it cannot be read from."""
    faults = []
    name, role = sent.get("name", ""), sent.get("role", "")
    if not name:
        faults.append(Fault("name", "is required"))
    if role not in list(Role):
        faults.append(Fault("role", "must be chosen"))
    if faults:
        raise Invalid.of(faults)
    change = UserChange(email=sent.get("email", ""), role=Role(role))
    if standing is not None and name == standing.name:
        return change  # whose parts may be known better than the whole says
    first, _, last = name.partition(" ")
    return UserChange(email=change.email, role=change.role, name=name, first_name=first, last_name=last.strip())


def _activity(request: Request, visitor: Visitor, *, active: bool) -> Answer:
    try:
        people.revise(visitor.context, request.path["id"], UserChange(is_active=active))
    except Conflict as error:
        return _person(request, visitor, 409, None, (Fault("", str(error)),))
    return rendering.gone_to(f"/people/{request.path['id']}")


def _form(visitor: Visitor, status: int, sent: dict[str, str], faults: tuple[Fault, ...]) -> Answer:
    return rendering.shown("person_form.html", visitor, status, sent=sent, faults=faults_of(faults, _FIELDS))


def _person(
    request: Request,
    visitor: Visitor,
    status: int = 200,
    sent: dict[str, str] | None = None,
    faults: tuple[Fault, ...] = (),
    link: str = "",
) -> Answer:
    context = visitor.context
    with context.database.reading():
        one = people.get(context, request.path["id"])
        found = teams.list_(context, Query(orders=(Order(TEAM_NAME),), limit=_TEAMS)).items
    return rendering.shown(
        "person.html",
        visitor,
        status,
        one=one,
        teams=_teams_of(found).get(one.id, []),
        managed=[team for team in found if team.manager_id == one.id],
        sent=sent or {"name": one.name, "email": one.email, "role": one.role.value},
        faults=faults_of(faults, _FIELDS),
        link=link,
    )


def _teams_of(found: list[Team]) -> dict[str, list[Team]]:
    """The teams that each person is a member of."""
    by_person: dict[str, list[Team]] = {}
    for team in found:
        for member in team.member_ids:
            by_person.setdefault(member, []).append(team)
    return by_person
