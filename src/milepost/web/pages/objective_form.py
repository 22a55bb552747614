"""Making and changing an objective: `/cycles/{id}/objectives/new` and `/objectives/{id}/edit`."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from milepost.actions import cycles, objectives
from milepost.actions.surroundings import History
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain.change import ObjectiveChange
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.errors import Fault, Invalid
from milepost.domain.objective import Objective, ObjectiveStatus
from milepost.web import choices, common_fields, editing, forms, offers, own_fields, rendering, showing
from milepost.web.choices import Choice
from milepost.web.editing import Form, Value
from milepost.web.own_fields import Own
from milepost.web.page import Visitor

_AIMS = [
    Choice("", "a team or some people"),
    Choice("company", "the whole company"),
    Choice("personal", "one person, for himself or herself"),
]
_COUNTS = [
    Choice("", "its key results; the objectives beneath it where it has none"),
    Choice("both", "its key results and the objectives beneath it"),
]
STATUSES = [
    Choice(ObjectiveStatus.ACTIVE, "active: people work on it"),
    Choice(ObjectiveStatus.ACHIEVED, "achieved: it is done; check-ins go on being taken"),
    Choice(ObjectiveStatus.ABANDONED, "abandoned: nothing under it changes any more"),
]


def blank(request: Request, visitor: Visitor) -> Answer:
    """The empty form."""
    cycle = cycles.get(visitor.context, request.path["id"])
    return _page(visitor, 200, cycle, None, _making(request, visitor, cycle))


def make(request: Request, visitor: Visitor) -> Answer:
    """Make the objective that the form describes."""
    cycle = cycles.get(visitor.context, request.path["id"])
    form = editing.sent(request, _making(request, visitor, cycle))
    try:
        made = objectives.add(visitor.context, cycle.id, _change(visitor, form, cycle, None))
    except Invalid as error:
        return _page(visitor, 400, cycle, None, form.refused(error))
    return rendering.gone_to(f"/objectives/{made.objective.id}")


def edit(request: Request, visitor: Visitor) -> Answer:
    """The form of an existing objective."""
    cycle, one = _found(request, visitor)
    return _page(visitor, 200, cycle, one, _changing(visitor, cycle, one))


def revise(request: Request, visitor: Visitor) -> Answer:
    """Change an objective by the form."""
    cycle, one = _found(request, visitor)
    form = editing.sent(request, _changing(visitor, cycle, one))
    try:
        objectives.revise(visitor.context, one.id, _change(visitor, form, cycle, one))
    except Invalid as error:
        return _page(visitor, 400, cycle, one, form.refused(error))
    return rendering.gone_to(f"/objectives/{one.id}")


def set_status(request: Request, visitor: Visitor) -> Answer:
    """Mark an objective as achieved, abandoned, or active again."""
    cycle, one = _found(request, visitor)
    sent = forms.fields(request)
    try:
        if (status := sent.get("status", "")) not in list(ObjectiveStatus):
            raise Invalid("status", "must be one of those in the list")
        if status == ObjectiveStatus.ACTIVE:
            objectives.reopen(visitor.context, one.id)
        else:
            objectives.close(visitor.context, one.id, ObjectiveStatus(status), sent.get("comment", ""))
    except Invalid as error:
        return _page(visitor, 400, cycle, one, _changing(visitor, cycle, one).refused(error))
    return rendering.gone_to(f"/objectives/{one.id}")


def _found(request: Request, visitor: Visitor) -> tuple[Cycle, Objective]:
    view = objectives.get(visitor.context, request.path["id"], with_key_results=False, history=History.NONE)
    return view.cycle, view.objective


def _making(request: Request, visitor: Visitor, cycle: Cycle) -> Form:
    stopped = "" if cycle.state is CycleState.OPEN else f"{cycle.name} is {cycle.state}: nothing new is made in it."
    values = common_fields.blank(visitor) | {"starts_at": "", "ends_at": "", "aim": "", "counts": ""}
    values |= own_fields.shown(_own(visitor, None))
    return editing.making({**values, "parent_id": request.query.get("parent", "")}, stopped)


def _changing(visitor: Visitor, cycle: Cycle, one: Objective) -> Form:
    stopped = f"{cycle.name} is closed: an admin must open it before anything changes."
    values: dict[str, Value] = {
        **common_fields.standing(visitor.context, one),
        **own_fields.shown(_own(visitor, one)),
        "starts_at": showing.form_day(one.starts_at, cycle.time_zone),
        "ends_at": showing.form_day(one.ends_at, cycle.time_zone),
        "aim": "company" if one.is_company else "personal" if one.is_personal else "",
        "counts": "both" if one.counts_children else "",
        "parent_id": one.parent_id,
        "cycle": cycle.id,
    }
    free = None if cycle.state is CycleState.OPEN else common_fields.FREE_WHEN_LOCKED
    return editing.changing(values, free, stopped if cycle.state is CycleState.CLOSED else "")


def _change(visitor: Visitor, form: Form, cycle: Cycle, standing: Objective | None) -> ObjectiveChange:
    """The change in a form; `Invalid` names the invalid fields."""
    faults: list[Fault] = []
    form.require_name(faults)
    aim = form.text("aim")
    change = ObjectiveChange(
        name=form.text("name"),
        description=form.text("description"),
        owner_ids=common_fields.owner_ids(visitor.context, form, standing, faults),
        tags=common_fields.tags(form, standing),
        custom_field_edits=own_fields.edits(_own(visitor, standing), form, faults),
        parent_id=form.text("parent_id"),
        is_company=aim if isinstance(aim, UnsetType) else aim == "company",
        is_personal=aim if isinstance(aim, UnsetType) else aim == "personal",
        counts_children=form.asked("counts", lambda text: text == "both"),
        starts_at=form.day("starts_at", faults, lambda day: cycle.span(day, None)[0]),
        ends_at=form.day("ends_at", faults, lambda day: cycle.span(None, day)[1]),
        cycle_id=form.text("cycle") if standing else UNSET,
    )
    editing.raise_any(faults)
    return change


def _own(visitor: Visitor, one: Objective | None) -> list[Own]:
    return own_fields.asked(visitor.context, own_fields.OBJECTIVE, one)


def _page(visitor: Visitor, status: int, cycle: Cycle, one: Objective | None, form: Form) -> Answer:
    context = visitor.context
    with context.database.reading():
        offered = {
            **common_fields.offered(context, form, one),
            "own": _own(visitor, one),
            "parents": choices.objectives_above(context, cycle, one),
            "cycles": choices.open_cycles(context, cycle.id) if one else [],
        }
    return rendering.shown(
        "objective_form.html",
        visitor,
        status,
        cycle=cycle,
        one=one,
        form=form,
        aims=_AIMS,
        counts=_COUNTS,
        statuses=STATUSES,
        deletes=one is not None and offers.of_objective(visitor, one, cycle).delete,
        **offered,
    )
