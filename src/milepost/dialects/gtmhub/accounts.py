"""/accounts: the caller's own account."""

from __future__ import annotations

from milepost.actions import accounts
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import respond
from milepost.dialects.gtmhub.handling import path_id
from milepost.dialects.gtmhub.wanted import fields
from milepost.dialects.gtmhub.wire.users import encode_account
from milepost.domain.errors import NotFound


def get(request: Request, context: Context) -> Answer:
    """GET /accounts/{id}"""
    asked = path_id(request)
    if asked != context.account_id:
        raise NotFound("account", asked)
    return respond.item(encode_account(accounts.get(context)), fields(request.query))
