"""/tags: the tags of goals and metrics."""

from __future__ import annotations

from milepost.actions import tags
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import query, respond
from milepost.dialects.gtmhub.tables import TAG
from milepost.dialects.gtmhub.wanted import fields
from milepost.dialects.gtmhub.wire.tags import encode_tag


def list_(request: Request, context: Context) -> Answer:
    """GET /tags"""
    page = tags.list_(context, query.query(request.query, TAG))
    return respond.listing([encode_tag(tag) for tag in page.items], page.total, fields(request.query))
