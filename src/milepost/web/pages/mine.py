"""`/`: the key results that the visitor owns, alone or in a team, in running cycles. Stale ones come first."""

from __future__ import annotations

from collections.abc import Iterable

from milepost.actions import cycles, teams
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain.cycle import Cycle
from milepost.domain.health import Health
from milepost.web import owned, rendering, rows
from milepost.web.page import Visitor
from milepost.web.rows import Row

_MOST = 200


def show(_request: Request, visitor: Visitor) -> Answer:
    """The page."""
    found, total, running = listed(visitor)
    return rendering.shown("mine.html", visitor, rows=found, stale=stale(found), running=running, total=total)


def stale(found: Iterable[Row]) -> int:
    """The number of stale ones."""
    return sum(one.health is Health.STALE for one in found)


def listed(visitor: Visitor) -> tuple[list[Row], int, list[Cycle]]:
    """The rows, their number without a limit, and the running cycles."""
    context = visitor.context
    with context.database.reading():
        running = cycles.running(context)
        owners = (visitor.user.id, *(team.id for team in teams.of_actor(context)))
        found = owned.owned_key_results(context, running, owners, _MOST)
    now = context.clock()
    ordered = rows.by_urgency(rows.row(one, visitor, now) for one in found.items)
    return ordered, found.total, running
