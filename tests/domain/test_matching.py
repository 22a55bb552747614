"""What conditions mean: MongoDB's semantics, case by case, so that `holds` itself has a witness."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from milepost.domain.errors import Fault, Invalid
from milepost.domain.instants import BEGINNING
from milepost.domain.matching import holds, page, regex, sort_key
from milepost.domain.query import (
    EVERYTHING,
    NOTHING,
    All,
    Among,
    Compare,
    Comparison,
    Exists,
    Field,
    FieldType,
    HasElement,
    HasSize,
    Matches,
    Moment,
    Not,
    Order,
    Query,
    Some,
    both,
    equals,
    leaves,
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
        ("nested", [1], False), ("nested", [1, 3], False), ("deep.a", {"c": 2}, False), ("deep.a", {"b": 3}, False),
        ("deep.a", [2], False), ("list.3", None, False), ("list.2", None, True),
    ],
)  # fmt: skip
def test_equality(path: str, operand: Any, matches: bool) -> None:
    condition = equals(at(path), operand)
    assert holds(condition, RECORD) is matches
    assert holds(Not(condition), RECORD) is (not matches)


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
        ("n", Comparison.GREATER_OR_EQUAL, 5, True), ("n", Comparison.GREATER_OR_EQUAL, 6, False),
        ("n", Comparison.GREATER_OR_EQUAL, 4, True), ("n", Comparison.LESS, 5, False), ("n", Comparison.LESS, 6, True),
        ("n", Comparison.LESS_OR_EQUAL, 4, False), ("n", Comparison.LESS_OR_EQUAL, 6, True),
        ("deep", Comparison.GREATER, {"a": 0}, False), ("nested", Comparison.GREATER_OR_EQUAL, [1, 2], False),
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


def test_lists_and_objects_sort_by_their_text() -> None:
    values: list[Any] = [{"b": 1, "a": 2}, {"a": 1, "b": 3}, {"b": 1, "a": 0}, {"a": "é"}, {"a": "z"}]
    ordered = sorted(values, key=lambda value: sort_key((Order(at("v")),), {"v": value}))
    assert ordered == [{"a": "z"}, {"a": "é"}, {"b": 1, "a": 0}, {"a": 1, "b": 3}, {"b": 1, "a": 2}]
    lists = [{"v": [[2]]}, {"v": [[10]]}, {"v": [[1, 5]]}]
    assert sorted(lists, key=lambda one: sort_key((Order(at("v")),), one)) == [lists[2], lists[1], lists[0]]


def test_a_ranking_comes_before_the_alphabet() -> None:
    records = [{"v": word} for word in ("open", "closed", "locked", "other")]
    order = Order(at("v"), ranking=("open", "locked", "closed"))
    assert [one["v"] for one in sorted(records, key=lambda one: sort_key((order,), one))] == [
        "open", "locked", "closed", "other",
    ]  # fmt: skip
    down = Order(at("v"), descending=True, ranking=("open", "locked", "closed"))
    assert [one["v"] for one in sorted(records, key=lambda one: sort_key((down,), one))] == [
        "other", "closed", "locked", "open",
    ]  # fmt: skip


def test_the_next_order_counts_where_the_first_is_a_tie() -> None:
    records = [{"a": 1, "b": 1}, {"a": 2, "b": 2}, {"a": 1, "b": 3}, {"a": 1, "b": 0}]
    down_then_up = (Order(at("a"), descending=True), Order(at("b")))
    assert sorted(records, key=lambda one: sort_key(down_then_up, one)) == [
        records[1], records[3], records[0], records[2],
    ]  # fmt: skip
    up_then_down = (Order(at("a")), Order(at("b"), descending=True))
    assert sorted(records, key=lambda one: sort_key(up_then_down, one)) == [
        records[2], records[0], records[3], records[1],
    ]  # fmt: skip


def test_a_page_of_records_at_hand() -> None:
    records = [{"n": n, "m": -n} for n in (3, 1, 2, 5, 4)]
    most = Compare(at("n"), Comparison.LESS, 5)

    def shown(query: Query) -> tuple[list[int], int]:
        found = page(records, query.condition, query, lambda one: one["n"])
        return [one["n"] for one in found.items], found.total

    assert shown(Query(most)) == ([1, 2, 3, 4], 4)
    assert shown(Query(most, orders=(Order(at("m")),))) == ([4, 3, 2, 1], 4)
    assert shown(Query(most, skip=1, limit=2)) == ([2, 3], 4)
    assert shown(Query(most, skip=4, limit=2)) == ([], 4)


class Dated(msgspec.Struct):
    """A record with a date that may not be set, and what lies beneath it."""

    due: int | None = None
    inner: Any = None


def test_dates_that_are_not_set() -> None:
    """They show as the zero time, but where they are left out of an answer."""
    shown, left_out = (Field(("due",), FieldType.INSTANT, optional=optional) for optional in (False, True))
    for field, exists in ((shown, True), (left_out, False)):
        assert holds(Exists(field), Dated()) is exists
        assert holds(Exists(field), Dated(5))
        assert holds(equals(field, Moment(5)), Dated(5))
        assert not holds(equals(field, 5), Dated(5))
        assert holds(equals(field, Moment(BEGINNING)), Dated()) is exists
        assert holds(equals(field, None), Dated()) is not exists
        assert holds(Compare(field, Comparison.LESS, Moment(6)), Dated(5))
        assert not holds(Compare(field, Comparison.GREATER, Moment(5)), Dated(5))
    deep = Field(("inner", "due"), FieldType.INSTANT)
    assert holds(equals(deep, Moment(5)), Dated(inner=Dated(5)))
    assert holds(equals(deep, Moment(5)), Dated(inner=[Dated(), Dated(5)]))
    assert holds(equals(deep, Moment(5)), Dated(inner={"due": Moment(5)}))
    assert not holds(Exists(deep), Dated())
    assert holds(equals(Field(("inner", "1", "due"), FieldType.INSTANT), Moment(5)), Dated(inner=[Dated(), Dated(5)]))
    assert holds(equals(Field(("inner", "x", "due"), FieldType.INSTANT), Moment(5)), Dated(inner={"x": Dated(5)}))
    assert holds(equals(at("due"), 5), Dated(5))
    assert holds(equals(at("due"), None), Dated())
    assert not holds(Exists(at("nothing")), Dated(5))


def test_what_is_shown_where_nothing_is_kept() -> None:
    kept = Field(("extra", "color"), FieldType.FREE, "grey", True)
    assert holds(equals(kept, "grey"), {"extra": {}})
    assert not holds(equals(kept, "grey"), {"extra": {"color": "red"}})
    assert not holds(equals(at("extra.color"), "grey"), {"extra": {}})


def test_objects_are_equal_where_all_in_them_is_of_one_type() -> None:
    assert holds(equals(at("a"), {"x": 1}), {"a": {"x": 1.0}})
    assert not holds(equals(at("a"), {"x": 1}), {"a": {"x": True}})
    assert not holds(equals(at("a"), {"x": {"y": 0}}), {"a": {"x": {"y": False}}})


def test_conditions_are_joined_and_counted() -> None:
    one, other = equals(at("a"), 1), equals(at("b"), 2)
    assert both(EVERYTHING, one) is one
    assert both(one, EVERYTHING) is one
    assert holds(both(one, other), {"a": 1, "b": 2})
    assert not holds(both(one, other), {"a": 1, "b": 3})
    counted = [
        (one, 1), (Not(one), 1), (Not(All((one, other))), 2), (All((one, other)), 2), (Some((one, Not(other), one)), 3),
        (All(()), 0),
        (HasElement(at("a"), All((one, other))), 3), (Among(at("a"), ()), 1), (Among(at("a"), (1,) * 15), 1),
        (Among(at("a"), (1,) * 16), 2), (Exists(at("a")), 1),
    ]  # fmt: skip
    assert [leaves(each) for each, _ in counted] == [count for _, count in counted]


def test_patterns_that_are_none() -> None:
    with pytest.raises(Invalid) as refused:
        regex("x" * 1_001)
    assert refused.value.faults == (Fault("", "is a regular expression of more than 1,000 characters"),)
    assert regex("x" * 1_000)
    for pattern in ("(", "a{1000}{1000}", "\\1"):
        with pytest.raises(Invalid) as refused:
            regex(pattern)
        assert refused.value.faults[0].field == ""
        assert refused.value.faults[0].message.startswith("is not a regular expression: ")
        assert "b'" not in refused.value.faults[0].message
