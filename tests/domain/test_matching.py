"""What conditions mean: MongoDB's semantics, case by case, so that `holds` itself has a witness."""

from __future__ import annotations

from typing import Any

import pytest

from milepost.domain.matching import holds, sort_key
from milepost.domain.query import (
    NOTHING,
    All,
    Among,
    Compare,
    Comparison,
    Exists,
    Field,
    HasElement,
    HasSize,
    Matches,
    Not,
    Order,
    Some,
    equals,
)

RECORD: dict[str, Any] = {
    "n": 5, "text": "Sales and marketing", "flag": True, "empty": "", "null": None, "list": [1, "a", None],
    "none": [], "tags": [{"title": "a", "rank": 1}, {"title": "b"}], "deep": {"a": {"b": 2}}, "nested": [[1, 2]],
}  # fmt: skip


def at(path: str) -> Field:
    return Field(tuple(path.split(".")))


@pytest.mark.parametrize(
    ("path", "operand", "matches"),
    [
        ("n", 5, True), ("n", 5.0, True), ("n", "5", False),
        ("n", True, False), ("flag", True, True), ("flag", 1, False),
        ("null", None, True), ("missing", None, True), ("empty", None, False), ("empty", "", True),
        ("list", 1, True), ("list", "a", True),
        ("list", None, True), ("list", [1, "a", None], True), ("list", [1], False),
        ("none", None, False), ("none", [], True), ("tags.title", "b", True), ("tags.title", "c", False),
        ("tags.rank", None, True), ("tags.0.title", "a", True), ("tags.1.title", "a", False),
        ("deep.a.b", 2, True), ("deep.a", {"b": 2}, True),
        ("deep.a", {"b": 2, "c": 1}, False), ("deep.a.x", None, True),
        ("nested", [1, 2], True), ("nested", 1, False), ("list.0", 1, True), ("n.x", None, True),
    ],
)  # fmt: skip
def test_equality(path: str, operand: Any, matches: bool) -> None:
    condition = equals(at(path), operand)
    assert holds(condition, RECORD) is matches
    assert holds(Not(condition), RECORD) is not matches


@pytest.mark.parametrize(
    ("path", "comparison", "operand", "matches"),
    [
        ("n", Comparison.GREATER, 4, True),
        ("n", Comparison.GREATER, 5, False), ("n", Comparison.LESS_OR_EQUAL, 5, True),
        ("n", Comparison.GREATER, "1", False),
        ("n", Comparison.LESS, True, False), ("text", Comparison.GREATER, "S", True),
        ("missing", Comparison.GREATER_OR_EQUAL, None, True), ("missing", Comparison.GREATER, None, False),
        ("missing", Comparison.LESS, 5, False),
        ("list", Comparison.LESS, 2, True), ("tags.rank", Comparison.GREATER, 0, True),
        ("flag", Comparison.GREATER, False, True), ("n", Comparison.LESS_OR_EQUAL, None, False),
    ],
)  # fmt: skip
def test_only_values_of_one_type_compare(path: str, comparison: Comparison, operand: Any, matches: bool) -> None:
    assert holds(Compare(at(path), comparison, operand), RECORD) is matches


def test_sets_patterns_sizes_and_presence() -> None:
    assert holds(Among(at("n"), (1, 5)), RECORD)
    assert not holds(Among(at("n"), ()), RECORD)
    assert holds(Among(at("missing"), (None,)), RECORD)
    assert holds(Matches(at("text"), "^Sales"), RECORD)
    assert holds(Matches(at("text"), "(?i)MARKETING$"), RECORD)
    assert not holds(Matches(at("n"), "5"), RECORD)
    assert holds(Matches(at("tags.title"), "^b$"), RECORD)
    assert holds(HasSize(at("none"), 0), RECORD)
    assert not holds(HasSize(at("text"), 19), RECORD)
    assert holds(Exists(at("null")), RECORD)
    assert not holds(Exists(at("missing")), RECORD)
    assert holds(Exists(at("tags.rank")), RECORD)


def test_one_element_must_meet_all_that_is_asked_of_an_element() -> None:
    both = All((equals(at("title"), "b"), equals(at("rank"), 1)))
    assert not holds(HasElement(at("tags"), both), RECORD)
    assert holds(All((equals(at("tags.title"), "b"), equals(at("tags.rank"), 1))), RECORD)
    assert holds(HasElement(at("list"), Compare(Field(()), Comparison.LESS, 2)), RECORD)


def test_nothing_and_everything() -> None:
    assert holds(All(()), RECORD)
    assert not holds(NOTHING, RECORD)
    assert holds(Some((NOTHING, All(()))), RECORD)


def test_order_of_types_and_lists() -> None:
    values: list[Any] = [True, "b", 2, {"a": 1}, None, "a", 1, [3, 0], []]
    records = [{"v": value} for value in values]
    ascending = sorted(records, key=lambda one: sort_key((Order(at("v")),), one))
    assert [one["v"] for one in ascending] == [None, [], [3, 0], 1, 2, "a", "b", {"a": 1}, True]
    descending = sorted(records, key=lambda one: sort_key((Order(at("v"), descending=True),), one))
    assert [one["v"] for one in descending] == [True, {"a": 1}, "b", "a", [3, 0], 2, 1, None, []]
    assert sort_key((Order(at("missing")),), {}) == sort_key((Order(at("missing")),), {"missing": None})
