"""Helpers of handlers: reading requests."""

from __future__ import annotations

from milepost.asgi.request import Request
from milepost.dialects.simpleokr.wire import shared
from milepost.dialects.simpleokr.wire.body import Body
from milepost.domain.errors import Invalid, NotFound


def path_id(request: Request, what: str) -> str:
    """The id in the path; `NotFound` where it is no UUID, as for an unknown one."""
    text = request.path["id"]
    found = shared.record_id(text)
    if found is None:
        raise NotFound(what, f"{text}: an id here is a UUID")
    return found


def sent(request: Request) -> Body:
    """The object of the request's body."""
    return Body(request.body)


def asked_cycle(request: Request) -> tuple[str, str]:
    """The cycle of a list, as it was sent, and its id, "" for an impossible one; `Invalid` without a cycle."""
    text = request.query.get("cycle_id", "")
    if not text:
        raise Invalid("cycle_id", "is required")
    return text, shared.record_id(text) or ""
