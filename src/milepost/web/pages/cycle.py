"""`/cycles`: the objectives of a cycle as a tree, with their key results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from urllib.parse import urlencode

import msgspec

from milepost.actions import cycles, key_results, objectives, people, surroundings, teams
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain import progress
from milepost.domain.health import Health, health
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import ObjectiveStatus
from milepost.domain.people import Team, User
from milepost.domain.query import Field, FieldType, Order, Query, equals
from milepost.domain.views import ObjectiveView
from milepost.store.engine.budget import take
from milepost.store.key_results import Scored
from milepost.web import offers, rendering, rows
from milepost.web.page import Visitor
from milepost.web.rows import Row

# The most objectives and key results on one page, unless a single objective has more.
_LENGTH = 100
# The most objectives of a cycle that are shown.
_MOST = 5_000
# The most tags that are suggested.
_MOST_TITLES = 200
_CYCLE = Field(("objective", "cycle_id"), FieldType.TEXT)
_STARTS = Field(("starts_at",), FieldType.INSTANT)
SORTS = {
    "name": "name",
    "urgency": "what to look at first",
    "progress": "progress, the least first",
    "newest": "newest first",
}


class Branch(msgspec.Struct):
    """An objective in the tree: its depth, and the rows of the wanted ones of its key results; of all its key results
    the number in each state, and the mean confidence.
    """

    view: ObjectiveView
    depth: int
    rows: list[Row]
    states: dict[Health, int]
    confidence: float | None


Tree = list[tuple[ObjectiveView, int]]


class Wanted(msgspec.Struct, frozen=True):
    """The filters of a reader."""

    owner: str = ""
    tag: str = ""
    health: str = ""
    status: str = ""
    sort: str = "name"
    page: int = 1

    @property
    def narrows(self) -> bool:
        """Whether anything may be left out."""
        return bool(self.owner or self.tag or self.health or self.status)

    def of(self, view: ObjectiveView) -> bool:
        """Whether an objective matches by itself: it has no state, but an owner and tags."""
        return (
            not self.health
            and self.takes(view)
            and (not self.owner or self.owner in view.objective.owner_ids)
            and (not self.tag or any(tag.title == self.tag for tag in view.objective.tags))
        )

    def takes(self, view: ObjectiveView) -> bool:
        """Whether an objective, with all beneath it, has the wanted status."""
        return not self.status or view.objective.closing.status == self.status

    @property
    def query(self) -> dict[str, str]:
        """The filters as a query string, without the page."""
        said = {
            "owner": self.owner,
            "tag": self.tag,
            "health": self.health,
            "status": self.status,
            "sort": self.sort,
        }
        return {name: value for name, value in said.items() if value}


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
        expected, stale_days = progress.expected(cycle, now), visitor.account.stale_days

        def is_whose(one: KeyResult | Scored) -> bool:
            return (not wanted.owner or wanted.owner in one.owner_ids) and (
                not wanted.tag or any(tag.title == wanted.tag for tag in one.tags)
            )

        def holds(one: KeyResult | Scored) -> bool:
            return is_whose(one) and (
                not wanted.health or health(one, cycle, now, expected, stale_days) == wanted.health
            )

        # Very many are read on the lane for long reads.
        take(sum(one.objective.key_result_count for one in every))
        whole_cycle = key_results.scored(context, cycle.id)
        titles = {tag.title for one in whole_cycle for tag in one.tags}
        titles |= {tag.title for view in every for tag in view.objective.tags}
        scored = [one for one in whole_cycle if is_whose(one)]
        states = Counter(health(one, cycle, now, expected, stale_days) for one in scored)
        counts = Counter(one.objective_id for one in scored if holds(one))
        states_of: dict[str, Counter[Health]] = {}
        for one in whole_cycle:
            states_of.setdefault(one.objective_id, Counter())[health(one, cycle, now, expected, stale_days)] += 1
        sure: dict[str, list[float | None]] = {}
        for one in whole_cycle:
            sure.setdefault(one.objective_id, []).append(one.sure)
        ordered = list(_ordered(every, wanted.sort, states_of))
        if wanted.narrows:
            ordered = [
                (view, depth)
                for view, depth in ordered
                if wanted.of(view) or (view.objective.id in counts and wanted.takes(view))
            ]
        parts = _parts(ordered, counts)
        page = min(wanted.page, len(parts))
        listed = [view.objective for view, _ in parts[page - 1]]
        whole = surroundings.of_objectives(context.database, context.account_id, listed, with_key_results=True)
        choices = {
            "People": _by_name(people.everyone(context)),
            "Teams": _by_name(teams.list_(context, Query(limit=1_000)).items),
        }
    beneath = {one.objective.id: one.key_results or () for one in whole}
    tree = []
    for view, depth in parts[page - 1]:
        kept = [one for one in beneath[view.objective.id] if holds(one.key_result)]
        counted = states_of.get(view.objective.id, Counter())
        tree.append(
            Branch(
                view,
                depth,
                [rows.row(one, visitor, now) for one in kept],
                {state: counted[state] for state in rows.URGENCY if counted[state]},
                rows.confidence(sure.get(view.objective.id, ())),
            )
        )
    return rendering.shown(
        "cycle.html",
        visitor,
        cycle=cycle,
        offers=offers.of_cycle(visitor, cycle),
        tree=tree,
        wanted=wanted,
        page=page,
        pages=len(parts),
        address=f"/cycles/{cycle.id}?{urlencode(wanted.query)}",
        total=len(every),
        choices=choices,
        titles=sorted(titles, key=str.casefold)[:_MOST_TITLES],
        sorts=SORTS,
        statuses=list(ObjectiveStatus) if any(one.objective.closing.status != "active" for one in every) else [],
        states={state: states[state] for state in Health},
        of_state={state: f"?{urlencode({**wanted.query, 'health': state})}" for state in Health},
        expected=expected,
        mean=progress.mean((one.objective.attainment or 0.0, 1.0) for one in every if not one.objective.parent_id),
    )


def _wanted(request: Request) -> Wanted:
    query = request.query
    number = query.get("page", "1")
    return Wanted(
        query.get("owner", ""),
        query.get("tag", ""),
        query.get("health", ""),
        query.get("status", ""),
        query.get("sort", "") if query.get("sort", "") in SORTS else "name",
        int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 5 else 1,
    )


def _by_name(them: Sequence[User | Team]) -> list[User | Team]:
    return sorted(them, key=lambda one: one.name.casefold())


def _ordered(
    found: list[ObjectiveView], sort: str, states: Mapping[str, Collection[Health]]
) -> Iterator[tuple[ObjectiveView, int]]:
    """The objectives as a tree, each with its depth. One whose parent is not in the list stands at the top."""
    urgency = _urgency(found, states) if sort == "urgency" else {}
    keys = {
        "name": lambda one: one.objective.name.casefold(),
        "urgency": lambda one: (urgency[one.objective.id], one.objective.name.casefold()),
        "progress": lambda one: one.objective.attainment or 0.0,
        "newest": lambda one: -one.objective.created_at,
    }
    found = sorted(found, key=keys[sort])
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


def _urgency(found: list[ObjectiveView], states: Mapping[str, Collection[Health]]) -> dict[str, int]:
    """The rank of the worst state of the key results of each objective and of those beneath it: 0 is the worst."""
    least = len(rows.URGENCY)
    places = {
        one.objective.id: min(map(rows.URGENCY.index, states.get(one.objective.id, ())), default=least) for one in found
    }
    parents = {one.objective.id: one.objective.parent_id for one in found}
    for objective_id, place in list(places.items()):
        above = parents[objective_id]
        while above in places and places[above] > place:
            places[above] = place
            above = parents[above]
    return places


def _parts(ordered: Tree, counts: Counter[str]) -> list[Tree]:
    """The tree in pages of a length for scrolling."""
    parts: list[Tree] = [[]]
    length = 0
    for view, depth in ordered:
        more = 1 + counts[view.objective.id]
        if parts[-1] and length + more > _LENGTH:
            parts.append([])
            length = 0
        parts[-1].append((view, depth))
        length += more
    return parts
