"""Evaluates conditions in plain Python. They mean what they do in MongoDB, the model of one dialect's filters.

Every store's translation is tested against `holds`, and `sort_key` defines the order of every list.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
import re2

from milepost.domain.errors import Invalid
from milepost.domain.instants import BEGINNING
from milepost.domain.query import (
    All,
    Among,
    Compare,
    Comparison,
    Condition,
    Exists,
    Field,
    FieldType,
    HasElement,
    HasSize,
    Matches,
    Moment,
    Not,
    Order,
    Page,
    Query,
    Some,
)

R = TypeVar("R")


class _Missing:
    """The value of a path that leads nowhere."""


MISSING: Any = _Missing()

_RE2 = re2.Options()
_RE2.log_errors = False
_RE2.max_mem = 1 << 20  # a pattern that needs more is refused: its automaton would be held for every later search

PATTERN_LIMIT = 1_000


def holds(condition: Condition, record: Any) -> bool:
    """Whether a condition is true of a record: a struct, a dict, or an element of a list."""
    match condition:
        case All(conditions):
            return all(holds(part, record) for part in conditions)
        case Some(conditions):
            return any(holds(part, record) for part in conditions)
        case Not(inner):
            return not holds(inner, record)
        case Compare(field, comparison, operand):
            return any(_compares(value, comparison, operand) for value in _candidates(record, field))
        case Among(field, operands):
            values = list(_candidates(record, field))
            return any(_compares(value, Comparison.EQUAL, operand) for operand in operands for value in values)
        case Matches(field, pattern):
            search = regex(pattern).search
            return any(isinstance(value, str) and bool(search(value)) for value in _candidates(record, field))
        case Exists(field):
            return any(value is not MISSING for value in _leaves(record, field))
        case HasSize(field, size):
            return any(isinstance(value, list | tuple) and len(value) == size for value in _leaves(record, field))
        case HasElement(field, inner):
            lists = (value for value in _leaves(record, field) if isinstance(value, list | tuple))
            return any(holds(inner, element) for elements in lists for element in elements)


@lru_cache(maxsize=64)
def regex(pattern: str) -> Any:
    """The compiled pattern, whose search is linear in the text; `Invalid` where it is not RE2's syntax."""
    if len(pattern) > PATTERN_LIMIT:
        raise Invalid("", f"is a regular expression of more than {PATTERN_LIMIT:,} characters")
    try:
        return re2.compile(pattern, _RE2)
    except re2.error as error:
        said = error.args[0] if error.args else error
        raise Invalid(
            "", f"is not a regular expression: {said.decode() if isinstance(said, bytes) else said}"
        ) from None


def sort_key(orders: tuple[Order, ...], record: Any) -> list[Any]:
    """What to sort a record by: a list to compare, ascending. A list counts by its smallest element, or its largest
    where descending; null and missing values come first, or last where descending.
    """
    keys: list[Any] = []
    for order in orders:
        ranks = [_rank(_ranked(value, order.ranking)) for value in _sortable(record, order.field)] or [_rank(None)]
        keys.append(_Reversed(max(ranks)) if order.descending else min(ranks))
    return keys


def page(records: Iterable[R], condition: Condition, query: Query, by: Callable[[R], Any]) -> Page[R]:
    """The page of a query over records in memory: those that meet the condition, sorted by the query's orders, or by
    the key `by` where it has none. Ties keep the order given.
    """
    found = [record for record in records if holds(condition, record)]
    found.sort(key=(lambda record: sort_key(query.orders, record)) if query.orders else by)
    return Page(found[query.skip : query.skip + query.limit], len(found))


def _ranked(value: Any, ranking: tuple[str, ...]) -> Any:
    return ranking.index(value) if value in ranking else value


