"""`/key-results/{id}`: a key result, its history as a chart and as a table, and its forms."""

from __future__ import annotations

from milepost.actions import check_ins, key_results, quick_links, surroundings
from milepost.actions.surroundings import History
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain.check_in import Entry
from milepost.domain.cycle import Cycle
from milepost.domain.errors import Fault, Invalid, NotFound
from milepost.domain.instants import Instant
from milepost.web import charts, forms, offers, own_fields, reading, rendering, rows
from milepost.web.page import Visitor
from milepost.web.pages import mine

# Check-ins on one page.
_PAGE = 100
# Messages after a form, by the parameter in the address to which the form leads.
_DONE = {"check-in": "Checked in.", "comment": "The comment is saved.", "withdrawn": "The check-in is taken back."}


def show(request: Request, visitor: Visitor) -> Answer:
    """The page."""
    return page(request, visitor)


def picture(request: Request, visitor: Visitor) -> Answer:
    """The history and the expected values, as an image."""
    context = visitor.context
    view = key_results.get(context, request.path["id"])
    drawn = charts.history(view, context.clock(), narrow="narrow" in request.query)
    return Answer(200, drawn, charts.SVG, ((b"cache-control", b"private, no-store"),))


def check_in(request: Request, visitor: Visitor) -> Answer:
    """Record a check-in; where it is invalid, the page with the faults beside the fields."""
    sent, key_result_id = forms.fields(request), request.path["id"]
    view = key_results.get(visitor.context, key_result_id, History.NONE)
    in_place, faults = sent.get(forms.WANTED) == forms.IN_PLACE, tuple[Fault, ...]()
    try:
        check_ins.record(visitor.context, key_result_id, _entry(sent, view.cycle, visitor.context.clock()))
    except Invalid as error:
        if not in_place:
            return page(request, visitor, 400, sent, error.faults)
        faults = error.faults
    if in_place:
        return _row(key_result_id, visitor, sent, faults)
    return rendering.gone_to("/" if sent.get("from") == "mine" else f"/key-results/{key_result_id}?done=check-in")


def comment(request: Request, visitor: Visitor) -> Answer:
    """Change the comment of a check-in."""
    _require_its(request, visitor)
    check_ins.comment(visitor.context, request.path["entry"], forms.fields(request).get("comment", ""))
    return rendering.gone_to(f"/key-results/{request.path['id']}?done=comment")


def withdraw(request: Request, visitor: Visitor) -> Answer:
    """Withdraw a check-in."""
    _require_its(request, visitor)
    check_ins.remove(visitor.context, request.path["entry"])
    return rendering.gone_to(f"/key-results/{request.path['id']}?done=withdrawn")


def _require_its(request: Request, visitor: Visitor) -> None:
    """`NotFound` where the check-in in the address is of another key result than the one there."""
    if check_ins.get(visitor.context, request.path["entry"]).key_result_id != request.path["id"]:
        raise NotFound("check-in", request.path["entry"])


def _row(key_result_id: str, visitor: Visitor, sent: dict[str, str], faults: tuple[Fault, ...]) -> Answer:
    """The row of a list from which somebody has checked in, with the summary above the list; with faults beside the
    fields where the check-in was invalid.
    """
    now, where = visitor.context.clock(), sent.get("from", "")
    one = rows.row(key_results.get(visitor.context, key_result_id, History.NONE), visitor, now)
    return rendering.shown(
        "row.html",
        visitor,
        400 if faults else 200,
        one=one,
        where=where,
        sent=sent if faults else {},
        faults={fault.field: fault.message for fault in faults},
        stale=mine.stale(mine.listed(visitor)[0]) if where == "mine" else 0,
    )


def _entry(sent: dict[str, str], cycle: Cycle, now: Instant) -> Entry:
    """The check-in in a form; `Invalid` names the invalid fields."""
    faults: list[Fault] = []
    value = reading.number(sent.get("value", ""), "value", faults)
    confidence = reading.confidence(sent["confidence"], faults) if sent.get("confidence") else None
    effective = reading.end_of_day(sent.get("effective_at", ""), "effective_at", cycle.time_zone, now, faults)
    if faults or value is None:
        raise Invalid.of(faults)
    return Entry(
        value=value,
        confidence=confidence,
        comment=sent.get("comment", ""),
        effective_at=effective,
    )


def page(
    request: Request,
    visitor: Visitor,
    status: int = 200,
    sent: dict[str, str] | None = None,
    faults: tuple[Fault, ...] = (),
    link: str = "",
) -> Answer:
    """The page of the key result in the address, with the faults of what was `sent`, or a `link` that was made just
    now.
    """
    context = visitor.context
    with context.database.reading():
        view = key_results.get(context, request.path["id"])
        own = own_fields.facts(context, own_fields.KEY_RESULT, view.key_result)
        links = quick_links.of(context, request.path["id"]) if visitor.may("check-in") else []
        made = (one.user_id for one in links)
        entries = view.check_ins[::-1]
        pages = max(1, -(-len(entries) // _PAGE))
        number = min(reading.page(request), pages)
        wrote = {entry.author_id for entry in entries}
        people = surroundings.assignees(context.database, context.account_id, (*wrote, *made))
    return rendering.shown(
        "key_result.html",
        visitor,
        status,
        view=view,
        entries=entries[(number - 1) * _PAGE : number * _PAGE],
        pages=pages,
        number=number,
        own=own,
        one=rows.row(view, visitor, context.clock()),
        authors={one.id: one.name for one in people.values()},
        projection=charts.projection(view, context.clock()),
        offers=offers.of_key_result(visitor, view.key_result, view.objective, view.cycle),
        links=links,
        link=link,
        held=rows.held_by(view, context.clock()),
        done="" if sent else _DONE.get(request.query.get("done", ""), ""),
        sent=sent or {},
        faults={fault.field: fault.message for fault in faults},
    )
