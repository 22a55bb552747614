"""/users: the people of the account, read-only."""

from __future__ import annotations

from milepost.actions import people
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.simpleokr import paging, respond
from milepost.dialects.simpleokr.handling import path_id
from milepost.dialects.simpleokr.wire.people import UserPage, encode_user

_LIST = "users"


def list_(request: Request, context: Context) -> Answer:
    """GET /users"""
    found = people.list_(context, paging.asked(request.query, _LIST)).items
    return respond.listing(UserPage, found, paging.next_token(found, _LIST), encode_user)


def get(request: Request, context: Context) -> Answer:
    """GET /users/:id"""
    return respond.item(encode_user(people.get(context, path_id(request, "user"))))
