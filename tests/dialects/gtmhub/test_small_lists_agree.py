"""Teams, comments, tags, saved lists and definitions of custom fields: the SQL of their filters and sorts against the
meaning that the domain gives, every operator on every field of each.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from acme import Acme, build
from milepost.actions import check_ins, comments, custom_fields, key_results, objectives, saved_lists, tags, teams
from milepost.actions.context import Context
from milepost.actions.teams import TeamChange
from milepost.dialects.gtmhub import filters, query
from milepost.dialects.gtmhub.fields import Table
from milepost.dialects.gtmhub.tables import COMMENT, CUSTOM_FIELD, LIST, TAG, TEAM
from milepost.domain import ids
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import Entry
from milepost.domain.custom_field import CustomField
from milepost.domain.instants import DAY
from milepost.domain.key_result import Tag
from milepost.domain.matching import holds, sort_key
from milepost.domain.query import Page, Query
from milepost.domain.saved_list import Column, Dynamic, Join, Rule, Selection, blank
from milepost.store import custom_fields as stored_fields
from milepost.store import saved_lists as stored_lists
from milepost.store import teams as stored_teams
from milepost.store.engine import Database

WORDS = ["", "a", "A", "Sales", "sales and marketing", "Ünï ✓", "%", "a_b", "line\nbreak", "null", "5", "metric", "💡"]
FREE: list[Any] = [None, True, 0, 0.5, "", "a", [], ["a", "b"], {"a": 1}]
RECORDS = 25


class Listed(msgspec.Struct, frozen=True):
    """A list, its fields, and what tells one of its items from the others."""

    table: Table
    list_: Callable[[Context, Query], Page[Any]]
    key: Callable[[Any], str]
    beside: tuple[str, ...] = ()


LISTS = {
    "teams": Listed(TEAM, teams.list_, lambda team: team.id, ("memberIds.0", "shade", "shade.a", "_id")),
    "comments": Listed(COMMENT, comments.list_, lambda view: view.check_in.id, ("shade",)),
    "tags": Listed(TAG, tags.list_, lambda tag: tag.title),
    "custom fields": Listed(
        CUSTOM_FIELD, custom_fields.list_, lambda one: one.id, ("settings", "settings.a", "targetTypes", "filterable")
    ),
    "lists": Listed(
        LIST,
        saved_lists.list_,
        lambda one: one.id,
        (
            "columns.fieldName", "columns.width", "columns.shade", "filter.booleanOperator", "filter.shade",
            "filter.ruleBounds.fieldName", "filter.ruleBounds.value", "filter.ruleBounds.customField",
            "filter.ruleBounds.dynamicFilters.dynamicValueType", "filter.ruleBounds.dynamicFilters.value", "sort",
        ),
    ),
}  # fmt: skip
EVERY_FIELD = [(name, field) for name, one in LISTS.items() for field in (*one.table.nodes, *one.beside)]


@pytest.fixture(scope="module")
def world(new_database: Database) -> Acme:
    acme = build(new_database)
    dice = random.Random(random.randrange(2**32))  # made anew by the seed that pytest-randomly prints
    for boss, key_result in ((acme.anna, acme.revenue), (acme.rita, acme.rival_key_result)):
        for _ in range(RECORDS):
            _invent(acme, acme.context(boss), key_result, dice)
    objectives.revise(acme.context(acme.anna), acme.growth, ObjectiveChange(tags=(Tag("a"), Tag("A"), Tag("a"))))
    return acme


def _invent(acme: Acme, context: Context, key_result: str, dice: random.Random) -> None:
    moment = dice.choice([0, DAY * 20_000, acme.clock()])
    team = teams.add(context, TeamChange(name=dice.choice(WORDS), description=dice.choice(WORDS)))
    odd = msgspec.structs.replace(
        team,
        avatar=dice.choice(WORDS),
        color=dice.choice(WORDS),
        parent_id=dice.choice(["", team.id]),
        manager_id=dice.choice(["", acme.ben.id]),
        member_ids=tuple(dice.sample([acme.anna.id, acme.ben.id, acme.vera.id], dice.randrange(4))),
        created_at=moment,
        extra=dice.choice([{}, {"shade": dice.choice(FREE)}]),
    )
    stored_teams.records.update(acme.database, odd)
    measure = key_results.find(context, key_result)
    other = key_results.add(
        context,
        measure.objective_id,
        KeyResultChange(name=f"KR {dice.choice(WORDS)}", tags=tuple(map(Tag, dice.sample(WORDS, dice.randrange(4))))),
    ).key_result
    for _ in range(3):
        where = dice.choice([measure.id, other.id])
        check_ins.record(context, where, Entry(value=1, comment=dice.choice(WORDS)))
    extra = {"settings": dice.choice(FREE), "targetTypes": dice.choice([[], ["a"], ["a", "b"]]), "filterable": True}
    field = CustomField(
        context.account_id, ids.new(acme.clock()), *[dice.choice(WORDS) for _ in range(4)], moment, moment, extra
    )
    stored_fields.records.insert(acme.database, field)
    _invent_list(acme, context, moment, dice)


def _invent_list(acme: Acme, context: Context, moment: int, dice: random.Random) -> None:
    shade = dice.choice([{}, {"shade": dice.choice(FREE)}])
    dynamic = Dynamic(dice.choice(WORDS), tuple(dice.sample(WORDS, dice.randrange(3))))
    rule = Rule(dice.choice(WORDS), "eq", dice.choice(FREE), dice.choice([True, False]), (dynamic,), shade)
    one = msgspec.structs.replace(
        blank(context.account_id, ids.new(acme.clock()), at=moment, by=acme.ben.id),
        name=dice.choice(WORDS),
        description=dice.choice(WORDS),
        about=dice.choice(["Key Result", *WORDS]),
        columns=tuple(Column(dice.choice(WORDS), width=1, extra=shade) for _ in range(dice.randrange(3))),
        selection=Selection((rule,) * dice.randrange(3), dice.choice(list(Join)), shade),
        owner_id=dice.choice(["", acme.ben.id, acme.account.id]),
        extra=dice.choice([{}, {"sort": dice.choice(FREE)}]),
    )
    stored_lists.records.insert(acme.database, one)


def _asked_of(name: str, acme: Acme) -> Iterator[dict[str, Any]]:
    """Every operator with every operand that can make a difference, plainly and negated."""
    operands: list[Any] = [None, True, 0, 1, 0.5, "", "a", "Sales", "Ünï ✓", "metric", "key_result", [], ["a"], {}]
    operands += ["1970-01-01T00:00:00Z", "2024-10-04T00:00:00Z", "0001-01-01T00:00:00Z"]
    operands += [acme.ben.id, acme.account.id, acme.rival.id, acme.revenue]
    scalars = [operand for operand in operands if not isinstance(operand, list | dict)]
    asked: list[Any] = [{"$exists": True}, {"$exists": False}, {"$size": 0}, {"$all": ["a"]}]
    asked += [{operator: operand} for operator in ("$eq", "$ne") for operand in operands]
    asked += [{operator: operand} for operator in ("$gt", "$gte", "$lt", "$lte") for operand in scalars]
    asked += [{operator: [one, other]} for operator in ("$in", "$nin") for one in scalars for other in (None, "a")]
    asked += [{"$regex": pattern} for pattern in ("ales", "^a", "g$", "^$", ".*", "", "✓", "(?i)SALES", "s.l")]
    for one in asked:
        yield {name: one}
        yield {name: {"$not": one}}


def _everything(listed: Listed, context: Context) -> list[Any]:
    return listed.list_(context, Query(limit=10_000)).items


@pytest.mark.parametrize(("name", "field"), EVERY_FIELD)
def test_every_operator_on_every_field(world: Acme, name: str, field: str) -> None:
    listed, context = LISTS[name], world.context(world.vera)
    views = _everything(listed, context)
    assert len(views) >= len(WORDS) - 3
    for asked in _asked_of(field, world):
        condition = filters.condition(json.dumps(asked), listed.table)
        expected = [listed.key(view) for view in views if holds(condition, view)]
        page = listed.list_(context, Query(condition, limit=10_000))
        assert [listed.key(view) for view in page.items] == expected, asked
        assert page.total == len(expected), asked


@pytest.mark.parametrize(("name", "field"), EVERY_FIELD)
@pytest.mark.parametrize("sign", ["", "-"])
def test_pages_are_cut_from_one_order(world: Acme, name: str, field: str, sign: str) -> None:
    listed, context = LISTS[name], world.context(world.vera)
    orders = query.query({"sort": sign + field}, listed.table).orders
    expected = sorted(_everything(listed, context), key=listed.key)
    expected.sort(key=lambda view: sort_key(orders, view))
    found: list[str] = []
    for skip in range(0, len(expected), 7):
        asked = query.query({"sort": sign + field, "skip": str(skip), "take": "7"}, listed.table)
        page = listed.list_(context, asked)
        assert page.total == len(expected)
        found += [listed.key(view) for view in page.items]
    assert found == [listed.key(view) for view in expected]


@pytest.mark.parametrize("name", LISTS)
def test_nothing_of_the_rivals_is_among_them(world: Acme, name: str) -> None:
    listed = LISTS[name]
    theirs = {listed.key(view) for view in _everything(listed, world.context(world.rita))}
    ours = {listed.key(view) for view in _everything(listed, world.context(world.vera))}
    assert theirs
    assert name == "tags" or not ours & theirs


def test_a_tag_counts_each_bearer_once(world: Acme) -> None:
    counts = {tag.title: tag for tag in _everything(LISTS["tags"], world.context(world.vera))}
    assert (counts["a"].objective_count, counts["A"].objective_count) == (1, 1)
    views = key_results.list_(world.context(world.vera), Query(limit=10_000)).items
    for title, tag in counts.items():
        bearers = [view for view in views if title in [one.title for one in view.key_result.tags]]
        assert tag.key_result_count == len(bearers)
        assert tag.count == tag.objective_count + tag.key_result_count > 0
