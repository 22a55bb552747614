"""/goals: objectives."""

from __future__ import annotations

from msgspec import UNSET

from milepost.actions import objectives
from milepost.actions.context import Context
from milepost.actions.surroundings import History
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import query, respond
from milepost.dialects.gtmhub.handling import leave_the_loop, needed_history, path_id, require_short, scene, sent
from milepost.dialects.gtmhub.tables import GOAL
from milepost.dialects.gtmhub.wanted import fields, wants
from milepost.dialects.gtmhub.wire import goals as wire
from milepost.domain import ids
from milepost.domain.query import EVERYTHING, Among, Condition, Field, FieldType, both, equals
from milepost.domain.views import ObjectiveView

_CYCLE = Field(("objective", "cycle_id"), FieldType.TEXT)
_KEY_RESULT_OWNERS = Field(("key_result_owner_ids",))


def list_(request: Request, context: Context) -> Answer:
    """GET v2 /goals, which takes includeMetrics"""
    return _list(request, context, EVERYTHING, with_metrics=_with_metrics(request))


def list_v1(request: Request, context: Context) -> Answer:
    """GET v1 /goals, which also takes sessionId, metricOwnerId and metricOwnerIds"""
    condition: Condition = EVERYTHING
    if session := request.query.get("sessionId"):
        condition = equals(_CYCLE, ids.parse(session, "sessionId"))
    for name in ("metricOwnerId", "metricOwnerIds"):
        if listed := request.query.get(name):
            owners = tuple(ids.parse(part.strip(), name) for part in listed.split(","))
            condition = both(condition, Among(_KEY_RESULT_OWNERS, owners))
    return _list(request, context, condition, with_metrics=_with_metrics(request))


def of_metric_owner(request: Request, context: Context) -> Answer:
    """GET /goals/metric/{userId}: goals with metrics that the user owns, metrics included"""
    condition = Among(_KEY_RESULT_OWNERS, (path_id(request, "userId"),))
    return _list(request, context, condition, with_metrics=True)


def get(request: Request, context: Context) -> Answer:
    """GET /goals/{id}: always with its metrics"""
    wanted = fields(request.query)
    with_metrics = wants(wanted, "metrics")
    view = objectives.get(context, path_id(request), with_key_results=with_metrics)
    return respond.item(wire.encode_goal(view, scene(request, context)), wanted)


def create(request: Request, context: Context) -> Answer:
    """POST /goals"""
    session_id, change = wire.decode_new(sent(request, "goal"), context.user_id)
    return respond.item(_shown(objectives.add(context, session_id, change), request, context), status=201)


def replace(request: Request, context: Context) -> Answer:
    """PUT /goals/{id}"""
    change = wire.decode_whole(sent(request, "goal"))
    return respond.item(_shown(objectives.revise(context, path_id(request), change), request, context))


def revise(request: Request, context: Context) -> Answer:
    """PATCH /goals/{id}"""
    change = wire.decode_part(sent(request, "goal"))
    return respond.item(_shown(objectives.revise(context, path_id(request), change), request, context))


def remove(request: Request, context: Context) -> Answer:
    """DELETE /goals/{id}"""
    objectives.remove(context, path_id(request))
    return respond.nothing()


def close(request: Request, context: Context) -> Answer:
    """PUT /goals/{id}/status"""
    status, comment, extra = wire.decode_status(sent(request, "status", "goal"))
    objectives.close(context, path_id(request), status, comment, extra)
    return respond.nothing()


def reopen(request: Request, context: Context) -> Answer:
    """DELETE /goals/{id}/status"""
    objectives.reopen(context, path_id(request), {"closedStatus": UNSET})
    return respond.nothing()


def find(request: Request, context: Context) -> None:
    """`NotFound` where the goal of the path is not there."""
    objectives.find(context, path_id(request))


def _with_metrics(request: Request) -> bool:
    return request.query.get("includeMetrics", "").lower() == "true"


def _list(request: Request, context: Context, condition: Condition, *, with_metrics: bool) -> Answer:
    wanted = fields(request.query)
    if wanted is not None and with_metrics:
        wanted = wanted.with_also("metrics")
    with_metrics = with_metrics or (wanted is not None and "metrics" in wanted)
    if with_metrics:
        leave_the_loop()
    require_short(request)
    part = None if wanted is None else wanted.of("metrics")
    asked = query.query(request.query, GOAL, condition)
    history = needed_history(part) if with_metrics else History.NONE
    page = objectives.list_(context, asked, with_key_results=with_metrics, history=history)
    around = scene(request, context)
    shown = [
        wire.encode_goal(view, around, history=wants(part, "metricHistory"), trend=wants(part, "trend"))
        for view in page.items
    ]
    return respond.listing(shown, page.total, wanted)


def _shown(view: ObjectiveView, request: Request, context: Context) -> wire.GoalDto:
    return wire.encode_goal(view, scene(request, context))
