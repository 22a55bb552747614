"""Making and changing a cycle: `/cycles/new` and `/cycles/{id}/edit`; for admins."""

from __future__ import annotations

from milepost.actions import cycles
from milepost.actions.cycles import CycleChange
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain import instants
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.errors import Fault, Invalid
from milepost.domain.query import Field, FieldType, Order, Query
from milepost.web import choices, editing, rendering, showing
from milepost.web.editing import Form, Value
from milepost.web.page import Visitor

_MADE = Field(("created_at",), FieldType.INSTANT)
STATES = {
    CycleState.OPEN: "open: everything may change",
    CycleState.LOCKED: "locked: check-ins, names, descriptions, owners and tags only",
    CycleState.CLOSED: "closed: nothing changes any more",
}


def blank(_request: Request, visitor: Visitor) -> Answer:
    """The empty form."""
    return _page(visitor, 200, None, _making(visitor))


def make(request: Request, visitor: Visitor) -> Answer:
    """Make the cycle that the form describes."""
    form = editing.sent(request, _making(visitor))
    try:
        made = cycles.add(visitor.context, _change(form))
    except Invalid as error:
        return _page(visitor, 400, None, form.refused(error))
    return rendering.gone_to(f"/cycles/{made.id}")


def edit(request: Request, visitor: Visitor) -> Answer:
    """The form of an existing cycle."""
    cycle = cycles.get(visitor.context, request.path["id"])
    return _page(visitor, 200, cycle, _changing(cycle))


def revise(request: Request, visitor: Visitor) -> Answer:
    """Change a cycle by the form."""
    cycle = cycles.get(visitor.context, request.path["id"])
    form = editing.sent(request, _changing(cycle))
    try:
        cycles.revise(visitor.context, cycle.id, _change(form))
    except Invalid as error:
        return _page(visitor, 400, cycle, form.refused(error))
    return rendering.gone_to(f"/cycles/{cycle.id}")


def _making(visitor: Visitor) -> Form:
    """An empty form with the time zone of the newest cycle."""
    before = cycles.list_(visitor.context, Query(orders=(Order(_MADE, descending=True),), limit=1)).items
    zone = before[0].time_zone if before else ""
    values = {"name": "", "state": CycleState.OPEN, "starts_at": "", "ends_at": "", "parent_id": ""}
    return editing.making({**values, "time_zone": zone})


def _changing(cycle: Cycle) -> Form:
    values: dict[str, Value] = {
        "name": " ".join(cycle.name.splitlines()),
        "state": cycle.state,
        "starts_at": showing.form_day(cycle.starts_at, cycle.time_zone),
        "ends_at": showing.form_day(cycle.ends_at, cycle.time_zone),
        "time_zone": cycle.time_zone,
        "parent_id": cycle.parent_id,
    }
    return editing.changing(values)


def _change(form: Form) -> CycleChange:
    """The change in a form; `Invalid` names the invalid fields."""
    faults: list[Fault] = []
    form.require_name(faults)
    zone = form["time_zone"]
    if "time_zone" in form.changed:
        if zone and zone not in choices.time_zones():
            faults.append(Fault("time_zone", "must be one of those in the list"))
        form = form.touching("starts_at", "ends_at")  # the same days begin and end at other moments
    place = instants.zone(zone)
    change = CycleChange(
        name=form.text("name"),
        state=form.choice("state", CycleState, faults),
        starts_at=form.day("starts_at", faults, lambda day: instants.span(day, None, place)[0]),
        ends_at=form.day("ends_at", faults, lambda day: instants.span(None, day, place)[1]),
        time_zone=form.text("time_zone"),
        parent_id=form.text("parent_id"),
    )
    editing.raise_any(faults)
    return change


def _page(visitor: Visitor, status: int, cycle: Cycle | None, form: Form) -> Answer:
    zones = choices.time_zones()
    return rendering.shown(
        "cycle_form.html",
        visitor,
        status,
        cycle=cycle,
        form=form,
        states=[choices.Choice(state, words) for state, words in STATES.items()],
        zones=[choices.Choice(one, one) for one in sorted({*zones, form["time_zone"]} - {""})],
        parents=choices.cycles_but(visitor.context, cycle.id if cycle else ""),
    )
