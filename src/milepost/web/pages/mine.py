"""`/`: the key results that somebody owns, alone or in a team, in the cycles that run. What is stale comes first."""

from __future__ import annotations

from milepost.actions import cycles, key_results, teams
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain.health import Health
from milepost.domain.query import All, Among, Field, FieldType, Query
from milepost.web import rendering, rows
from milepost.web.page import Visitor

_MOST = 200
_OWNERS = Field(("key_result", "owner_ids"))
_CYCLE = Field(("key_result", "cycle_id"), FieldType.TEXT)


def show(_request: Request, visitor: Visitor) -> Answer:
    """The page."""
    context = visitor.context
    with context.database.reading():
        running = cycles.running(context)
        owners = (visitor.user.id, *(team.id for team in teams.of_actor(context)))
        mine = All((Among(_CYCLE, tuple(one.id for one in running)), Among(_OWNERS, owners)))
        found = key_results.list_(context, Query(mine, limit=_MOST)) if running else None
    now = context.clock()
    listed = rows.by_urgency(rows.row(one, visitor, now) for one in (found.items if found else []))
    return rendering.shown(
        "mine.html",
        visitor,
        rows=listed,
        stale=sum(one.health is Health.STALE for one in listed),
        running=running,
        total=found.total if found else 0,
    )
