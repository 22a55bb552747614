"""What filters mean, case by case: four key results, many filters, and which of the four each one finds.

Each goes both ways, as SQL and as `holds` says; and where SQL can say it, it has to. Random ones are in
test_filters_agree.py.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from meanings import A, B, C, D, World, made, text
from milepost.dialects.gtmhub import filters
from milepost.dialects.gtmhub.tables import GOAL, METRIC, SESSION
from milepost.domain.errors import Fault, Invalid
from milepost.store import key_results as stored
from milepost.store import where
from milepost.store.engine import Database


@pytest.fixture(scope="module")
def world(new_database: Database) -> World:
    return made(new_database)


# What is found by filters that SQL can say.
SQL: list[tuple[Any, set[str]]] = [
    ({}, {A, B, C, D}),
    ({"name": "Alpha"}, {A}),
    ({"name": "alpha"}, set()),
    ({"name": ""}, {D}),
    ({"name": 5}, set()),
    ({"name": None}, set()),
    ({"name": True}, set()),
    ({"name": {"$eq": "beta"}}, {B}),
    ({"name": {"$ne": "beta"}}, {A, C, D}),
    ({"name": {"$in": ["beta", "Alpha", "none"]}}, {A, B}),
    ({"name": {"$in": ["beta"]}}, {B}),
    ({"name": {"$in": ["beta", None]}}, {B}),
    ({"name": {"$in": []}}, set()),
    ({"name": {"$nin": ["beta", "Alpha"]}}, {C, D}),
    ({"name": {"$nin": []}}, {A, B, C, D}),
    ({"name": {"$gt": "Alpha"}}, {B, C}),
    ({"name": {"$gte": "Alpha"}}, {A, B, C}),
    ({"name": {"$lt": "Gamma. ray"}}, {A, D}),
    ({"name": {"$lte": "Gamma. ray"}}, {A, C, D}),
    ({"name": {"$gt": 1}}, set()),
    ({"name": {"$exists": True}}, {A, B, C, D}),
    ({"name": {"$exists": False}}, set()),
    ({"name": {"$exists": 0}}, set()),
    ({"name": {"$not": {"$eq": "beta"}}}, {A, C, D}),
    ({"name": {"$not": {"$gt": "Alpha"}}}, {A, D}),
    ({"name": {"$ne": "beta", "$gt": ""}}, {A, C}),
    ({"name": {"$regex": "a"}}, {A, B, C}),
    ({"name": {"$regex": "^A"}}, {A}),
    ({"name": {"$regex": "^a"}}, set()),
    ({"name": {"$regex": "a$"}}, {A, B}),
    ({"name": {"$regex": "^beta$"}}, {B}),
    ({"name": {"$regex": "^bet$"}}, set()),
    ({"name": {"$regex": "^$"}}, {D}),
    ({"name": {"$regex": ""}}, {A, B, C, D}),
    ({"name": {"$regex": ".*"}}, {A, B, C, D}),
    ({"name": {"$regex": "^"}}, {A, B, C, D}),
    ({"name": {"$regex": "$"}}, {A, B, C, D}),
    ({"name": {"$regex": ".*eta"}}, {B}),
    ({"name": {"$regex": "bet.*"}}, {B}),
    ({"name": {"$regex": "\\. r"}}, {C}),
    ({"name": {"$regex": "x"}}, set()),
    ({"actual": 5}, {A}),
    ({"actual": 5.0}, {A}),
    ({"actual": "5"}, set()),
    ({"actual": True}, set()),
    ({"actual": {"$gt": 0}}, {A}),
    ({"actual": {"$gte": 5}}, {A}),
    ({"actual": {"$gt": 5}}, set()),
    ({"actual": {"$lt": 5}}, {B, C, D}),
    ({"actual": {"$lte": 5}}, {A, B, C, D}),
    ({"actual": {"$in": [5, 7]}}, {A}),
    ({"actual": {"$regex": "5"}}, set()),
    ({"attainment": {"$gte": 0.5}}, {A}),
    ({"critical": None}, {A, C, D}),
    ({"critical": {"$ne": None}}, {B}),
    ({"critical": {"$gte": None}}, {A, C, D}),
    ({"critical": {"$lte": None}}, {A, C, D}),
    ({"critical": {"$gt": None}}, set()),
    ({"critical": {"$lt": None}}, set()),
    ({"critical": {"$gt": 1}}, {B}),
    ({"critical": {"$not": {"$gt": 1}}}, {A, C, D}),
    ({"critical": {"$exists": False}}, set()),
    ({"targetMax": {"$exists": True}}, {C}),
    ({"format": {"$exists": True}}, {A, B, C, D}),
    ({"targetMax": {"$exists": False}}, {A, B, D}),
    ({"targetMax": 2.5}, {C}),
    ({"dynamic": True}, {A}),
    ({"dynamic": False}, {B, C, D}),
    ({"dynamic": 1}, set()),
    ({"dynamic": {"$ne": True}}, {B, C, D}),
    ({"dueDate": "2026-02-16T00:00:00Z"}, {A}),
    ({"dueDate": {"$gte": "2026-02-16T00:00:00Z"}}, {A}),
    ({"dueDate": {"$gt": "2026-02-16T00:00:00Z"}}, set()),
    ({"dueDate": {"$lt": "2026-02-16T00:00:00.001Z", "$gt": "2000-01-01T00:00:00Z"}}, {A}),
    ({"dueDate": {"$lt": "2000-01-01T00:00:00Z"}}, {B, C, D}),
    ({"dueDate": "0001-01-01T00:00:00Z"}, {B, C, D}),
    ({"dueDate": {"$in": ["2026-02-16T00:00:00Z", "no date"]}}, {A}),
    ({"dueDate": "no date"}, set()),
    ({"targetOperator": "at_least"}, {A}),
    ({"targetOperator": "increase"}, set()),
    ({"targetOperator": {"$ne": "at_least"}}, {B, C, D}),
    ({"targetOperator": {"$in": ["at_most", "in_range"]}}, {B, C}),
    ({"targetOperator": {"$gt": "at_least"}}, {B, C, D}),
    ({"targetOperator": {"$gte": "in_range"}}, {C, D}),
    ({"targetOperator": {"$lt": "in_range"}}, {A, B}),
    ({"targetOperator": {"$lt": 5}}, set()),
    ({"targetOperator": {"$regex": "^at_"}}, {A, B}),
    ({"targetOperator": None}, set()),
    ({"confidence.value": 0.5}, {A}),
    ({"confidence.value": {"$exists": True}}, {A}),
    ({"confidence.value": None}, {B, C, D}),
    ({"confidence.reason": {"$regex": "ur"}}, {A}),
    ({"confidence.date": {"$gte": "2024-10-04T00:00:00Z"}}, {A}),
    ({"goalName": "Grow the business"}, {A, B, C, D}),
    ({"goalName": {"$ne": "Grow the business"}}, set()),
    ({"assignee.name": "Anna Ahlberg"}, {A}),
    ({"assignee.email": {"$regex": "@acme"}}, {A, B, D}),
    ({"numberOfOwners": 2}, {B}),
    ({"$and": [{"name": "Alpha"}, {"actual": 5}]}, {A}),
    ({"$and": [{"name": "Alpha"}, {"actual": 6}]}, set()),
    ({"$or": [{"name": "Alpha"}, {"name": "beta"}]}, {A, B}),
    ({"$nor": [{"name": "Alpha"}, {"name": "beta"}]}, {C, D}),
    ({"$or": [{"name": "Alpha", "actual": 6}, {"critical": 3}]}, {B}),
    ({"$nor": [{}]}, set()),
    ({"name": {"$regex": "a"}, "dynamic": False}, {B, C}),
]
# By those that it cannot, in whole or in part.
SLOW: list[tuple[Any, set[str]]] = [
    ({"name": {"$regex": "^a", "$options": "i"}}, {A}),
    ({"name": {"$regex": "^B", "$options": "im"}}, {B}),
    ({"name": {"$regex": "[ab]e"}}, {B}),
    ({"name": {"$regex": "a|e"}}, {A, B, C}),
    ({"description": {"$regex": "^two", "$options": "m"}}, {A}),
    ({"description": {"$regex": "one.two", "$options": "s"}}, {A}),
    ({"description": {"$regex": "one.two"}}, set()),
    ({"name": {"$size": 0}}, set()),
    ({"name": {"$elemMatch": {"$eq": "Alpha"}}}, set()),
    ({"name": {"$all": ["beta"]}}, {B}),
    ({"name": {"$all": ["beta", "Alpha"]}}, set()),
    ({"name": {"$all": []}}, set()),
    ({"tags": {"$size": 0}}, {C, D}),
    ({"tags": {"$size": 2.0}}, {B}),
    ({"tags.title": "red"}, {A, B}),
    ({"tags.title": {"$ne": "red"}}, {C, D}),
    ({"tags.title": {"$in": ["Blue", "green"]}}, {B}),
    ({"tags.title": {"$all": ["red", "Blue"]}}, {B}),
    ({"tags.title": {"$exists": True}}, {A, B}),
    ({"tags.title": {"$exists": False}}, {C, D}),
    ({"tags.title": {"$regex": "^B"}}, {B}),
    ({"tags.0.title": "red"}, {A, B}),
    ({"tags.1.title": "Blue"}, {B}),
    ({"tags.1": {"$exists": True}}, {B}),
    ({"tags.1": None}, {A, C, D}),
    ({"tags.color": "r"}, {A}),
    ({"tags.0.color": "r"}, {A}),
    ({"tags.rank": {"$gt": 1}}, {B}),
    ({"tags": {"$elemMatch": {"title": "red", "color": "r"}}}, {A}),
    ({"tags": {"$elemMatch": {"title": "Blue", "rank": 1}}}, set()),
    ({"tags": {"$elemMatch": {"$or": [{"title": "Blue"}, {"color": "r"}]}}}, {A, B}),
    ({"tags": {"$elemMatch": {}}}, {A, B}),
    ({"tags": {"$elemMatch": {"$eq": {"title": "red"}}}}, {B}),
    ({"tags": {"$elemMatch": {"$eq": {"title": "red", "color": "r"}}}}, {A}),
    ({"tags": {"$elemMatch": {"$ne": {"title": "red", "color": "r"}}}}, {B}),
    ({"tags": {"$elemMatch": {"$in": [{"title": "red"}, {"title": "green"}]}}}, {B}),
    ({"tags": {"$elemMatch": {"$size": 0}}}, set()),
    ({"tags": {"$all": [{"$elemMatch": {"title": "red"}}, {"$elemMatch": {"title": "Blue"}}]}}, {B}),
    ({"tags": {"title": "red"}}, {B}),
    ({"tags": {"title": "red", "color": "r"}}, {A}),
    ({"tags": [{"title": "red", "color": "r"}]}, {A}),
    ({"tags": []}, {C, D}),
    ({"tags": "red"}, set()),
    ({"tags": None}, set()),
    ({"tags": {"$exists": True}}, {A, B, C, D}),
    ({"tags": {"$in": [[], [{"title": "red", "color": "r"}]]}}, {A, C, D}),
    ({"tags": {"$nin": [[]]}}, {A, B}),
    ({"customFields.region": "north"}, {A}),
    ({"customFields.region": None}, {B, C, D}),
    ({"customFields.region": {"$exists": True}}, {A, B}),
    ({"customFields.region": {"$exists": False}}, {C, D}),
    ({"customFields.region": {"$regex": "^NOR", "$options": "i"}}, {A}),
    ({"customFields.n": {"$gte": 5, "$lt": 6}}, {A}),
    ({"customFields.list": 2}, {A}),
    ({"customFields.list": {"$all": [1, "x"]}}, {A}),
    ({"customFields.list": {"$all": [1, 7]}}, set()),
    ({"customFields.list": {"$size": 3}}, {A}),
    ({"customFields.list": []}, {B}),
    ({"customFields.list": [1, 2, "x"]}, {A}),
    ({"customFields.list": {"$elemMatch": {"$gt": 1, "$lt": 3}}}, {A}),
    ({"customFields.list": {"$in": [[1], 1]}}, {A}),
    ({"customFields.list": {"$nin": [1]}}, {B, C, D}),
    ({"customFields.list.1": 2}, {A}),
    ({"customFields.deep.a.b": "c"}, {A}),
    ({"customFields.deep": {"a": {"b": "c"}}}, {A}),
    ({"customFields.deep.a": {"b": "d"}}, set()),
    ({"customFields": {"$exists": False}}, {D}),
    ({"customFields": {}}, {C}),
    ({"customFields.region": {"$ne": "north"}}, {B, C, D}),
    ({"free.a": {"$elemMatch": {"b": 2}}}, {A}),
    ({"free.a": {"$elemMatch": {"b": 3}}}, set()),
    ({"free.a": {"$elemMatch": {"b": {"$gt": 1}}}}, {A}),
    ({"free.a.b": 2}, {A}),
    ({"note": "x"}, {C}),
    ({"note": {"$exists": False}}, {A, B, D}),
    ({"fieldName": "f"}, {A}),
    ({"fieldName": ""}, {B, C, D}),
    ({"fieldName": {"$exists": True}}, {A, B, C, D}),
    ({"format": {"fractionSize": 2, "prefix": "$", "suffix": "", "x": 1}}, {B}),
    ({"format": {"fractionSize": 2, "prefix": "$", "suffix": ""}}, set()),
    ({"format": {"prefix": "$"}}, set()),
    ({"confidence": {"value": 0.5}}, set()),
    ({"format.x": 1}, {B}),
    ({"format.fractionSize": {"$lt": 2}}, {A, C, D}),
    ({"format.prefix": "$"}, {B}),
    ({"confidence": None}, {B, C, D}),
    ({"confidence": {"$exists": True}}, {A}),
    ({"confidence": {"$gte": None}}, {B, C, D}),
    ({"confidence": {"$lte": None}}, {B, C, D}),
    ({"confidence": {"$lt": None}}, set()),
    ({"confidence": {"$gt": 5}}, set()),
    ({"confidence": 5}, set()),
    ({"confidence": {"$regex": "x"}}, set()),
    ({"confidence": {"$in": [None, 5]}}, {B, C, D}),
    ({"assignees.name": {"$regex": "^Ben"}}, {B}),
    ({"assignees": {"$elemMatch": {"name": "Anna Ahlberg", "email": "anna@acme.test"}}}, {A, B}),
    ({"assignees": {"$size": 2}}, {B}),
    ({"name.first": None}, {A, B, C, D}),
    ({"name.first": "x"}, set()),
    ({"ownerIds": {"$size": 2}}, {B}),
    ({"ownerIds": {"$exists": False}}, set()),
    ({"ownerIds": []}, {C}),
    ({"$and": [{"tags.title": "red"}, {"name": "beta"}]}, {B}),
    ({"$nor": [{"tags.title": "red"}]}, {C, D}),
]


@pytest.mark.parametrize(("asked", "found"), SQL, ids=text)
def test_what_sql_says(world: World, asked: Any, found: set[str]) -> None:
    assert world.found(json.dumps(asked)) == found
    condition = where.parameterised(filters.condition(json.dumps(asked), METRIC), {})
    assert where.translated(condition, stored.listing.columns) is not None


@pytest.mark.parametrize(("asked", "found"), SLOW, ids=text)
def test_what_the_process_says(world: World, asked: Any, found: set[str]) -> None:
    assert world.found(json.dumps(asked)) == found


def test_ids(world: World) -> None:
    """`_id` is `id`; owners are found by SQL although they stand in a table of their own."""
    anna, ben, alpha = world.acme.anna.id, world.acme.ben.id, world.views[A].key_result.id
    for asked, found in (
        ({"_id": alpha}, {A}), ({"id": alpha}, {A}), ({"id": {"$regex": f"^{alpha}$"}}, {A}),
        ({"ownerIds": anna}, {A, B}), ({"ownerIds": {"$in": [anna, "x"]}}, {A, B}), ({"ownerId": anna}, {A}),
        ({"ownerIds": {"$nin": [anna, "x"]}}, {C, D}), ({"ownerIds": {"$ne": anna}}, {C, D}),
    ):  # fmt: skip
        assert world.found(json.dumps(asked)) == found
        condition = where.parameterised(filters.condition(json.dumps(asked), METRIC), {})
        assert where.translated(condition, stored.listing.columns) is not None
    for slow, found in (
        ({"ownerIds": {"$all": [anna, ben]}}, {B}), ({"ownerIds.0": anna}, {A}), ({"ownerIds": [anna]}, {A}),
        ({"ownerIds": {"$gt": "z"}}, set()), ({"ownerIds": {"$regex": f"^{ben}$"}}, {B}), ({"ownerIds": 5}, set()),
    ):  # fmt: skip
        assert world.found(json.dumps(slow)) == found


def test_no_engine_is_given_a_nul(world: World) -> None:
    """Not every engine takes one; what compares with it is evaluated in the process."""
    for asked, found, sql in (
        ({"name": "\0"}, set(), True), ({"name": {"$in": ["\0", "beta", "Alpha"]}}, {A, B}, True),
        ({"name": {"$lt": "\0"}}, {D}, False), ({"name": {"$gte": "\0"}}, {A, B, C}, False),
        ({"actual": {"$gt": "\0"}}, set(), True), ({"name": {"$regex": "\0"}}, set(), True),
    ):  # fmt: skip
        assert world.found(json.dumps(asked)) == found
        operands: dict[str, Any] = {}
        condition = where.parameterised(filters.condition(json.dumps(asked), METRIC), operands)
        assert (where.translated(condition, stored.listing.columns) is not None) is sql
        assert not [one for one in operands.values() if isinstance(one, str) and ("\0" in one or "\\u0000" in one)]


def test_objects_in_full(world: World) -> None:
    """With every field that they show and no other: the unknown ones stand elsewhere, if there are any."""
    told = world.views[A].key_result.confidence
    assert told is not None
    shown = {"value": 0.5, "date": "2024-10-04T00:00:00Z", "reason": "sure", "userId": told.by}
    assert world.found(json.dumps({"confidence": shown})) == {A}
    assert world.found(json.dumps({"confidence": {"$ne": shown}})) == {B, C, D}
    assert world.found(json.dumps({"confidence": shown | {"x": 1}})) == set()
    assert world.found(json.dumps({"confidence": shown | {"value": 0.6}})) == set()


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_no_filter_finds_everything(world: World, blank: str) -> None:
    assert world.found(blank) == {A, B, C, D}


# A filter, and what is said against it.
REFUSED: list[tuple[str, str]] = [
    ('{"name": {"$foo": 1}}', "at name.$foo: unknown operator $foo"),
    ('{"$foo": 1}', "at $foo: unknown operator $foo"),
    ('{"name": {"$eq": "a", "b": 1}}', "at name.b: a field among operators"),
    ('{"$and": []}', "at $and: $and takes a list of objects"),
    ('{"$or": {}}', "at $or: $or takes a list of objects"),
    ('{"$nor": [1]}', "at $nor: $nor takes a list of objects"),
    ('{"$and": [{"$or": [{"a": {"$x": 1}}]}]}', "at $and[0].$or[0].a.$x: unknown operator $x"),
    ('{"$and": [{}, {"name": {"$in": 1}}]}', "at $and[1].name.$in: takes a list"),
    ('{"name": {"$nin": "a"}}', "at name.$nin: takes a list"),
    ('{"name": {"$all": "a"}}', "at name.$all: $all takes a list"),
    ('{"name": {"$size": 1.5}}', "at name.$size: $size takes a whole number from 0"),
    ('{"name": {"$size": -1}}', "at name.$size: $size takes a whole number from 0"),
    ('{"name": {"$size": true}}', "at name.$size: $size takes a whole number from 0"),
    ('{"name": {"$size": "1"}}', "at name.$size: $size takes a whole number from 0"),
    ('{"name": {"$exists": "yes"}}', "at name.$exists: $exists takes true or false"),
    ('{"name": {"$exists": null}}', "at name.$exists: $exists takes true or false"),
    ('{"tags": {"$elemMatch": 1}}', "at tags.$elemMatch: $elemMatch takes an object"),
    ('{"tags": {"$all": [{"$elemMatch": 1}]}}', "at tags.$all: $elemMatch takes an object"),
    ('{"name": {"$not": "a"}}', "at name.$not: $not takes an object of operators"),
    ('{"name": {"$not": {}}}', "at name.$not: $not takes an object of operators"),
    ('{"name": {"$not": {"a": 1}}}', "at name.$not: $not takes an object of operators"),
    ('{"name": {"$not": {"$foo": 1}}}', "at name.$not.$foo: unknown operator $foo"),
    ('{"name": {"$gt": [1]}}', "at name.$gt: $gt takes a number, a text, a date, true, false or null"),
    ('{"name": {"$lte": {}}}', "at name.$lte: $lte takes a number, a text, a date, true, false or null"),
    ('{"name": {"$regex": 1}}', "at name.$regex: $regex takes a text"),
    ('{"name": {"$regex": "a", "$options": "x"}}', "at name.$regex: $options takes the letters i, m and s only"),
    ('{"name": {"$regex": "a", "$options": "X"}}', "at name.$regex: $options takes the letters i, m and s only"),
    ('{"name": {"$regex": "("}}', "at name.$regex: is not a regular expression: missing ): ("),
    (
        f'{{"name": {{"$regex": "{"x" * 1_001}"}}}}',
        "at name.$regex: is a regular expression of more than 1,000 characters",
    ),
    ('{"name": {"$regex": "a", "$options": 1}}', "at name.$regex: $options takes the letters i, m and s only"),
    ('{"name": {"$options": "i"}}', "at name.$options: $options belongs to a $regex"),
    ('{"url": 1}', "at url: url can be neither filtered nor sorted by"),
    ('{"$or": [{"trend.x": 1}]}', "at $or[0].trend.x: trend can be neither filtered nor sorted by"),
    ('{"actual": Infinity}', "at actual: a number must be finite"),
    *(
        (f'{{"name": {{"{operator}": {operand}}}}}', f"at name.{operator}: a number must be finite")
        for operators, operand in (("$eq $ne $gt $gte $lt $lte", "-Infinity"), ("$in $nin $all", "[1, NaN]"))
        for operator in operators.split()
    ),
    ('{"customFields.a": {"$gt": Infinity}}', "at customFields.a.$gt: a number must be finite"),
    ('{"customFields.a": {"$in": [Infinity]}}', "at customFields.a.$in: a number must be finite"),
    ('{"tags": {"$in": [[{"title": Infinity}]]}}', "at tags.$in: a number must be finite"),
    ('{"": Infinity}', "a number must be finite"),
    (
        '{"format": {"fractionSize": Infinity, "prefix": "", "suffix": ""}}',
        "at format: a number must be finite",
    ),
    (
        '{"format": {"fractionSize": 2, "prefix": "", "suffix": "", "x": Infinity}}',
        "at format: a number must be finite",
    ),
    ('{"customFields.a": [{"b": [-Infinity]}]}', "at customFields.a: a number must be finite"),
    ('{"tags": {"$elemMatch": {"title": {"$foo": 1}}}}', "at tags.$elemMatch.title.$foo: unknown operator $foo"),
    ('{"tags": {"$elemMatch": {"$foo": 1}}}', "at tags.$elemMatch.$foo: unknown operator $foo"),
    ('{"cells": {"$elemMatch": {"b": {"$foo": 1}}}}', "at cells.$elemMatch.b.$foo: unknown operator $foo"),
    ('{"customFields.l": {"$elemMatch": {"$foo": 1}}}', "at customFields.l.$elemMatch.$foo: unknown operator $foo"),
]


@pytest.mark.parametrize(("asked", "message"), REFUSED)
def test_what_no_filter_says(asked: str, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        filters.condition(asked, METRIC)
    assert refused.value.faults == (Fault("filter", message),)


def _deep(levels: int) -> str:
    return '{"$and": [' * levels + "{}" + "]}" * levels


def test_how_much_a_filter_may_say() -> None:
    """To the edge of each limit, and a step beyond."""
    most = {"name": {"$in": list(range(997))}}
    for fits in (most, {"$or": [{"name": {"$regex": str(index)}} for index in range(20)]}):
        assert filters.condition(json.dumps(fits), METRIC)
    filters.condition(_deep(9), METRIC)
    beyond = (
        (json.dumps({"name": {"$in": list(range(998))}}), "has more than 1,000 operands"),
        (
            json.dumps({"$or": [{"name": {"$regex": str(index)}} for index in range(21)]}),
            "has more than 20 regular expressions",
        ),
        (_deep(10), "is nested deeper than 20 levels"),
        ('{"a": ' + "[" * 30 + "]" * 30 + "}", "is nested deeper than 20 levels"),
        ('{"a": ' + "[" * 300 + "]" * 300 + "}", "is nested deeper than 20 levels"),
        ('{"a": "' + "x" * 16_384 + '"}', "is longer than 16 KiB"),
    )
    for asked, message in beyond:
        with pytest.raises(Invalid) as refused:
            filters.condition(asked, METRIC)
        assert refused.value.faults == (Fault("filter", message),)
    assert filters.condition('{"a": "' + "x" * 16_375 + '"}', METRIC)


def test_what_a_table_does_not_name_is_looked_for_among_what_it_does_not_know() -> None:
    of_a_goal, of_a_metric = ("objective", "extra", "x"), ("key_result", "extra", "x")
    for table, place in ((METRIC, of_a_metric), (GOAL, of_a_goal), (SESSION, ("extra", "x"))):
        found: Any = filters.condition('{"x": 1}', table)
        assert found.field.path == place
        deeper: Any = filters.condition('{"x.y": 1}', table)
        assert deeper.field.path == (*place, "y")


def test_how_deep_a_filter_may_be() -> None:
    def deep(times: int) -> str:
        return "{$and: [" * times + '{name: {$eq: "x"}}' + "]}" * times

    assert filters.condition(deep(9), METRIC) is not None
    with pytest.raises(Invalid, match="is nested deeper than 20 levels"):
        filters.condition(deep(10), METRIC)
    with pytest.raises(Invalid, match="is nested deeper than 20 levels"):
        filters.condition(deep(9).replace('"x"', '["x"]'), METRIC)


def test_a_fault_names_the_field_as_it_was_written() -> None:
    for name in ("Xray", "X.ray"):
        with pytest.raises(Invalid) as refused:
            filters.condition(f'{{"{name}": {{$nope: 1}}}}', METRIC)
        assert name in str(refused.value)
