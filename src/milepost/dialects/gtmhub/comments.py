"""/comments: the comments of check-ins."""

from __future__ import annotations

from milepost.actions import comments
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import query, respond
from milepost.dialects.gtmhub.tables import COMMENT
from milepost.dialects.gtmhub.wanted import fields
from milepost.dialects.gtmhub.wire.comments import encode_comment


def list_(request: Request, context: Context) -> Answer:
    """GET /comments: the oldest first, so that new ones do not move pages"""
    page = comments.list_(context, query.query(request.query, COMMENT))
    return respond.listing([encode_comment(view) for view in page.items], page.total, fields(request.query))
