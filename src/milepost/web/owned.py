"""What a person or a team owns in the running cycles, for the page about them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from milepost.actions import cycles, key_results, objectives
from milepost.actions.context import Context
from milepost.domain.cycle import Cycle
from milepost.domain.query import All, Among, Condition, Field, FieldType, Page, Query
from milepost.domain.views import KeyResultView, ObjectiveView
from milepost.web import rows
from milepost.web.page import Visitor
from milepost.web.rows import Row

# At most this many objectives, and key results, are shown.
_SHOWN = 100


class Owned(msgspec.Struct, frozen=True):
    """`running`: the running cycles; `objectives` and `rows`: the first of the owned records in them, with their
    numbers.
    """

    running: list[Cycle]
    objectives: list[ObjectiveView]
    objective_total: int
    rows: list[Row]
    total: int


def of(visitor: Visitor, owner_id: str) -> Owned:
    """What an owner owns. Without controls for check-ins."""
    context, now = visitor.context, visitor.context.clock()
    with context.database.reading():
        running = cycles.running(context)
        found = owned_key_results(context, running, [owner_id], _SHOWN)
        aims = _objectives(context, running, owner_id)
    made = (msgspec.structs.replace(rows.row(one, visitor, now), takes_check_ins=False) for one in found.items)
    return Owned(running, aims.items, aims.total, rows.by_urgency(made), found.total)


def owned_key_results(
    context: Context, running: Sequence[Cycle], owner_ids: Sequence[str], limit: int
) -> Page[KeyResultView]:
    """The key results of some owners in some cycles."""
    if not running:
        return Page([], 0)
    return key_results.list_(context, Query(_theirs("key_result", running, owner_ids), limit=limit))


def _objectives(context: Context, running: Sequence[Cycle], owner_id: str) -> Page[ObjectiveView]:
    if not running:
        return Page([], 0)
    return objectives.list_(context, Query(_theirs("objective", running, [owner_id]), limit=_SHOWN))


def _theirs(kind: str, running: Sequence[Cycle], owner_ids: Sequence[str]) -> Condition:
    cycle, owners = Field((kind, "cycle_id"), FieldType.TEXT), Field((kind, "owner_ids"))
    return All((Among(cycle, tuple(one.id for one in running)), Among(owners, tuple(owner_ids))))
