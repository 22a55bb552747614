"""Helpers of handlers: reading requests, and leaving the event loop."""

from __future__ import annotations

from typing import Any

from milepost.actions.context import Context
from milepost.actions.surroundings import History
from milepost.asgi.lanes import TakesLonger, must_be_short
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import plain_text
from milepost.dialects.gtmhub.wanted import Wanted, wants
from milepost.dialects.gtmhub.wire import body
from milepost.dialects.gtmhub.wire.scene import Scene
from milepost.domain import ids

# A metric with a longer history is not read on the event loop's own thread.
QUICK_HISTORY = 100
# Nor is a list with a longer filter, which takes a while to parse, or with a regular expression.
QUICK_FILTER = 1_000


def path_id(request: Request, name: str = "id") -> str:
    """The id in a path; `Invalid` where it is not well-formed (Gtmhub: 400)."""
    return ids.parse(request.path[name], name)


def sent(request: Request, *wrappers: str) -> dict[str, Any]:
    """The object of the request's body."""
    return body.document(request.body, *wrappers)


def scene(request: Request, context: Context) -> Scene:
    """The scene of an answer: all that it depends on besides its records."""
    formatter = plain_text.formatter(request.query.get("formatting", ""))
    return Scene(request.base_url, context.clock(), formatter, context.actor.stale_days)


def require_quick(request: Request, entries: int) -> None:
    """Leaves the event loop's thread where an answer takes long: a history of many `entries`, text to be formatted."""
    if entries > QUICK_HISTORY or request.query.get("formatting") == "plainText":
        leave_the_loop()


def require_short(request: Request) -> None:
    """As `require_quick`, for a list; its histories are counted where they are read."""
    formatted, asked = request.query.get("formatting") == "plainText", request.query.get("filter", "")
    if formatted or len(asked) > QUICK_FILTER or "$regex" in asked:
        leave_the_loop()


def leave_the_loop() -> None:
    """Has the call answered on another thread, unless it is there already."""
    if must_be_short():
        raise TakesLonger


def expanded(request: Request, wanted: Wanted | None, name: str) -> bool:
    """Whether an optional field is asked for: by `expand` or by `fields`."""
    if wanted is not None and name in wanted:
        return True
    asked = request.query.get("expand")
    return asked is not None and name in [part.strip() for part in asked.split(",")]


def needed_history(wanted: Wanted | None) -> History:
    """The history that a list of metrics needs for the wanted fields; the trend is computed from it."""
    return History.NEWEST if wants(wanted, "metricHistory", "trend") else History.NONE
