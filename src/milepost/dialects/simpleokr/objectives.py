"""/objectives: objectives."""

from __future__ import annotations

from milepost.actions import objectives, owners
from milepost.actions.context import Context
from milepost.actions.owners import OwnerKind
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.simpleokr import paging, respond
from milepost.dialects.simpleokr.handling import asked_cycle, path_id, sent
from milepost.dialects.simpleokr.wire.objectives import (
    ObjectivePage,
    WantedObjective,
    decode_objective,
    encode_objective,
)
from milepost.domain.change import ObjectiveChange
from milepost.domain.query import Field, FieldType, equals
from milepost.domain.views import ObjectiveView

_LIST = "objectives"
_CYCLE = Field(("objective", "cycle_id"), FieldType.TEXT)


def list_(request: Request, context: Context) -> Answer:
    """GET /objectives?cycle_id=…"""
    text, cycle_id = asked_cycle(request)
    of = f"{_LIST} of {cycle_id or text}"
    found = objectives.list_(context, paging.asked(request.query, of, equals(_CYCLE, cycle_id))).items
    token = paging.next_token([view.objective for view in found], of)
    return respond.listing(ObjectivePage, found, token, encode_objective)


def create(request: Request, context: Context) -> Answer:
    """POST /objectives"""
    wanted = decode_objective(sent(request))
    change = _change(context, wanted, ())
    return _shown(objectives.add(context, wanted.cycle_id, change))


def get(request: Request, context: Context) -> Answer:
    """GET /objectives/:id"""
    return _shown(objectives.get(context, path_id(request, "objective"), with_key_results=False))


def replace(request: Request, context: Context) -> Answer:
    """POST /objectives/:id"""
    with context.database.transaction():  # some attributes are kept by comparing with the stored record
        standing = objectives.find(context, path_id(request, "objective"))
        wanted = decode_objective(sent(request), nameless=not standing.name)
        change = _change(context, wanted, standing.owner_ids)
        return _shown(objectives.revise(context, standing.id, change))


def remove(request: Request, context: Context) -> Answer:
    """DELETE /objectives/:id"""
    objectives.remove(context, path_id(request, "objective"))
    return respond.removed()


def _change(context: Context, wanted: WantedObjective, owner_ids: tuple[str, ...]) -> ObjectiveChange:
    """The change that makes an objective equal to the body, given its present owners."""
    assigned = owners.placed(context, owner_ids, OwnerKind.USER, wanted.assignee_id, "assignee_id")
    return ObjectiveChange(
        name=wanted.name,
        cycle_id=wanted.cycle_id,
        owner_ids=owners.placed(context, assigned, OwnerKind.TEAM, wanted.team_id, "team_id"),
        parent_id=wanted.parent_id,
        description=wanted.description,
        is_personal=wanted.is_personal,
        is_company=wanted.is_company,
    )


def _shown(view: ObjectiveView) -> Answer:
    return respond.item(encode_objective(view))
