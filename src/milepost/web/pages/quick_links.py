"""Making and revoking links that check in, on the page of a key result."""

from __future__ import annotations

from milepost.actions import quick_links
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain.errors import Invalid
from milepost.web import forms, rendering
from milepost.web.page import Visitor
from milepost.web.pages import key_result


def make(request: Request, visitor: Visitor) -> Answer:
    """Make a link, and show it in this answer only."""
    sent = forms.fields(request)
    try:
        _, text = quick_links.add(visitor.context, request.path["id"], sent.get("name", ""))
    except Invalid as error:
        return key_result.page(request, visitor, 400, sent, error.faults)
    return key_result.page(request, visitor, link=f"{request.base_url}/in/{text}")


def close(request: Request, visitor: Visitor) -> Answer:
    """Revoke a link."""
    quick_links.revoke(visitor.context, request.path["id"], request.path["link"])
    return rendering.gone_to(f"/key-results/{request.path['id']}")
