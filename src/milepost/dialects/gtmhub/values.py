"""/metrics/{metricId}/values: the values of a key result by day."""

from __future__ import annotations

import re
from datetime import date

from milepost.actions import check_ins
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import query, respond
from milepost.dialects.gtmhub.handling import path_id
from milepost.dialects.gtmhub.wanted import fields
from milepost.dialects.gtmhub.wire.comments import encode_value
from milepost.domain.errors import Invalid

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def list_(request: Request, context: Context) -> Answer:
    """GET /metrics/{metricId}/values?from=YYYY-MM-DD&to=YYYY-MM-DD: 1,000 at once unless a limit says fewer"""
    metric_id = path_id(request, "metricId")
    skip, limit = query.window(request.query, query.LIMIT)
    page = check_ins.between(context, metric_id, _day(request, "from"), _day(request, "to"), skip, limit)
    return respond.listing([encode_value(entry) for entry in page.items], page.total, fields(request.query))


def _day(request: Request, name: str) -> date | None:
    """The day in a parameter, `None` without one."""
    text = request.query.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text if _DAY.match(text) else "")
    except ValueError:
        raise Invalid(name, "is not a day: YYYY-MM-DD was expected, such as 2026-03-31") from None
