"""/customFields: imported definitions of custom fields."""

from __future__ import annotations

from milepost.actions import custom_fields
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import query, respond
from milepost.dialects.gtmhub.tables import CUSTOM_FIELD
from milepost.dialects.gtmhub.wanted import fields
from milepost.dialects.gtmhub.wire.custom_fields import encode_custom_field


def list_(request: Request, context: Context) -> Answer:
    """GET /customFields"""
    wanted = fields(request.query)
    if wanted is not None:
        wanted = wanted.with_also("_id")
    page = custom_fields.list_(context, query.query(request.query, CUSTOM_FIELD))
    return respond.listing([encode_custom_field(one) for one in page.items], page.total, wanted)
