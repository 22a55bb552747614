"""/keyresults, and /objectives/:id/keyresults: key results, which are made under their objective."""

from __future__ import annotations

from milepost.actions import key_results, objectives
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.simpleokr import paging, respond
from milepost.dialects.simpleokr.handling import asked_cycle, path_id, sent
from milepost.dialects.simpleokr.wire.keyresults import KeyResultPage, decode_new, decode_whole, encode_key_result
from milepost.domain.query import Condition, Field, FieldType, equals

_LIST = "keyresults"
_CYCLE = Field(("key_result", "cycle_id"), FieldType.TEXT)
_OBJECTIVE = Field(("key_result", "objective_id"), FieldType.TEXT)


def list_(request: Request, context: Context) -> Answer:
    """GET /keyresults?cycle_id=…"""
    text, cycle_id = asked_cycle(request)
    return _list(request, context, f"{_LIST} in {cycle_id or text}", equals(_CYCLE, cycle_id))


def list_under(request: Request, context: Context) -> Answer:
    """GET /objectives/:id/keyresults"""
    objective = objectives.find(context, path_id(request, "objective"))
    return _list(request, context, f"{_LIST} under {objective.id}", equals(_OBJECTIVE, objective.id))


def create(request: Request, context: Context) -> Answer:
    """POST /objectives/:id/keyresults"""
    objective = objectives.find(context, path_id(request, "objective"))
    view = key_results.add(context, objective.id, decode_new(sent(request), objective.id))
    return respond.item(encode_key_result(view.key_result))


def get(request: Request, context: Context) -> Answer:
    """GET /keyresults/:id"""
    return respond.item(encode_key_result(key_results.find(context, path_id(request, "key result"))))


def replace(request: Request, context: Context) -> Answer:
    """POST /keyresults/:id"""
    with context.database.transaction():  # some attributes are kept by comparing with the stored record
        standing = key_results.find(context, path_id(request, "key result"))
        view = key_results.revise(context, standing.id, decode_whole(sent(request), standing))
        return respond.item(encode_key_result(view.key_result))


def remove(request: Request, context: Context) -> Answer:
    """DELETE /keyresults/:id"""
    key_results.remove(context, path_id(request, "key result"))
    return respond.removed()


def _list(request: Request, context: Context, of: str, condition: Condition) -> Answer:
    found = key_results.list_bare(context, paging.asked(request.query, of, condition)).items
    return respond.listing(KeyResultPage, found, paging.next_token(found, of), encode_key_result)
