"""The SQL that is run against the meaning that the domain gives: random filters over random key results.

Every filter goes the whole way: text, relaxed JSON, condition, SQL (or the process, where SQL cannot say it), rows.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acme import Acme, build
from engines import rows
from milepost.actions import key_results, rollup, surroundings
from milepost.actions.context import Context
from milepost.dialects.gtmhub import filters, query
from milepost.dialects.gtmhub.tables import METRIC
from milepost.domain import history, ids
from milepost.domain.check_in import CheckIn
from milepost.domain.instants import BEGINNING, DAY, END
from milepost.domain.key_result import Format, Kind, Tag
from milepost.domain.matching import holds, sort_key
from milepost.domain.query import Query
from milepost.domain.views import KeyResultView
from milepost.store import check_ins, objectives, where
from milepost.store import key_results as stored
from milepost.store.engine import Database

RECORDS = 120
FILTERS = 200  # 24,000 pairs a run, and many more field by field

WORDS = [
    "", "a", "A", "sales", "Sales", "sales and marketing", "Ünïcode ✓", "ünïcode ✓", "%", "_", "a%b", "line\nbreak",
    "ß",
    "İstanbul", "null", "5", "2026-08-17T12:00:00Z", "💡", "z\u00e9", "ze\u0301", "a.b", "(x)", "\\", "'", '"',
]  # fmt: skip
NUMBERS: list[float] = [0, 1, -1, 0.5, 5, 1e15, 123456789.123, -1e300, 5e-324, 0.1, 2.5, 100]
SETTABLE_DATES = [None, BEGINNING + 1, 0, DAY * 20_000, DAY * 20_000 + 1, DAY * 20_500, END]
FREE: list[Any] = [None, True, False, 0, 1, 1.0, 0.5, "", "a", "b", "2026-08-17T12:00:00Z", [], [1], ["a", "b"], [None],
                   {"a": 1}, {"a": [1, "b"]}, [{"a": 1}, {"b": 2}], [[1]], {"a": {"b": "c"}}]  # fmt: skip


class World(msgspec.Struct):
    """Random key results, and each of them as a view."""

    context: Context
    views: list[KeyResultView]
    acme: Acme

    def __repr__(self) -> str:
        return "World"


@pytest.fixture(scope="module")
def world(new_database: Database) -> World:
    acme = build(new_database)
    context = acme.context(acme.anna)
    dice = random.Random(random.randrange(2**32))  # made anew by the seed that pytest-randomly prints
    for _ in range(RECORDS):
        _invent(acme, context, dice)
    objective = objectives.records.find(acme.database, acme.account.id, acme.growth)
    assert objective is not None
    rollup.objectives(context, [acme.growth])
    everything = rows(acme.database, "SELECT * FROM key_results WHERE account_id = :account", account=acme.account.id)
    found = [stored.from_row(row) for row in everything]
    views = surroundings.of_key_results(acme.database, acme.account.id, found)
    return World(context, views, acme)


def _invent(acme: Acme, context: Context, dice: random.Random) -> None:
    people = [acme.anna.id, acme.ben.id, acme.vera.id, acme.account.id, "0" * 24]
    template = key_results.find(context, acme.revenue)
    created = dice.choice([0, 1, DAY * 20_000, acme.clock()])
    made = msgspec.structs.replace(
        template,
        id=ids.new(acme.clock()),
        name=dice.choice(WORDS),
        description=dice.choice(WORDS),
        kind=dice.choice(list(Kind)),
        start=float(dice.choice(NUMBERS)),
        target=float(dice.choice(NUMBERS)),
        target_max=dice.choice([None, 1.0, 2.5]),
        critical=dice.choice([None, 0.0, 5.0]),
        number_type=dice.choice(["double", "percent"]),
        format=Format(dice.choice([0, 2]), dice.choice(["", "$"]), "", dice.choice([{}, {"x": 1}])),
        weight=float(dice.choice([0, 1, 2.5])),
        due_at=dice.choice(SETTABLE_DATES),
        soft_due_at=dice.choice(SETTABLE_DATES),
        owner_ids=tuple(dice.sample(people, dice.randrange(4))),
        tags=tuple(Tag(dice.choice(WORDS), dice.choice([{}, {"color": "red"}])) for _ in range(dice.randrange(3))),
        automated=dice.choice([True, False]),
        position=dice.randrange(4),
        custom_fields=dice.choice([None, {}, {"region": dice.choice(FREE), "x.y": dice.choice(FREE)}]),
        extra=dice.choice([{}, {"fieldName": "f"}, {"whatever": dice.choice(FREE), "deep": {"a": dice.choice(FREE)}}]),
        created_at=created,
        modified_at=created,
    )
    told = [
        CheckIn(
            acme.account.id, ids.new(acme.clock()), made.id, float(dice.choice(NUMBERS)),
            dice.choice([None, 0.0, 0.5, 1.0]), dice.choice(WORDS), acme.ben.id,
            DAY * dice.choice([19_999, 20_000]), index,
        )
        for index in range(dice.randrange(4))
    ]  # fmt: skip
    stored.insert(acme.database, history.explained(made, told))
    check_ins.records.insert_many(acme.database, told)


def _texts() -> st.SearchStrategy[str]:
    return st.sampled_from([*WORDS, "at_least", "in_range", "should_stay_above", "active", "double", "Anna Ahlberg"])


DATES = st.sampled_from(
    [
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "2024-10-04T00:00:00Z",
        "2024-10-04T02:00:00+02:00",
        "9999-12-31T23:59:59Z",
    ]
)
SCALARS = st.one_of(st.none(), st.booleans(), st.sampled_from(NUMBERS), _texts(), DATES)
OPERANDS = st.one_of(SCALARS, st.sampled_from(FREE))
UNASKED = {"customFields", "assignee", "assignees", "tags", "confidence", "format", "goalClosedStatus"}
NAMES = st.sampled_from(
    [
        *(name for name in METRIC.nodes if name not in UNASKED), "_id", "confidence", "confidence.value",
        "confidence.date",
        "confidence.reason", "confidence.userId", "format.suffix", "format.fractionSize", "format.x", "format",
        "goalClosedStatus.status", "tags", "tags.title", "tags.color", "tags.0.title", "assignee.name",
        "assignee.isActive",
        "assignees.email", "assignees", "customFields", "customFields.region", "customFields.region.a", "whatever",
        "whatever.a", "deep.a", "deep.a.b", "ownerIds.0", "name.x",
    ]
)  # fmt: skip
PATTERNS = st.sampled_from(
    [
        ".*Sales.*",
        "^sales",
        "sales$",
        "^a$",
        "a",
        ".*",
        "",
        "^$",
        "(?i)SALES",
        "a\\.b",
        "\\(x\\)",
        "[a-z]+",
        "^.{3}$",
        "é|ß",
        "%",
    ]
)


def _operators() -> st.SearchStrategy[dict[str, Any]]:
    single = st.one_of(
        st.tuples(st.sampled_from(["$eq", "$ne"]), OPERANDS),
        st.tuples(st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), SCALARS),
        st.tuples(st.sampled_from(["$in", "$nin"]), st.lists(OPERANDS, max_size=4)),
        st.tuples(st.just("$exists"), st.booleans()),
        st.tuples(st.just("$size"), st.integers(0, 3)),
        st.tuples(st.just("$all"), st.lists(OPERANDS, max_size=3)),
        st.tuples(st.just("$regex"), PATTERNS),
        st.tuples(st.just("$elemMatch"), st.sampled_from([{"title": "a"}, {"$gt": 0}, {"a": 1}, {"isActive": True}])),
    )
    plain = st.lists(single, min_size=1, max_size=2).map(dict)
    return st.one_of(plain, plain.map(lambda inner: {"$not": inner}))


def _ids(world: World) -> list[Any]:
    acme = world.acme
    return [acme.anna.id, acme.ben.id, acme.account.id, acme.growth, acme.q3.id, acme.revenue, "0" * 24]


FIELD = st.tuples(NAMES, st.one_of(OPERANDS, _operators(), st.integers(0, 6).map(lambda index: {"$id": index})))
CLAUSE = st.recursive(
    st.lists(FIELD, min_size=1, max_size=2).map(dict),
    lambda inner: st.tuples(st.sampled_from(["$and", "$or", "$nor"]), st.lists(inner, min_size=1, max_size=3)).map(
        lambda pair: dict([pair])
    ),
    max_leaves=5,
)


def _with_ids(asked: Any, known: list[Any]) -> Any:
    """The filter with ids of the world put in for their numbers."""
    if isinstance(asked, dict):
        if asked.keys() == {"$id"}:
            return known[asked["$id"]]
        return {key: _with_ids(value, known) for key, value in asked.items()}
    return [_with_ids(value, known) for value in asked] if isinstance(asked, list) else asked


@settings(max_examples=FILTERS)
@given(asked=CLAUSE)
def test_sql_means_what_the_domain_means(world: World, asked: dict[str, Any]) -> None:
    text = json.dumps(_with_ids(asked, _ids(world)), ensure_ascii=False)
    condition = filters.condition(text, METRIC)
    expected = {view.key_result.id for view in world.views if holds(condition, view)}
    page = key_results.list_(world.context, query.query({"filter": text, "limit": "1000"}, METRIC))
    assert {view.key_result.id for view in page.items} == expected
    assert page.total == len(expected)
    counted = key_results.list_(world.context, query.query({"filter": text, "limit": "0"}, METRIC))
    assert (counted.items, counted.total) == ([], len(expected))


def _asked_of(name: str) -> Iterator[dict[str, Any]]:
    """Every operator with every operand that can make a difference, plainly and negated."""
    operands: list[Any] = [None, True, 0, 1, 0.5, 5, 100, "", "a", "Sales", "sales and marketing", "at_least", "ÜNÏ"]
    operands += ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2024-10-04T00:00:00Z", [], ["a"], {}]
    scalars = [operand for operand in operands if not isinstance(operand, list | dict)]
    asked: list[Any] = [{"$exists": True}, {"$exists": False}]
    asked += [{operator: operand} for operator in ("$eq", "$ne") for operand in operands]
    asked += [{operator: operand} for operator in ("$gt", "$gte", "$lt", "$lte") for operand in scalars]
    asked += [{operator: [one, other]} for operator in ("$in", "$nin") for one in scalars for other in (None, "a", 1)]
    asked += [
        {"$regex": pattern} for pattern in ("ales", "^a", "g$", "^a$", "s$", "a$", ".*", "", "^$", "✓", "%", "s.l")
    ]
    for one in asked:
        yield {name: one}
        yield {name: {"$not": one}}


IN_SQL = [
    name for name in (*METRIC.nodes, "confidence.value", "confidence.date", "confidence.reason", "assignee.name")
    if name not in UNASKED and name not in ("cascadeType", "fieldName", "insightName", "parentMetricId", "taskCount")
]  # fmt: skip


@pytest.mark.parametrize("name", IN_SQL)
def test_every_operator_on_every_field_that_sql_knows(world: World, name: str) -> None:
    survey = {view.key_result.id: view for view in world.views}
    for asked in _asked_of(name):
        condition = filters.condition(json.dumps(asked), METRIC)
        expected = {view.key_result.id for view in world.views if holds(condition, view)}
        page = stored.listing.page(
            world.acme.database,
            world.acme.account.id,
            Query(condition, limit=1000),
            lambda rows: [survey[row.id] for row in rows],
        )
        assert {row.id for row in page.items} == expected, asked
        assert page.total == len(expected), asked


@settings(max_examples=40)
@given(names=st.lists(st.tuples(NAMES, st.booleans()), min_size=1, max_size=3), size=st.integers(1, 50))
def test_pages_are_cut_from_one_order(world: World, names: list[tuple[str, bool]], size: int) -> None:
    sort = ",".join(f"{'-' if descending else ''}{name}" for name, descending in names)
    orders = query.query({"sort": sort}, METRIC).orders
    expected = sorted(world.views, key=lambda view: view.key_result.id)
    expected.sort(key=lambda view: sort_key(orders, view))
    found: list[str] = []
    for skip in range(0, len(expected), size):
        asked = query.query({"sort": sort, "skip": str(skip), "take": str(size)}, METRIC)
        page = key_results.list_(world.context, asked)
        assert page.total == len(expected)
        found += [view.key_result.id for view in page.items]
    assert found == [view.key_result.id for view in expected]


@pytest.mark.parametrize(
    "asked",
    [
        {"name": {"$in": ["sales", "marketing"]}}, {"name": {"$regex": ".*Sales.*"}}, {"attainment": {"$gte": 0.5}},
        {"sessionId": {"$in": ["a" * 24]}, "ownerId": "b" * 24}, {"ownerIds": "b" * 24},
        {"dueDate": {"$lt": "2026-01-01T00:00:00Z"}},
        {"$or": [{"goalName": {"$ne": "x"}}, {"$nor": [{"confidence.value": {"$exists": True}}]}]},
        {"assignee.name": "Anna Ahlberg"},
        {"id": {"$regex": ".*a.*"}}, {"targetOperator": "at_least"}, {"critical": None},
    ],
)  # fmt: skip
def test_what_clients_ask_most_is_whole_in_sql(world: World, asked: dict[str, Any]) -> None:
    condition = where.parameterised(filters.condition(json.dumps(asked), METRIC), {})
    assert where.translated(condition, stored.listing.columns) is not None
