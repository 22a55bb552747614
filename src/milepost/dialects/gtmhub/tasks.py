"""/tasks: tasks."""

from __future__ import annotations

from milepost.actions import tasks
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import query, respond
from milepost.dialects.gtmhub.handling import path_id, scene, sent
from milepost.dialects.gtmhub.tables import TASK
from milepost.dialects.gtmhub.wanted import fields
from milepost.dialects.gtmhub.wire import tasks as wire


def list_(request: Request, context: Context) -> Answer:
    """GET /tasks"""
    page = tasks.list_(context, query.query(request.query, TASK))
    around = scene(request, context)
    shown = [wire.encode_task(view, around) for view in page.items]
    return respond.listing(shown, page.total, fields(request.query))


def get(request: Request, context: Context) -> Answer:
    """GET /tasks/{id}"""
    view = tasks.get(context, path_id(request))
    return respond.item(wire.encode_task(view, scene(request, context)), fields(request.query))


def create(request: Request, context: Context) -> Answer:
    """POST /tasks"""
    view = tasks.add(context, wire.decode_new(sent(request, "task"), context.user_id))
    return respond.item(wire.encode_task(view, scene(request, context)), status=201)


def replace(request: Request, context: Context) -> Answer:
    """PUT /tasks/{id}"""
    view = tasks.revise(context, path_id(request), wire.decode_whole(sent(request, "task")))
    return respond.item(wire.encode_task(view, scene(request, context)))


def revise(request: Request, context: Context) -> Answer:
    """PATCH /tasks/{id}"""
    view = tasks.revise(context, path_id(request), wire.decode_part(sent(request, "task")))
    return respond.item(wire.encode_task(view, scene(request, context)))


def remove(request: Request, context: Context) -> Answer:
    """DELETE /tasks/{id}"""
    tasks.remove(context, path_id(request))
    return respond.nothing()


def find(request: Request, context: Context) -> None:
    """`NotFound` where the task of the path is not there."""
    tasks.find(context, path_id(request))
