"""`/cycles/{id}/compare`: a cycle beside another one, by default the one before it."""

from __future__ import annotations

from itertools import zip_longest

import msgspec

from milepost.actions import comparing, cycles
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain.objective import Objective
from milepost.web import rendering
from milepost.web.page import Visitor

# At most this many objectives are shown on either side; those with the same name on both come first.
_MOST = 50


class Pair(msgspec.Struct, frozen=True):
    """Objectives of one name, one of each cycle; `None` where a cycle has none."""

    name: str
    here: Objective | None
    there: Objective | None

    @property
    def gained(self) -> float | None:
        """How much further this one has come than the other."""
        if self.here is None or self.there is None:
            return None
        return (self.here.attainment or 0.0) - (self.there.attainment or 0.0)


def show(request: Request, visitor: Visitor) -> Answer:
    """The page."""
    context = visitor.context
    with context.database.reading():
        cycle = cycles.get(context, request.path["id"])
        choices = [one for one in comparing.choices(context) if one.id != cycle.id]
        wanted = request.query.get("with", "")
        other = cycles.get(context, wanted) if wanted else comparing.before(cycle, choices)
        ours = comparing.figures(context, cycle.id)
        theirs = None if other is None else comparing.figures(context, other.id)
    sides = (ours,) if theirs is None else (ours, theirs)
    pairs = [] if theirs is None else _pairs(ours.objectives, theirs.objectives)
    return rendering.shown(
        "compare.html",
        visitor,
        cycle=cycle,
        choices=choices,
        ours=ours,
        theirs=theirs,
        sides=sides,
        both=[one for one in pairs if one.here and one.there],
        new=[one for one in pairs if one.there is None],
        gone=[one for one in pairs if one.here is None],
        most=_MOST,
    )


def _pairs(here: list[Objective], there: list[Objective]) -> list[Pair]:
    """The objectives paired by name, ignoring case and white space; several of one name are paired in order."""
    names = {_plain(one.name): one.name for one in (*there, *here)}
    ours, theirs = _by_name(here), _by_name(there)
    return [
        Pair(shown, one, other)
        for name, shown in sorted(names.items())
        for one, other in zip_longest(ours.get(name, ()), theirs.get(name, ()))
    ]


def _by_name(found: list[Objective]) -> dict[str, list[Objective]]:
    by_name: dict[str, list[Objective]] = {}
    for one in found:
        by_name.setdefault(_plain(one.name), []).append(one)
    return by_name


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
