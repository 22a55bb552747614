"""`/audit`: the audit trail, the newest first, with values before and after; for admins."""

from __future__ import annotations

from urllib.parse import urlencode

from milepost.actions import naming, trail
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain import ids
from milepost.domain.errors import Fault, Invalid
from milepost.domain.instants import BEGINNING, END
from milepost.web import changes, editing, reading, rendering, whom
from milepost.web.page import Visitor

_PAGE = 50
_WANTED = ("actor", "record", "since", "until")


def show(request: Request, visitor: Visitor) -> Answer:
    """A part of the trail, from a number downward, so that new records move nothing."""
    context, query = visitor.context, request.query
    wanted = {name: query.get(name, "").strip() for name in _WANTED}
    faults: list[Fault] = []
    actor = _actor(visitor, wanted["actor"], faults)
    since = reading.day_in_utc(wanted["since"], "since", faults)
    until = reading.day_in_utc(wanted["until"], "until", faults, end=True)
    below = query.get("below", "")
    with context.database.reading():
        part = trail.part(
            context,
            record=wanted["record"],
            actor=actor,
            since=BEGINNING if since is None else since,
            until=END if until is None else until,
            below=int(below) if below.isascii() and below.isdigit() and len(below) < 16 else 0,
            limit=_PAGE,
        )
        told = [changes.Told.of(link) for link in part.links]
        names = naming.names(context, (one for entry in told for one in entry.ids()))
        suggested = whom.suggested(context, with_teams=False)
        shown = {**wanted, "actor": whom.standing(context, [actor]).get(actor, wanted["actor"])}
    kept = {name: value for name, value in {**wanted, "actor": actor}.items() if value}
    return rendering.shown(
        "audit.html",
        visitor,
        400 if faults else 200,
        entries=[] if faults else [changes.entry(one, names) for one in told],
        suggested=suggested,
        form=editing.making(shown).refused(Invalid.of(tuple(faults))) if faults else editing.making(shown),
        further=f"/audit?{urlencode({**kept, 'below': part.further})}" if part.further and not faults else "",
        newest=f"/audit?{urlencode(kept)}" if below else "",
        below=below,
        narrows=bool(kept),
    )


def _actor(visitor: Visitor, text: str, faults: list[Fault]) -> str:
    """The id of the actor whose changes are wanted, "" for everybody's; an unknown id stays as it is, and finds
    nothing.
    """
    if ids.is_id(text):
        return text
    return whom.read(visitor.context, text, "actor", faults, with_inactive=True)
