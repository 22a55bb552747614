"""/metrics: key results and their check-ins."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from milepost.actions import check_ins, key_results, tasks
from milepost.actions.context import Context
from milepost.actions.surroundings import History
from milepost.asgi.answer import Answer
from milepost.asgi.lanes import Steps
from milepost.asgi.refused import Headers
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import query, respond
from milepost.dialects.gtmhub.handling import (
    expanded,
    leave_the_loop,
    needed_history,
    path_id,
    require_quick,
    require_short,
    scene,
    sent,
)
from milepost.dialects.gtmhub.tables import METRIC
from milepost.dialects.gtmhub.wanted import Wanted, fields, wants
from milepost.dialects.gtmhub.wire import body, metric_body
from milepost.dialects.gtmhub.wire.check_ins import decode_bulk, decode_check_in, encode_history, encode_snapshot
from milepost.dialects.gtmhub.wire.metrics import MetricDto, encode_metric
from milepost.dialects.gtmhub.wire.shared import Shown, all_fields
from milepost.dialects.gtmhub.wire.tasks import encode_task
from milepost.domain import ids
from milepost.domain.errors import Invalid
from milepost.domain.query import EVERYTHING, Condition, Field, FieldType, Page, Query, both, equals
from milepost.domain.values import text
from milepost.domain.views import KeyResultView, TaskView

# Metrics with histories that are encoded before other requests get their turn: half a millisecond of work.
_A_STEP = 12
_NARROWING = {
    "goalId": Field(("key_result", "objective_id"), FieldType.TEXT),
    "sessionId": Field(("key_result", "cycle_id"), FieldType.TEXT),
    "ownerId": Field(("key_result", "owner_ids")),
}


def list_(request: Request, context: Context) -> Answer | Steps[Answer]:
    """GET v2 /metrics"""
    return _list(request, context, query.query(request.query, METRIC))


def list_v1(request: Request, context: Context) -> Answer | Steps[Answer]:
    """GET v1 /metrics, which can also be narrowed by goalId, sessionId and ownerId"""
    condition: Condition = EVERYTHING
    for name, field in _NARROWING.items():
        if value := request.query.get(name):
            condition = both(condition, equals(field, ids.parse(value, name)))
    return _list(request, context, query.query(request.query, METRIC, condition))


def of_owner(request: Request, context: Context) -> Answer | Steps[Answer]:
    """GET /metrics/owner/{ownerId} (deprecated)"""
    condition = equals(_NARROWING["ownerId"], path_id(request, "ownerId"))
    asked = query.query(request.query, METRIC, condition)
    return _list(request, context, asked, respond.DEPRECATED)


def get(request: Request, context: Context) -> Answer:
    """GET /metrics/{metricId}, with its tasks where `expand` asks for them"""
    wanted = fields(request.query)
    history = History.ALL if wants(wanted, "metricHistory", "trend") else History.NONE
    metric_id = path_id(request, "metricId")
    with_tasks = expanded(request, wanted, "tasks")
    if with_tasks and wanted is not None:
        wanted = wanted.with_also("tasks")
    beneath: list[TaskView] = []
    view = None if with_tasks or history is not History.NONE else key_results.in_one_statement(context, metric_id)
    if view is not None:
        require_quick(request, 0)
    else:
        with context.database.reading():
            standing = key_results.find(context, metric_id)
            require_quick(request, 0 if history is History.NONE else standing.check_in_count)
            if with_tasks and standing.task_count:
                leave_the_loop()
            view = key_results.around(context, standing, history)
            beneath = tasks.beneath(context, metric_id) if with_tasks else []
    around = scene(request, context)
    metric: Shown = encode_metric(view, around, history=wants(wanted, "metricHistory"), trend=wants(wanted, "trend"))
    if with_tasks:
        metric = all_fields(metric) | {"tasks": [encode_task(task, around) for task in beneath]}
    return respond.item(metric, wanted)


def of_check_in(request: Request, context: Context) -> Answer:
    """GET /metrics/checkin/{checkinId}"""
    with context.database.reading():
        entry = check_ins.get(context, path_id(request, "checkinId"))
        standing = key_results.find(context, entry.key_result_id)
        require_quick(request, standing.check_in_count)
        view = key_results.around(context, standing)
    metric = encode_metric(view, scene(request, context))
    reduced = all_fields(metric) | {
        "metricHistory": [encode_history(entry, view.key_result)],
        "snapshot": encode_snapshot(entry, view.key_result),
    }
    return respond.item(reduced, fields(request.query))


def create(request: Request, context: Context) -> Answer:
    """POST /metrics"""
    goal_id, change = metric_body.decode_new(sent(request, "metric"), context.user_id)
    return respond.item(_shown(key_results.add(context, goal_id, change), request, context), status=201)


def replace(request: Request, context: Context) -> Answer:
    """PUT /metrics/{metricId}"""
    change = metric_body.decode_whole(sent(request, "metric"))
    return respond.item(_shown(key_results.revise(context, path_id(request, "metricId"), change), request, context))


def revise(request: Request, context: Context) -> Answer:
    """PATCH /metrics/{metricId}"""
    change = metric_body.decode_part(sent(request, "metric"))
    return respond.item(_shown(key_results.revise(context, path_id(request, "metricId"), change), request, context))


def remove(request: Request, context: Context) -> Answer:
    """DELETE /metrics/{metricId}"""
    key_results.remove(context, path_id(request, "metricId"))
    return respond.nothing()


def check_in(request: Request, context: Context) -> Answer:
    """POST /metrics/{metricId}/checkin"""
    entry = decode_check_in(sent(request, "checkIn"))
    key_result, recorded = check_ins.record(context, path_id(request, "metricId"), entry)
    return respond.item(encode_snapshot(recorded, key_result), status=201)


def check_in_many(request: Request, context: Context) -> Answer:
    """POST /metrics/checkins"""
    raw = body.documents(request.body, "snapshots")
    if len(raw) > check_ins.BULK_LIMIT:
        raise Invalid("", f"at most {check_ins.BULK_LIMIT:,} check-ins go into one call")
    done = check_ins.record_all(context, decode_bulk(raw))
    return respond.listing([encode_snapshot(entry, key_result) for key_result, entry in done], len(done))


def comment(request: Request, context: Context) -> Answer:
    """PATCH /metrics/checkin/{checkinId}: only the comment can change, all else is left as it was"""
    raw = sent(request, "snapshot")
    words = raw.get("comment")
    if words is not None and not isinstance(words, str):
        raise Invalid("comment", "was expected to be text")
    if words is None:
        check_ins.get(context, path_id(request, "checkinId"))
    else:
        check_ins.comment(context, path_id(request, "checkinId"), text(words, "comment"))
    return respond.nothing()


def withdraw(request: Request, context: Context) -> Answer:
    """DELETE /metrics/checkin/{checkinId}"""
    check_ins.remove(context, path_id(request, "checkinId"))
    return respond.nothing()


def find(request: Request, context: Context) -> None:
    """`NotFound` where the metric of the path is not there."""
    key_results.find(context, path_id(request, "metricId"))


def find_check_in(request: Request, context: Context) -> None:
    """`NotFound` where the check-in of the path is not there."""
    check_ins.get(context, path_id(request, "checkinId"))


def _list(request: Request, context: Context, asked: Query, headers: Headers = ()) -> Answer | Steps[Answer]:
    wanted = fields(request.query)
    needed = needed_history(wanted)
    require_short(request)
    page = key_results.list_(context, asked, needed)
    around, history, trend = scene(request, context), wants(wanted, "metricHistory"), wants(wanted, "trend")
    encode = partial(encode_metric, scene=around, history=history, trend=trend)
    if history or trend:
        return _in_steps(page, encode, wanted, headers)
    return respond.listing([encode(view) for view in page.items], page.total, wanted, headers)


def _in_steps(
    page: Page[KeyResultView], encode: Callable[[KeyResultView], Shown], wanted: Wanted | None, headers: Headers
) -> Steps[Answer]:
    shown = []
    for number, view in enumerate(page.items, 1):
        shown.append(encode(view))
        if number % _A_STEP == 0:
            yield
    return respond.listing(shown, page.total, wanted, headers)


def _shown(view: KeyResultView, request: Request, context: Context) -> MetricDto:
    return encode_metric(view, scene(request, context))
