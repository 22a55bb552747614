"""/users (in other lists' words /employees and /accounts/users), and /assignees: everybody who can be an owner."""

from __future__ import annotations

from milepost.actions import accounts, people
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import query, respond
from milepost.dialects.gtmhub.handling import path_id, sent
from milepost.dialects.gtmhub.tables import PERSON_OR_TEAM, USER
from milepost.dialects.gtmhub.wanted import fields
from milepost.dialects.gtmhub.wire import users as wire
from milepost.dialects.gtmhub.wire.shared import assignee


def list_(request: Request, context: Context) -> Answer:
    """GET /users"""
    return _list(request, context)


def employees(request: Request, context: Context) -> Answer:
    """GET /employees"""
    return _list(request, context)


def of_account(request: Request, context: Context) -> Answer:
    """GET /accounts/users (deprecated)"""
    return _list(request, context, respond.DEPRECATED)


def get(request: Request, context: Context) -> Answer:
    """GET /users/{id}"""
    user = people.get(context, path_id(request))
    return respond.item(wire.encode_user(user), fields(request.query))


def create(request: Request, context: Context) -> Answer:
    """POST /users"""
    user = people.add(context, wire.decode_user(sent(request, "user")))
    return respond.item(wire.encode_user(user), status=201)


def revise(request: Request, context: Context) -> Answer:
    """PATCH /users/{id}"""
    change = wire.decode_user(sent(request, "user"))
    return respond.item(wire.encode_user(people.revise(context, path_id(request), change)))


def change_address(request: Request, context: Context) -> Answer:
    """PATCH /users/email/{email}"""
    user = people.by_email(context, request.path["email"])
    change = wire.decode_address(sent(request, "user"))
    return respond.item(wire.encode_user(people.revise(context, user.id, change)))


def deactivate(request: Request, context: Context) -> Answer:
    """DELETE /users/{id}: the user is deactivated, not deleted, since the history refers to it"""
    people.deactivate(context, path_id(request))
    return respond.nothing()


def of_application(request: Request, context: Context) -> Answer:
    """GET /users/app/{sub}"""
    user = people.known_as(context, request.path["sub"])
    return respond.item(wire.encode_application_user(user, accounts.get(context)))


def assignees(request: Request, context: Context) -> Answer:
    """GET /assignees"""
    page = people.assignees(context, query.query(request.query, PERSON_OR_TEAM))
    return respond.listing([assignee(one) for one in page.items], page.total, fields(request.query))


def _list(request: Request, context: Context, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Answer:
    page = people.list_(context, query.query(request.query, USER))
    shown = [wire.encode_user(user) for user in page.items]
    return respond.listing(shown, page.total, fields(request.query), headers)


def find(request: Request, context: Context) -> None:
    """`NotFound` where the user of the path is not there."""
    people.get(context, path_id(request))


def find_by_email(request: Request, context: Context) -> None:
    """`NotFound` where nobody has the address of the path."""
    people.by_email(context, request.path["email"])
