"""The SQL that lists tasks against the meaning that the domain gives."""

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
from milepost.actions import surroundings, tasks
from milepost.actions.context import Context
from milepost.dialects.gtmhub import filters, query
from milepost.dialects.gtmhub.fields import Free, Group, Many
from milepost.dialects.gtmhub.tables import TASK
from milepost.dialects.gtmhub.wire.tasks import KEPT
from milepost.domain import ids
from milepost.domain.instants import BEGINNING, DAY, END
from milepost.domain.matching import holds, sort_key
from milepost.domain.task import ParentKind, StatusChange, Task, TaskStatus, blank
from milepost.domain.views import TaskView
from milepost.store import tasks as stored
from milepost.store import where
from milepost.store.engine import Database

RECORDS = 60
WORDS = ["", "a", "A", "sales", "Monthly revenue", "ß", "%", "todo", "inprogress", "2026-08-17T12:00:00Z"]
FREE: list[Any] = [None, True, 1, 1.5, "", "a", [], ["a"], {"a": 1}]


class World(msgspec.Struct):
    """Random tasks, and each of them as a view."""

    context: Context
    views: list[TaskView]

    def __repr__(self) -> str:
        return "World"


@pytest.fixture(scope="module")
def world(new_database: Database) -> World:
    acme = build(new_database)
    dice = random.Random(random.randrange(2**32))  # made anew by the seed that pytest-randomly prints
    made = [_invented(acme, dice) for _ in range(RECORDS)]
    return World(acme.context(acme.anna), surroundings.of_tasks(acme.database, acme.account.id, made))


def _invented(acme: Acme, dice: random.Random) -> Task:
    at = dice.choice([0, DAY * 20_000, acme.clock()])
    kind, parent = dice.choice(
        [
            (ParentKind.NONE, ""), (ParentKind.OBJECTIVE, acme.growth), (ParentKind.KEY_RESULT, acme.revenue),
            (ParentKind.KEY_RESULT, "0" * 24), (ParentKind.OBJECTIVE, acme.revenue), (ParentKind.NONE, acme.growth),
        ]
    )  # fmt: skip
    one = msgspec.structs.replace(
        blank(acme.account.id, ids.new(acme.clock()), at=at, by=acme.ben.id),
        name=dice.choice(WORDS),
        description=dice.choice(WORDS),
        status=dice.choice(list(TaskStatus)),
        priority=float(dice.choice([0, 1, 2.5, -1])),
        parent_kind=kind,
        parent_id=parent,
        owner_id=dice.choice(["", acme.anna.id, acme.ben.id, acme.account.id, "0" * 24]),
        due_at=dice.choice([None, BEGINNING + 1, 0, DAY * 20_000, END]),
        custom_fields=dice.choice([None, {}, {"region": dice.choice(FREE)}]),
        extra=dice.choice([{}, {"archived": True, "externalId": "a"}, {"metadata": dice.choice(FREE)}]),
    )
    stored.records.insert(acme.database, one)
    for number in range(dice.randrange(4)):
        after = dice.choice(list(TaskStatus))
        before = dice.choice(["", *TaskStatus])
        entry = StatusChange(one.account_id, one.id, ids.new(acme.clock()), before, after, DAY * number, acme.ben.id)
        stored.changes.insert(acme.database, entry)
    return one


NAMES = [
    *(name for name in TASK.nodes if name not in ("assignee", "customFields", "snapshots")), "_id", "assignee.name",
    "assignee.email", "assignee.type", "customFields.region", "snapshots.newStatus", "snapshots.oldStatus",
    "snapshots.modifiedAt", "snapshots.modifiedBy", "snapshots", "metadata.a", "whatever",
]  # fmt: skip
SCALARS: list[Any] = [
    None, True, False, 0, 1, 2.5, "", "a", "todo", "inprogress", "goal", "metric", "Monthly revenue", "Anna Ahlberg",
    "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2024-10-04T00:00:00Z",
]  # fmt: skip


def _asked_of(name: str) -> Iterator[dict[str, Any]]:
    asked: list[Any] = [{"$exists": True}, {"$exists": False}, {"$size": 1}]
    asked += [{operator: operand} for operator in ("$eq", "$ne") for operand in (*SCALARS, [], ["a"], {"a": 1})]
    asked += [{operator: operand} for operator in ("$gt", "$gte", "$lt", "$lte") for operand in SCALARS]
    asked += [{operator: [one, "a"]} for operator in ("$in", "$nin") for one in SCALARS]
    asked += [{"$regex": pattern} for pattern in ("o", "^a", "e$", "^$", "", "(?i)A", "m.tric")]
    for one in asked:
        yield {name: one}
        yield {name: {"$not": one}}


def _agrees(world: World, asked: dict[str, Any]) -> None:
    text = json.dumps(asked)
    condition = filters.condition(text, TASK)
    expected = {view.task.id for view in world.views if holds(condition, view)}
    page = tasks.list_(world.context, query.query({"filter": text, "limit": "1000"}, TASK))
    assert ({view.task.id for view in page.items}, page.total) == (expected, len(expected)), asked


IN_SQL = [
    name for name in (*TASK.nodes, "assignee.name", "assignee.email")
    if not isinstance(TASK.nodes.get(name), Free | Group | Many) and name not in KEPT
]  # fmt: skip


@pytest.mark.parametrize("name", IN_SQL)
def test_every_operator_on_every_field_that_sql_knows(world: World, name: str) -> None:
    for asked in _asked_of(name):
        _agrees(world, asked)


FIELD = st.sampled_from(NAMES).flatmap(lambda name: st.sampled_from(list(_asked_of(name))))
CLAUSE = st.recursive(
    FIELD,
    lambda inner: st.tuples(st.sampled_from(["$and", "$or", "$nor"]), st.lists(inner, min_size=1, max_size=3)).map(
        lambda pair: dict([pair])
    ),
    max_leaves=4,
)


@settings(max_examples=100)
@given(asked=CLAUSE)
def test_sql_means_what_the_domain_means(world: World, asked: dict[str, Any]) -> None:
    _agrees(world, asked)


@settings(max_examples=60)
@given(
    names=st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), min_size=1, max_size=3), size=st.integers(7, 50)
)
def test_pages_are_cut_from_one_order(world: World, names: list[tuple[str, bool]], size: int) -> None:
    sort = ",".join(f"{'-' if descending else ''}{name}" for name, descending in names)
    orders = query.query({"sort": sort}, TASK).orders
    expected = sorted(world.views, key=lambda view: view.task.id)
    expected.sort(key=lambda view: sort_key(orders, view))
    found: list[str] = []
    for skip in range(0, len(expected), size):
        asked = query.query({"sort": sort, "skip": str(skip), "take": str(size)}, TASK)
        found += [view.task.id for view in tasks.list_(world.context, asked).items]
    assert found == [view.task.id for view in expected]


@pytest.mark.parametrize(
    "asked",
    [
        {"status": {"$in": ["todo", "inprogress"]}, "ownerId": "b" * 24},
        {"parentId": "a" * 24, "parentType": "metric"},
        {"parentName": {"$regex": ".*revenue.*"}}, {"dueDate": {"$lt": "2026-01-01T00:00:00Z"}}, {"dueDate": None},
        {"modifiedAt": {"$gte": "2026-01-01T00:00:00Z"}}, {"assignee.name": "Anna Ahlberg"},
    ],
)  # fmt: skip
def test_what_clients_ask_most_is_whole_in_sql(asked: dict[str, Any]) -> None:
    condition = where.parameterised(filters.condition(json.dumps(asked), TASK), {})
    assert where.translated(condition, stored.listing.columns) is not None
