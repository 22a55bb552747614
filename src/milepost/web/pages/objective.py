"""`/objectives/{id}`: an objective with its key results, its parent and its children."""

from __future__ import annotations

from collections import Counter

from milepost.actions import objectives
from milepost.actions.surroundings import History
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain import progress
from milepost.domain.query import Field, FieldType, Query, equals
from milepost.web import offers, own_fields, rendering, rows
from milepost.web.page import Visitor

_PARENT = Field(("objective", "parent_id"), FieldType.TEXT)


def show(request: Request, visitor: Visitor) -> Answer:
    """The page."""
    context = visitor.context
    with context.database.reading():
        view = objectives.get(context, request.path["id"], history=History.NONE)
        parent_id = view.objective.parent_id
        above = objectives.find(context, parent_id) if parent_id else None
        own = own_fields.facts(context, own_fields.OBJECTIVE, view.objective)
        beneath = objectives.list_(context, Query(equals(_PARENT, view.objective.id), limit=500)).items
    now = context.clock()
    listed = rows.by_urgency(rows.row(one, visitor, now) for one in view.key_results or ())
    counted = Counter(one.health for one in listed)
    said = (one.key_result.confidence for one in listed)
    return rendering.shown(
        "objective.html",
        visitor,
        view=view,
        above=above,
        own=own,
        offers=offers.of_objective(visitor, view.objective, view.cycle),
        beneath=beneath,
        rows=listed,
        states={state: counted[state] for state in rows.URGENCY if counted[state]},
        confidence=rows.confidence(None if one is None else one.value for one in said),
        expected=progress.expected(view.cycle, now),
    )
