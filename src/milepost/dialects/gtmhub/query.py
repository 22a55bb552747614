"""The query parameters that choose the records of a list: filter, sort, skip, limit (or take)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from milepost.dialects.gtmhub import filters
from milepost.dialects.gtmhub.fields import Free, Group, Leaf, Many, Node, Table, prefixed, resolve
from milepost.domain.errors import Invalid
from milepost.domain.query import EVERYTHING, Condition, Order, Query, both

LIMIT = 1_000
DEFAULT_LIMIT = 100
SORT_LIMIT = 20

_WHOLE = re.compile(r"\+?[0-9]{1,30}\Z")


def query(
    parameters: Mapping[str, str], table: Table, condition: Condition = EVERYTHING, *, filtered: bool = True
) -> Query:
    """The query of a list's parameters, narrowed by the caller's condition. `filtered`: whether `filter` is a filter;
    v1's sessions use the name for a word.
    """
    asked = filters.condition(parameters.get("filter", ""), table) if filtered else EVERYTHING
    orders = _orders(parameters.get("sort", ""), table)
    skip, limit = window(parameters)
    return Query(condition=both(condition, asked), orders=orders, skip=skip, limit=limit)


def window(parameters: Mapping[str, str], default: int = DEFAULT_LIMIT) -> tuple[int, int]:
    """The numbers of records to skip and to return; `default` applies without a limit."""
    limit = _whole(parameters, "limit") if "limit" in parameters else _whole(parameters, "take")
    return _whole(parameters, "skip") or 0, min(default if limit is None else limit, LIMIT)


def _whole(parameters: Mapping[str, str], name: str) -> int | None:
    text = parameters.get(name)
    if text is None:
        return None
    if not _WHOLE.match(text.strip()):
        raise Invalid(name, "must be a whole number from 0")
    return min(int(text), 2**62)


def _orders(text: str, table: Table) -> tuple[Order, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if len(names) > SORT_LIMIT:
        raise Invalid("sort", f"names more than {SORT_LIMIT} fields")
    orders: list[Order] = []
    for name in names:
        try:
            node = resolve(name.lstrip("-+"), table)
        except Invalid as error:
            raise Invalid("sort", error.faults[0].message) from None
        orders += _ordered(node, name.startswith("-"))
    return tuple(orders)


def _ordered(node: Node, descending: bool) -> Iterator[Order]:
    """The orders of a field: an object sorts by its fields, one after the other."""
    if isinstance(node, Leaf):
        by_wire_word = sorted(node.spelling, key=lambda pair: pair[1])
        yield Order(node.field, descending, tuple(ours for ours, _ in by_wire_word))
    elif isinstance(node, Free):
        yield Order(node.place, descending)
    elif isinstance(node, Group):
        for child in node.nodes.values():
            yield from _ordered(child, descending)
    elif isinstance(node, Many):
        for child in node.nodes.values():
            yield from _ordered(prefixed(child, node.place.path), descending)
