"""Making and changing a key result: `/objectives/{id}/key-results/new` and `/key-results/{id}/edit`."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from milepost.actions import key_results, objectives
from milepost.actions.surroundings import History
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain.change import ConfidenceChange, KeyResultChange, chosen
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.errors import Fault, Invalid
from milepost.domain.key_result import Format, KeyResult, Kind
from milepost.domain.objective import Objective, ObjectiveStatus
from milepost.domain.views import KeyResultView, ObjectiveView
from milepost.web import choices, common_fields, editing, offers, own_fields, reading, rendering, showing
from milepost.web.choices import Choice
from milepost.web.editing import Form, Value
from milepost.web.own_fields import Own
from milepost.web.page import Visitor

KINDS = [
    Choice(Kind.INCREASE, "increase: from the start up to the target"),
    Choice(Kind.DECREASE, "decrease: from the start down to the target"),
    Choice(Kind.STAY_ABOVE, "stay above the target"),
    Choice(Kind.STAY_BELOW, "stay below the target"),
    Choice(Kind.IN_RANGE, "stay in a range: from the target to its upper end"),
    Choice(Kind.MILESTONE, "milestone: done or not, or a share of it"),
    Choice(Kind.BASELINE, "baseline: to be watched, not scored"),
]
# The usual types of numbers. Clients may use other ones; an existing one is offered, too.
NUMBER_TYPES = [
    Choice("double", "a number"),
    Choice("integer", "a whole number"),
    Choice("percentage", "a percentage"),
    Choice("currency", "an amount of money"),
]
_DIGITS = 12
_FEEDS = [Choice("", "people, who check in"), Choice("automated", "another system, over the API")]


def blank(request: Request, visitor: Visitor) -> Answer:
    """The empty form."""
    above = _above(request, visitor)
    return _page(visitor, 200, above, None, _making(visitor, above))


def make(request: Request, visitor: Visitor) -> Answer:
    """Make the key result that the form describes."""
    above = _above(request, visitor)
    form = editing.sent(request, _making(visitor, above))
    try:
        made = key_results.add(visitor.context, above.objective.id, _change(visitor, form, above.cycle, None))
    except Invalid as error:
        return _page(visitor, 400, above, None, form.refused(error))
    return rendering.gone_to(f"/key-results/{made.key_result.id}")


def edit(request: Request, visitor: Visitor) -> Answer:
    """The form of an existing key result."""
    view = key_results.get(visitor.context, request.path["id"], History.NONE)
    return _page(visitor, 200, view, view.key_result, _changing(visitor, view))


def revise(request: Request, visitor: Visitor) -> Answer:
    """Change a key result by the form."""
    view = key_results.get(visitor.context, request.path["id"], History.NONE)
    one = view.key_result
    form = editing.sent(request, _changing(visitor, view))
    try:
        key_results.revise(visitor.context, one.id, _change(visitor, form, view.cycle, one))
    except Invalid as error:
        return _page(visitor, 400, view, one, form.refused(error))
    return rendering.gone_to(f"/key-results/{one.id}")


def _above(request: Request, visitor: Visitor) -> ObjectiveView:
    return objectives.get(visitor.context, request.path["id"], with_key_results=False, history=History.NONE)


def _making(visitor: Visitor, above: ObjectiveView) -> Form:
    values: dict[str, Value] = {
        **common_fields.blank(visitor),
        **own_fields.shown(_own(visitor, None)),
        "kind": Kind.INCREASE,
        "start": "0",
        "target": "",
        "target_max": "",
        "current": "",
        "confidence": "",
        "prefix": "",
        "suffix": "",
        "fraction_size": "0",
        "number_type": "double",
        "weight": "1",
        "position": "",
        "due_at": "",
        "soft_due_at": "",
        "critical": "",
        "feed": "",
        "parent_id": "",
    }
    return editing.making(values, _stopped(above.objective, above.cycle, CycleState.LOCKED, CycleState.CLOSED))


def _changing(visitor: Visitor, view: KeyResultView) -> Form:
    one, zone = view.key_result, view.cycle.time_zone
    values: dict[str, Value] = {
        **common_fields.standing(visitor.context, one),
        **own_fields.shown(_own(visitor, one)),
        "kind": one.kind,
        "start": showing.plain(one.start),
        "target": showing.plain(one.target),
        "target_max": _written(one.target_max),
        "prefix": one.format.prefix,
        "suffix": one.format.suffix,
        "fraction_size": str(one.format.fraction_size),
        "number_type": one.number_type,
        "weight": showing.plain(one.weight),
        "position": str(one.position),
        "due_at": showing.form_day(one.due_at, zone),
        "soft_due_at": showing.form_day(one.soft_due_at, zone),
        "critical": _written(one.critical),
        "feed": "automated" if one.automated else "",
        "parent_id": one.parent_id,
        "objective": one.objective_id,
    }
    free = None if view.cycle.state is CycleState.OPEN else common_fields.FREE_WHEN_LOCKED
    return editing.changing(values, free, _stopped(view.objective, view.cycle, CycleState.CLOSED))


def _written(number: float | None) -> str:
    return "" if number is None else showing.plain(number)


def _stopped(objective: Objective, cycle: Cycle, *states: CycleState) -> str:
    """The reason why nothing can be made or changed here, "" where it can."""
    if cycle.state in states:
        return f"{cycle.name} is {cycle.state}: an admin must open it first."
    if objective.closing.status is ObjectiveStatus.ABANDONED:
        return f"{objective.name} is abandoned: nothing under it changes any more."
    return ""


def _change(visitor: Visitor, form: Form, cycle: Cycle, standing: KeyResult | None) -> KeyResultChange:
    """The change in a form; `Invalid` names the invalid fields."""
    faults: list[Fault] = []
    form.require_name(faults)
    kind = form.choice("kind", Kind, faults)
    # A milestone's target is 1, and a baseline has no target.
    aims = form["kind"] != Kind.MILESTONE and (form["kind"] != Kind.BASELINE or form["target"])
    change = KeyResultChange(
        name=form.text("name"),
        description=form.text("description"),
        owner_ids=common_fields.owner_ids(visitor.context, form, standing, faults),
        tags=common_fields.tags(form, standing),
        custom_field_edits=own_fields.edits(_own(visitor, standing), form, faults),
        kind=kind,
        start=form.number("start", faults),
        target=form.number("target", faults) if aims else UNSET,
        target_max=form.number_or_none("target_max", faults),
        critical=form.number_or_none("critical", faults),
        number_type=_number_type(form, standing, faults),
        format=_format(form, standing, faults),
        weight=form.number("weight", faults),
        position=_position(form, standing, faults),
        due_at=form.day("due_at", faults, lambda day: cycle.span(None, day)[1]),
        soft_due_at=form.day("soft_due_at", faults, lambda day: cycle.span(None, day)[1]),
        automated=form.asked("feed", lambda text: text == "automated"),
        parent_id=form.text("parent_id"),
        objective_id=form.text("objective") if standing else UNSET,
        **({} if standing else _first_check_in(form, faults)),
    )
    editing.raise_any(faults)
    return change


def _first_check_in(form: Form, faults: list[Fault]) -> dict[str, Any]:
    """The first check-in of a new key result; nothing where the form has no value for it."""
    said: dict[str, Any] = {}
    if form["current"]:
        said["current"] = form.number("current", faults)
    if form["confidence"] and (share := reading.confidence(form["confidence"], faults)) is not None:
        said["confidence"] = ConfidenceChange(share)
    return said


def _format(form: Form, standing: KeyResult | None, faults: list[Fault]) -> Format | UnsetType:
    """The format of values, if it was changed."""
    if form.changed.isdisjoint(("prefix", "suffix", "fraction_size")):
        return UNSET
    before = standing.format if standing else Format()
    digits = form.choice("fraction_size", int, faults)
    return Format(
        chosen(digits, before.fraction_size),
        chosen(form.text("prefix"), before.prefix),
        chosen(form.text("suffix"), before.suffix),
        before.extra,
    )


def _number_type(form: Form, standing: KeyResult | None, faults: list[Fault]) -> str | UnsetType:
    known = [one.value for one in NUMBER_TYPES] + ([standing.number_type] if standing else [])
    if "number_type" in form.changed and form["number_type"] not in known:
        faults.append(Fault("number_type", "must be one of those in the list"))
    return form.text("number_type")


def _position(form: Form, standing: KeyResult | None, faults: list[Fault]) -> int | UnsetType:
    """The wanted position; without one, a new key result comes last."""
    text = form["position"]
    if "position" not in form.changed or not (text or standing):
        return UNSET
    if text.isascii() and text.isdigit() and len(text) <= _DIGITS:
        return int(text)
    faults.append(Fault("position", "must be a whole number from 0 to 1,000,000,000"))
    return UNSET


def _own(visitor: Visitor, one: KeyResult | None) -> list[Own]:
    return own_fields.asked(visitor.context, own_fields.KEY_RESULT, one)


def _page(
    visitor: Visitor, status: int, around: KeyResultView | ObjectiveView, one: KeyResult | None, form: Form
) -> Answer:
    context, objective, cycle = visitor.context, around.objective, around.cycle
    with context.database.reading():
        offered = {
            **common_fields.offered(context, form, one),
            "own": _own(visitor, one),
            "parents": choices.key_results_above(context, objective, one.parent_id if one else ""),
            "objectives": choices.objectives_of(context, cycle.id) if one else [],
        }
    return rendering.shown(
        "key_result_form.html",
        visitor,
        status,
        cycle=cycle,
        objective=objective,
        one=one,
        form=form,
        kinds=KINDS,
        number_types=NUMBER_TYPES,
        feeds=_FEEDS,
        digits=_digits(form["fraction_size"]),
        deletes=one is not None and offers.of_key_result(visitor, one, objective, cycle).delete,
        **offered,
    )


def _digits(standing: str) -> list[Choice]:
    """The number of decimals."""
    usual = [str(digits) for digits in range(7)]
    return [Choice(one, one) for one in (usual if standing in usual else [*usual, standing])]
