"""`/cycles`: a cycle's objectives as a tree, with their key results."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from milepost.actions import cycles, objectives, people, teams
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain import progress
from milepost.domain.health import Health
from milepost.domain.query import Among, Field, FieldType, Order, Query, equals
from milepost.domain.views import ObjectiveView
from milepost.web import rendering, rows
from milepost.web.page import Visitor
from milepost.web.rows import Row

# So many objectives at the top of the tree are on one page, and so many objectives there are at most in a tree.
_PAGE, _MOST = 25, 5_000
_CYCLE = Field(("objective", "cycle_id"), FieldType.TEXT)
_ID = Field(("objective", "id"), FieldType.TEXT)
_STARTS = Field(("starts_at",), FieldType.INSTANT)
SORTS = {"name": "name", "progress": "progress, the least first", "newest": "newest first"}


class Branch(msgspec.Struct):
    """An objective in the tree: how deep it stands, and what is beneath it."""

    view: ObjectiveView
    depth: int
    rows: list[Row]


class Wanted(msgspec.Struct, frozen=True):
    """What a reader wants to see of a cycle."""

    owner: str = ""
    tag: str = ""
    health: str = ""
    sort: str = "name"
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether something may be left out."""
        return bool(self.owner or self.tag or self.health)


def list_(_request: Request, visitor: Visitor) -> Answer:
    """All cycles, the newest first."""
    context = visitor.context
    found = cycles.list_(context, Query(orders=(Order(_STARTS, descending=True),), limit=500))
    running = {one.id for one in cycles.running(context)}
    return rendering.shown("cycles.html", visitor, cycles=found.items, running=running)


def show(request: Request, visitor: Visitor) -> Answer:
    """One cycle."""
    context, wanted = visitor.context, _wanted(request)
    now = context.clock()
    with context.database.reading():
        cycle = cycles.get(context, request.path["id"])
        every = objectives.list_(context, Query(equals(_CYCLE, cycle.id), limit=_MOST)).items
        ordered = list(_ordered(every, wanted))
        if not wanted.narrows:
            ordered, pages = _cut(ordered, wanted.page)
        else:
            pages = 1
        ids = tuple(view.objective.id for view, _ in ordered)
        whole = objectives.list_(context, Query(Among(_ID, ids), limit=len(ids) or 1), with_key_results=True).items
        owners = [*people.everyone(context), *teams.list_(context, Query(limit=1_000)).items]
    beneath = {one.objective.id: one.key_results or () for one in whole}
    tree = []
    for view, depth in ordered:
        listed = [rows.row(one, visitor, now) for one in beneath.get(view.objective.id, ())]
        kept = [one for one in listed if _holds(one, wanted)]
        if kept or not wanted.narrows:
            tree.append(Branch(view, depth, kept))
    return rendering.shown(
        "cycle.html",
        visitor,
        cycle=cycle,
        tree=tree,
        wanted=wanted,
        pages=pages,
        total=len(every),
        owners_list=sorted(owners, key=lambda one: one.name.casefold()),
        sorts=SORTS,
        states=list(Health),
        expected=progress.expected(cycle, now),
        mean=progress.mean((one.objective.attainment or 0.0, 1.0) for one in every if not one.objective.parent_id),
    )


def _wanted(request: Request) -> Wanted:
    query = request.query
    number = query.get("page", "1")
    return Wanted(
        query.get("owner", ""),
        query.get("tag", ""),
        query.get("health", ""),
        query.get("sort", "") if query.get("sort", "") in SORTS else "name",
        int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 5 else 1,
    )


def _ordered(found: list[ObjectiveView], wanted: Wanted) -> Iterator[tuple[ObjectiveView, int]]:
    """Every objective behind the one above it, with its depth. One whose parent is elsewhere stands at the top."""
    keys = {
        "name": lambda one: one.objective.name.casefold(),
        "progress": lambda one: one.objective.attainment or 0.0,
        "newest": lambda one: -one.objective.created_at,
    }
    found = sorted(found, key=keys[wanted.sort])
    here = {one.objective.id for one in found}
    beneath: dict[str, list[ObjectiveView]] = {}
    for one in found:
        parent = one.objective.parent_id
        beneath.setdefault(parent if parent in here else "", []).append(one)
    waiting = [(one, 0) for one in reversed(beneath.get("", []))]
    while waiting:
        one, depth = waiting.pop()
        yield one, depth
        waiting += [(child, depth + 1) for child in reversed(beneath.get(one.objective.id, []))]


def _cut(ordered: list[tuple[ObjectiveView, int]], page: int) -> tuple[list[tuple[ObjectiveView, int]], int]:
    """The part of a tree that stands on a page, and how many pages there are."""
    tops = [place for place, (_, depth) in enumerate(ordered) if depth == 0]
    pages = max(1, -(-len(tops) // _PAGE))
    first = (min(page, pages) - 1) * _PAGE
    begins = tops[first] if tops else 0
    ends = tops[first + _PAGE] if first + _PAGE < len(tops) else len(ordered)
    return ordered[begins:ends], pages


def _holds(one: Row, wanted: Wanted) -> bool:
    return (
        (not wanted.owner or wanted.owner in one.key_result.owner_ids)
        and (not wanted.tag or any(tag.title == wanted.tag for tag in one.key_result.tags))
        and (not wanted.health or one.health == wanted.health)
    )