class _Reversed:
    """A key that sorts the other way round."""

    __slots__ = ("key",)
    __hash__ = None  # type: ignore[assignment]  # it is only ever compared

    def __init__(self, key: Any) -> None:
        self.key = key

    def __lt__(self, other: _Reversed) -> bool:
        return bool(other.key < self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Reversed) and bool(self.key == other.key)


def _candidates(record: Any, field: Field) -> Iterator[Any]:
    """The values that a comparison looks at: those at the path, and the elements of those that are lists."""
    for value in _leaves(record, field):
        if isinstance(value, list | tuple):
            yield from value
        yield value


def _sortable(record: Any, field: Field) -> Iterator[Any]:
    for value in _leaves(record, field):
        if isinstance(value, list | tuple):
            yield from value or (None,)
        else:
            yield value


def _leaves(record: Any, field: Field) -> Iterator[Any]:
    dated = field.type is FieldType.INSTANT
    no_date = MISSING if field.optional else Moment(BEGINNING)
    for value in _walk(record, field.path, no_date if dated else None):
        yield field.default if value is MISSING and field.has_default else value


def _walk(node: Any, path: tuple[str, ...], no_date: Any) -> Iterator[Any]:
    """Every value that a path leads to. The elements of lists on the way are followed; a missing key gives `MISSING`.
    `no_date`: the value of an unset date, `None` where the path does not lead to dates.
    """
    if not path:
        yield node
        return
    head, rest = path[0], path[1:]
    if isinstance(node, dict):
        if head in node:
            yield from _walk(node[head], rest, no_date)
        else:
            yield MISSING
    elif isinstance(node, msgspec.Struct):
        value = getattr(node, head, None)
        if no_date is not None and not rest:
            yield no_date if value is None else Moment(value)
        elif value is None:
            yield MISSING
        else:
            yield from _walk(value, rest, no_date)
    elif isinstance(node, list | tuple):
        if head.isdecimal() and head.isascii() and int(head[:9]) < len(node):
            yield from _walk(node[int(head[:9])], rest, no_date)
        for element in node:
            if isinstance(element, dict | msgspec.Struct):
                yield from _walk(element, path, no_date)
    else:
        yield MISSING


def _compares(value: Any, comparison: Comparison, operand: Any) -> bool:
    if operand is None:
        nothing = value is None or value is MISSING
        return nothing and comparison not in (Comparison.GREATER, Comparison.LESS)
    if comparison is Comparison.EQUAL:
        return _same(value, operand)
    kind = _kind(value)
    if kind != _kind(operand) or kind not in ("number", "text", "flag", "moment"):
        return False
    match comparison:
        case Comparison.GREATER:
            return bool(value > operand)
        case Comparison.GREATER_OR_EQUAL:
            return bool(value >= operand)
        case Comparison.LESS:
            return bool(value < operand)
        case _:
            return bool(value <= operand)


def _same(value: Any, operand: Any) -> bool:
    """Equality within one type, in full for lists and objects."""
    kind = _kind(value)
    if kind != _kind(operand):
        return False
    if kind == "list":
        return len(value) == len(operand) and all(_same(a, b) for a, b in zip(value, operand, strict=True))
    if kind == "object":
        if not isinstance(value, dict) or value.keys() != operand.keys():
            return False
        return all(_same(value[key], operand[key]) for key in value)
    return bool(value == operand)


# MongoDB's order of types; a missing value counts as null.
_RANKS = {"nothing": 0, "number": 1, "text": 2, "object": 3, "list": 4, "flag": 5, "moment": 6}


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    if value is None or value is MISSING:
        return "nothing"
    if isinstance(value, Moment):
        return "moment"
    return "list" if isinstance(value, list | tuple) else "object"


def _rank(value: Any) -> tuple[int, Any]:
    kind = _kind(value)
    if kind == "nothing":
        return (0, 0)
    if kind in ("list", "object"):
        return (_RANKS[kind], json.dumps(msgspec.to_builtins(value), sort_keys=True, ensure_ascii=False))
    return (_RANKS[kind], value)
