"""/cycles: cycles."""

from __future__ import annotations

from milepost.actions import cycles
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.simpleokr import paging, respond
from milepost.dialects.simpleokr.handling import path_id, sent
from milepost.dialects.simpleokr.wire.cycles import CyclePage, decode_cycle, encode_cycle

_LIST = "cycles"


def list_(request: Request, context: Context) -> Answer:
    """GET /cycles"""
    found = cycles.list_(context, paging.asked(request.query, _LIST)).items
    return respond.listing(CyclePage, found, paging.next_token(found, _LIST), encode_cycle)


def create(request: Request, context: Context) -> Answer:
    """POST /cycles"""
    return respond.item(encode_cycle(cycles.add(context, decode_cycle(sent(request)))))


def get(request: Request, context: Context) -> Answer:
    """GET /cycles/:id"""
    return respond.item(encode_cycle(cycles.get(context, path_id(request, "cycle"))))


def replace(request: Request, context: Context) -> Answer:
    """POST /cycles/:id"""
    standing = cycles.get(context, path_id(request, "cycle"))
    return respond.item(encode_cycle(cycles.revise(context, standing.id, decode_cycle(sent(request)))))


def remove(request: Request, context: Context) -> Answer:
    """DELETE /cycles/:id"""
    cycles.remove(context, path_id(request, "cycle"))
    return respond.removed()
