"""`/cycles/{id}/weeks`: the state of each key result of a cycle at the end of each week.

The heat map is a table whose cells have colours and signs: pygal draws no heat maps, a table is readable without eyes
for colours, and each row links to its key result. A chart above it sums up each week.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import groupby

import msgspec
from markupsafe import Markup

from milepost.actions import cycles, key_results
from milepost.actions.surroundings import History
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain import weeks
from milepost.domain.cycle import Cycle
from milepost.domain.health import Health
from milepost.domain.objective import Objective
from milepost.domain.query import Field, FieldType, Order, Query, equals
from milepost.domain.views import KeyResultView
from milepost.domain.weeks import AtEnd, Week
from milepost.web import charts, reading, rendering, showing
from milepost.web.page import Visitor

# Key results on one page.
_PAGE = 60
_CYCLE = Field(("key_result", "cycle_id"), FieldType.TEXT)
_ORDERS = (
    Order(Field(("objective", "name"), FieldType.TEXT)),
    Order(Field(("key_result", "objective_id"), FieldType.TEXT)),
    Order(Field(("key_result", "position"), FieldType.NUMBER)),
)


class Line(msgspec.Struct, frozen=True):
    """A key result, and its state at the end of each week."""

    view: KeyResultView
    weeks: list[AtEnd]

    @property
    def cells(self) -> Markup:
        """The weeks as cells of a table."""
        return Markup("").join([_cell(one.health, showing.percent(one.attainment)) for one in self.weeks])


class Group(msgspec.Struct, frozen=True):
    """The key results of an objective."""

    objective: Objective
    lines: list[Line]


class Seen(msgspec.Struct, frozen=True):
    """The part of a cycle on one page: some of its key results; `total` is the number of all."""

    cycle: Cycle
    number: int
    weeks: list[Week]
    is_running: bool
    lines: list[Line]
    total: int

    @property
    def counts(self) -> dict[Health, list[int]]:
        """The number of key results in each state, by week."""
        each = [Counter(line.weeks[week].health for line in self.lines) for week in range(len(self.weeks))]
        return {health: [week[health] for week in each] for health in Health}


def show(request: Request, visitor: Visitor) -> Answer:
    """The page."""
    seen = _seen(request, visitor)
    groups = groupby(seen.lines, key=lambda line: line.view.objective.id)
    return rendering.shown(
        "weeks.html",
        visitor,
        cycle=seen.cycle,
        weeks=seen.weeks,
        is_running=seen.is_running,
        groups=[_group(list(together)) for _, together in groups],
        counts=seen.counts,
        shown=len(seen.lines),
        total=seen.total,
        number=seen.number,
        pages=max(1, -(-seen.total // _PAGE)),
    )


def picture(request: Request, visitor: Visitor) -> Answer:
    """The numbers beneath the table, as an image."""
    seen = _seen(request, visitor)
    drawn = charts.states(seen.counts, seen.weeks, narrow="narrow" in request.query)
    return Answer(200, drawn, charts.SVG, ((b"cache-control", b"private, no-store"),))


def _seen(request: Request, visitor: Visitor) -> Seen:
    context = visitor.context
    now, number = context.clock(), reading.page(request)
    with context.database.reading():
        cycle = cycles.get(context, request.path["id"])
        asked = Query(equals(_CYCLE, cycle.id), orders=_ORDERS, skip=(number - 1) * _PAGE, limit=_PAGE)
        found = key_results.list_(context, asked, History.ALL)
    spans = weeks.of_cycle(cycle, now)
    silence = visitor.account.stale_days
    lines = [Line(one, weeks.healths(one.key_result, cycle, one.check_ins, spans, now, silence)) for one in found.items]
    return Seen(cycle, number, spans, bool(spans) and spans[-1].ends_at == now, lines, found.total)


# Cells are many and mostly alike: a template would take most of the page's time to write them.
@lru_cache(maxsize=1_000)
def _cell(health: Health, share: str) -> Markup:
    return Markup(
        '<td class="{}"><span class="sign" aria-hidden="true">{}</span>{}<span class="share">{}</span></td>'
    ).format(
        health,
        showing.health_sign(health),
        Markup('<span class="unseen"> {}</span>').format(showing.health_words(health)),
        share,
    )


def _group(lines: list[Line]) -> Group:
    return Group(lines[0].view.objective, lines)
