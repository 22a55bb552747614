"""The choices in the fields of forms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from zoneinfo import available_timezones

import msgspec

from milepost.actions import cycles, key_results, objectives, tags, teams
from milepost.actions.context import Context
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.errors import NotFound
from milepost.domain.key_result import Tag
from milepost.domain.objective import Objective
from milepost.domain.people import Team
from milepost.domain.query import Field, FieldType, Order, Query, equals

# At most this many are offered: nobody chooses from a longer list.
MOST = 1_000
_MOST_TAGS = 60
_OBJECTIVE = Field(("key_result", "objective_id"), FieldType.TEXT)
_NAME = Field(("name",), FieldType.TEXT)
_STARTS = Field(("starts_at",), FieldType.INSTANT)
_USED = Field(("count",), FieldType.NUMBER)


class Choice(msgspec.Struct, frozen=True):
    """One choice: the value that is sent, and its label. `group`: the heading above it, "" for none."""

    value: str
    words: str
    group: str = ""


def teams_by_name(context: Context, most: int = MOST) -> tuple[list[Team], int]:
    """The first teams by name, and the number of all."""
    found = teams.list_(context, Query(orders=(Order(_NAME),), limit=most))
    return sorted(found.items, key=lambda one: one.name.casefold()), found.total


def tag_titles(context: Context, standing: Iterable[str]) -> list[str]:
    """The tags in use, by title; where there are very many, the most used ones."""
    used = tags.list_(context, Query(orders=(Order(_USED, descending=True),), limit=_MOST_TAGS)).items
    return sorted({one.title.strip() for one in used} | set(standing), key=str.casefold)


def tags_of(titles: Iterable[str], more: str, standing: Sequence[Tag]) -> tuple[Tag, ...]:
    """The chosen tags, and those in `more`, separated by commas; existing ones come first."""
    wanted = dict.fromkeys([*titles, *(part.strip() for part in more.split(",") if part.strip())])
    kept = [tag for tag in standing if wanted.pop(tag.title.strip(), "") is None]
    return (*kept, *(Tag(title) for title in wanted))


def owner_ids_of(first: str, further: Sequence[str], standing: Sequence[str]) -> tuple[str, ...]:
    """The owners, the main one first; existing ones keep their order."""
    others = [*(one for one in standing if one in further), *further]
    return tuple(dict.fromkeys([first, *others] if first else others))


def cycles_but(context: Context, left_out: str) -> list[Choice]:
    """All cycles except one, the newest first."""
    found = cycles.list_(context, Query(orders=(Order(_STARTS, descending=True),), limit=MOST)).items
    return [Choice(one.id, one.name) for one in found if one.id != left_out]


def open_cycles(context: Context, standing: str) -> list[Choice]:
    """The open cycles, the newest first, and the cycle of a record."""
    found = cycles.list_(context, Query(orders=(Order(_STARTS, descending=True),), limit=MOST)).items
    return [Choice(one.id, one.name) for one in found if one.state is CycleState.OPEN or one.id == standing]


def objectives_above(context: Context, cycle: Cycle, standing: Objective | None) -> list[Choice]:
    """The possible parents of an objective: objectives of its own cycle, of the cycle above it and of running cycles,
    by cycle and name.
    """
    wide = {one.id: one.name for one in cycles.running(context)} | {cycle.id: cycle.name}
    with suppress(NotFound):  # an import may keep an unknown parent
        wide[cycle.parent_id] = cycles.get(context, cycle.parent_id).name
    found = _objectives(context, wide)
    own, parent_id = (standing.id, standing.parent_id) if standing else ("", "")
    if parent_id and parent_id not in {one.id for one in found}:
        with suppress(NotFound):
            found.append(objectives.find(context, parent_id))
    near = sorted((one for one in found if one.id != own), key=lambda one: one.cycle_id != cycle.id)[:MOST]
    choices = [Choice(one.id, one.name, wide.get(one.cycle_id, "Elsewhere")) for one in near]
    return sorted(choices, key=lambda one: (one.group != cycle.name, one.group))


def objectives_of(context: Context, cycle_id: str) -> list[Choice]:
    """The objectives of a cycle, by name."""
    return [Choice(one.id, one.name) for one in _objectives(context, [cycle_id])[:MOST]]


def key_results_above(context: Context, objective: Objective, standing: str) -> list[Choice]:
    """The possible parents of an objective's key results: the key results of its parent."""
    found = []
    if objective.parent_id:
        found = key_results.list_bare(context, Query(equals(_OBJECTIVE, objective.parent_id), limit=MOST)).items
    if standing and standing not in {one.id for one in found}:
        with suppress(NotFound):
            found.append(key_results.find(context, standing))
    return [Choice(one.id, one.name) for one in found]


@cache
def time_zones() -> tuple[str, ...]:
    """The names of all time zones, such as Europe/Berlin."""
    return tuple(sorted(available_timezones() - {"localtime", "Factory"}))


def _objectives(context: Context, cycle_ids: Iterable[str]) -> list[Objective]:
    found = [one for cycle_id in cycle_ids for one in objectives.standing_in(context, cycle_id)]
    return sorted(found, key=lambda one: one.name.casefold())
