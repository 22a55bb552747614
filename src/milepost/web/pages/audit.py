"""`/audit`: who has changed what, the newest first, with what stood before and after; for admins."""

from __future__ import annotations

from urllib.parse import urlencode

from milepost.actions import naming, people, trail
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain.errors import Fault
from milepost.domain.instants import BEGINNING, END
from milepost.web import changes, reading, rendering
from milepost.web.fields import faults_of
from milepost.web.page import Visitor

_PAGE = 50
_WANTED = ("actor", "record", "since", "until")


def show(request: Request, visitor: Visitor) -> Answer:
    """A part of the trail, from a number downward: records that are added meanwhile move nothing."""
    context, query = visitor.context, request.query
    wanted = {name: query.get(name, "").strip() for name in _WANTED}
    faults: list[Fault] = []
    since = reading.day_in_utc(wanted["since"], "since", faults)
    until = reading.day_in_utc(wanted["until"], "until", faults, end=True)
    below = query.get("below", "")
    with context.database.reading():
        everyone = people.everyone(context)
        part = trail.part(
            context,
            record=wanted["record"],
            actor=wanted["actor"],
            since=BEGINNING if since is None else since,
            until=END if until is None else until,
            below=int(below) if below.isascii() and below.isdigit() and len(below) < 16 else 0,
            limit=_PAGE,
        )
        told = [changes.Told.of(link) for link in part.links]
        names = naming.names(context, (one for entry in told for one in entry.ids()))
    kept = {name: value for name, value in wanted.items() if value}
    return rendering.shown(
        "audit.html",
        visitor,
        400 if faults else 200,
        entries=[] if faults else [changes.entry(one, names) for one in told],
        everyone=sorted(everyone, key=lambda one: (one.name.casefold(), one.id)),
        wanted=wanted,
        faults=faults_of(faults, {"since": "from"}),
        further=f"/audit?{urlencode({**kept, 'below': part.further})}" if part.further and not faults else "",
        newest=f"/audit?{urlencode(kept)}" if below else "",
        below=below,
        narrows=bool(kept),
    )
