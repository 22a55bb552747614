"""/sessions: cycles."""

from __future__ import annotations

from milepost.actions import cycles
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import query, respond
from milepost.dialects.gtmhub.handling import path_id, sent
from milepost.dialects.gtmhub.tables import SESSION
from milepost.dialects.gtmhub.wanted import fields
from milepost.dialects.gtmhub.wire import sessions as wire
from milepost.domain.errors import Invalid
from milepost.domain.query import EVERYTHING, Among, Condition, Field, FieldType, both, equals

_ID = Field(("id",), FieldType.TEXT)
_STATE = Field(("state",), FieldType.TEXT)
_WORDS = ("current",)


def list_(request: Request, context: Context) -> Answer:
    """GET v2 /sessions"""
    return _list(request, context, EVERYTHING, filtered=True)


def list_v1(request: Request, context: Context) -> Answer:
    """GET v1 /sessions, where `filter` may be the word `current` and `status` narrows"""
    condition: Condition = EVERYTHING
    word = request.query.get("filter", "").strip()
    if word in _WORDS:
        condition = Among(_ID, tuple(cycle.id for cycle in cycles.running(context)))
    elif word and not word.startswith("{"):
        raise Invalid("filter", 'must be `current`, or an object such as {title: "Q3"}')
    if status := request.query.get("status", "").strip():
        condition = both(condition, equals(_STATE, status))
    return _list(request, context, condition, filtered=word not in _WORDS)


def get(request: Request, context: Context) -> Answer:
    """GET /sessions/{id}"""
    cycle = cycles.get(context, path_id(request))
    return respond.item(wire.encode_session(cycle), fields(request.query))


def create(request: Request, context: Context) -> Answer:
    """POST /sessions"""
    cycle = cycles.add(context, wire.decode_part(sent(request, "session")))
    return respond.item(wire.encode_session(cycle), status=201)


def replace(request: Request, context: Context) -> Answer:
    """PUT /sessions/{id}"""
    change = wire.decode_whole(sent(request, "session"))
    return respond.item(wire.encode_session(cycles.revise(context, path_id(request), change)))


def revise(request: Request, context: Context) -> Answer:
    """PATCH /sessions/{id}"""
    change = wire.decode_part(sent(request, "session"))
    return respond.item(wire.encode_session(cycles.revise(context, path_id(request), change)))


def remove(request: Request, context: Context) -> Answer:
    """DELETE /sessions/{id}"""
    cycles.remove(context, path_id(request))
    return respond.nothing()


def find(request: Request, context: Context) -> None:
    """`NotFound` where the session of the path is not there."""
    cycles.get(context, path_id(request))


def _list(request: Request, context: Context, condition: Condition, *, filtered: bool) -> Answer:
    wanted = fields(request.query)
    page = cycles.list_(context, query.query(request.query, SESSION, condition, filtered=filtered))
    return respond.listing([wire.encode_session(cycle) for cycle in page.items], page.total, wanted)
