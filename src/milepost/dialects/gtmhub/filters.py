"""The filter language: relaxed JSON with MongoDB's operators, decoded to the domain's conditions.

What it means is the domain's business (`matching.holds`); here names, operators and operands are understood or refused,
with the path of the fault.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import msgspec

from milepost.dialects.gtmhub import relaxed
from milepost.dialects.gtmhub.fields import Free, Group, Leaf, Many, Node, Table, prefixed, sometimes
from milepost.domain import instants
from milepost.domain.errors import Invalid
from milepost.domain.matching import regex
from milepost.domain.query import (
    EVERYTHING,
    NOTHING,
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
    Some,
    equals,
)

DEPTH_LIMIT = 20
OPERAND_LIMIT = 1_000

_COMPARISONS: dict[str, tuple[Comparison, Callable[[Any, Any], bool]]] = {
    "$gt": (Comparison.GREATER, operator.gt),
    "$gte": (Comparison.GREATER_OR_EQUAL, operator.ge),
    "$lt": (Comparison.LESS, operator.lt),
    "$lte": (Comparison.LESS_OR_EQUAL, operator.le),
}
_LOGIC = ("$and", "$or", "$nor")


def condition(text: str, table: Table) -> Condition:
    """The condition that a filter's text means for a table's records; `Invalid` naming the place of a fault.

    An empty text is no condition.
    """
    if not text.strip():
        return EVERYTHING
    asked = relaxed.parse(text)
    if not isinstance(asked, dict):
        raise Invalid("filter", "must be an object, such as {name: {$in: [...]}}")
    budget = _Budget()
    budget.measure(asked, 1)
    return _Reader(table).object(asked, "")


def resolve(name: str, table: Table) -> Node:
    """What a dotted name stands for; `Invalid` where the field cannot be asked about."""
    head, *rest = name.split(".")
    head = "id" if head == "_id" else head
    if head in table.refused:
        raise Invalid("filter", f"{head} can be neither filtered nor sorted by")
    node = table.nodes.get(head) or Free(Field((*table.unknown, head)))
    for part in rest:
        node = _beneath(node, part)
    return node


def _beneath(node: Node, part: str) -> Node:
    if isinstance(node, Group):
        named = node.nodes.get(part)
        return named or Free(msgspec.structs.replace(node.place, path=(*node.place.path, "extra", part)))
    if isinstance(node, Many):
        if part.isdecimal():
            return Group(Field((*node.place.path, part)), _moved(node.nodes, (*node.place.path, part)), optional=True)
        known = node.nodes.get(part) or Free(Field(("extra", part)))
        inside = prefixed(known, node.place.path)
        return sometimes(inside) if isinstance(inside, Leaf) else inside
    place = node.field if isinstance(node, Leaf) else node.place
    return Free(Field((*place.path, part)))


def _moved(nodes: dict[str, Node], prefix: tuple[str, ...]) -> dict[str, Node]:
    """The fields of an element of a list, which may not be there."""
    moved = {name: prefixed(node, prefix) for name, node in nodes.items()}
    return {name: sometimes(node) if isinstance(node, Leaf) else node for name, node in moved.items()}


class _Budget:
    """Refuses filters that are deeper than 20 or have more than 1,000 operands."""

    def __init__(self) -> None:
        self._operands = 0

    def measure(self, value: Any, depth: int) -> None:
        if depth > DEPTH_LIMIT:
            raise Invalid("filter", f"is nested deeper than {DEPTH_LIMIT} levels")
        if isinstance(value, dict):
            for item in value.values():
                self.measure(item, depth + isinstance(item, dict | list))
        elif isinstance(value, list):
            for item in value:
                self.measure(item, depth + isinstance(item, dict | list))
        else:
            self._operands += 1
            if self._operands > OPERAND_LIMIT:
                raise Invalid("filter", f"has more than {OPERAND_LIMIT:,} operands")


def _fault(path: str, message: str) -> Invalid:
    return Invalid("filter", f"at {path}: {message}" if path else message)


class _Reader:
    """Reads filter objects over one table of fields."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def object(self, asked: dict[str, Any], path: str) -> Condition:
        """All of an object's keys: fields, and $and, $or, $nor."""
        return _all([self._key(key, value, f"{path}.{key}".lstrip(".")) for key, value in asked.items()])

    def _key(self, key: str, value: Any, path: str) -> Condition:
        if key in _LOGIC:
            if not isinstance(value, list) or not value or not all(isinstance(part, dict) for part in value):
                raise _fault(path, f"{key} takes a list of objects")
            parts = tuple(self.object(part, f"{path}[{index}]") for index, part in enumerate(value))
            if key == "$and":
                return _all(list(parts))
            return Some(parts) if key == "$or" else Not(Some(parts))
        if key.startswith("$"):
            raise _fault(path, f"unknown operator {key}")
        try:
            node = resolve(key, self._table)
        except Invalid as error:
            raise _fault(path, error.faults[0].message) from None
        return on(node, value, path)


def _all(parts: list[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def on(node: Node, asked: Any, path: str) -> Condition:
    """What is asked of one field: a value to equal, or an object of operators."""
    if not (isinstance(asked, dict) and any(key.startswith("$") for key in asked)):
        return _equal(node, asked, path)
    parts = []
    for key, operand in asked.items():
        place = f"{path}.{key}"
        if key == "$options":
            if "$regex" not in asked:
                raise _fault(place, "$options belongs to a $regex")
        elif key == "$regex":
            parts.append(_regex(node, operand, asked.get("$options", ""), place))
        elif key in _OPERATORS:
            parts.append(_OPERATORS[key](node, operand, place))
        elif key in _COMPARISONS:
            parts.append(_compare(node, key, operand, place))
        else:
            raise _fault(place, f"unknown operator {key}" if key.startswith("$") else "a field among operators")
    return _all(parts)


def _operand(leaf_type: FieldType, value: Any, path: str) -> Any:
    """An operand as the domain compares it: dates for date fields, finite numbers."""
    if isinstance(value, str):
        if leaf_type is FieldType.INSTANT and (moment := instants.read(value)) is not None:
            return Moment(moment)
        return value
    if isinstance(value, list):
        return [_operand(FieldType.FREE, item, path) for item in value]
    if isinstance(value, dict):
        return {key: _operand(FieldType.FREE, item, path) for key, item in value.items()}
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            converted = float(value)
        except OverflowError:
            converted = float("inf")
        if converted - converted != 0:
            raise _fault(path, "a number must be finite")
        return converted
    return value


def _equal(node: Node, value: Any, path: str) -> Condition:
    if isinstance(node, Leaf):
        asked = _operand(node.field.type, value, path)
        if node.spelling:
            return Among(node.field, tuple(ours for ours, theirs in node.spelling if theirs == asked))
        return equals(node.field, asked)
    if isinstance(node, Free):
        return equals(node.place, _operand(FieldType.FREE, value, path))
    if isinstance(node, Group):
        if isinstance(value, dict) and value.keys() == node.nodes.keys():
            return All(tuple(_equal(child, value[name], path) for name, child in node.nodes.items()))
        return Not(Exists(node.place)) if value is None and node.optional else NOTHING
    if isinstance(value, dict):
        return HasElement(node.place, _equal(Group(Field(()), node.nodes), value, path))
    if isinstance(value, list):
        elements = [_equal(_beneath(node, str(index)), item, path) for index, item in enumerate(value)]
        return All((HasSize(node.place, len(value)), *elements))
    return NOTHING


def _not_equal(node: Node, value: Any, path: str) -> Condition:
    return Not(_equal(node, value, path))


def _compare(node: Node, key: str, value: Any, path: str) -> Condition:
    comparison, holds = _COMPARISONS[key]
    if isinstance(value, list | dict):
        raise _fault(path, f"{key} takes a number, a text, a date, true, false or null")
    if isinstance(node, Leaf) and node.spelling:
        words = node.spelling if isinstance(value, str) else ()
        return Among(node.field, tuple(ours for ours, theirs in words if holds(theirs, value)))
    if isinstance(node, Leaf):
        return Compare(node.field, comparison, _operand(node.field.type, value, path))
    if isinstance(node, Free):
        return Compare(node.place, comparison, _operand(FieldType.FREE, value, path))
    null = value is None and key in ("$gte", "$lte")
    return _equal(node, None, path) if null else NOTHING


def _in(node: Node, value: Any, path: str) -> Condition:
    if not isinstance(value, list):
        raise _fault(path, "takes a list")
    if isinstance(node, Leaf) and not node.spelling:
        return Among(node.field, tuple(_operand(node.field.type, item, path) for item in value))
    if isinstance(node, Free):
        return Among(node.place, tuple(_operand(FieldType.FREE, item, path) for item in value))
    return Some(tuple(_equal(node, item, path) for item in value))


def _not_in(node: Node, value: Any, path: str) -> Condition:
    return Not(_in(node, value, path))


def _all_of(node: Node, value: Any, path: str) -> Condition:
    if not isinstance(value, list):
        raise _fault(path, "$all takes a list")
    if not value:
        return NOTHING
    return _all(
        [
            _element(node, item["$elemMatch"], path)
            if isinstance(item, dict) and item.keys() == {"$elemMatch"}
            else _equal(node, item, path)
            for item in value
        ]
    )


def _size(node: Node, value: Any, path: str) -> Condition:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or value < 0:
        raise _fault(path, "$size takes a whole number from 0")
    return HasSize(node.field if isinstance(node, Leaf) else node.place, int(value))


def _exists(node: Node, value: Any, path: str) -> Condition:
    if not isinstance(value, bool | int | float):
        raise _fault(path, "$exists takes true or false")
    if isinstance(node, Leaf):
        there: Condition = EVERYTHING if node.shown else Exists(node.field)
    elif isinstance(node, Group):
        there = Exists(node.place) if node.optional else EVERYTHING
    elif isinstance(node, Many) or node.shown:
        there = EVERYTHING
    else:
        there = Exists(node.place)
    return there if value else Not(there)


def _element(node: Node, value: Any, path: str) -> Condition:
    if not isinstance(value, dict):
        raise _fault(path, "$elemMatch takes an object")
    if isinstance(node, Many):
        return HasElement(node.place, _Reader(Table(node.nodes, ("extra",))).object(value, path))
    place = node.field if isinstance(node, Leaf) else node.place
    if value and all(key.startswith("$") and key not in _LOGIC for key in value):
        return HasElement(place, on(Free(Field(())), value, path))
    return HasElement(place, _Reader(Table({}, ())).object(value, path))


def _negated(node: Node, value: Any, path: str) -> Condition:
    if not isinstance(value, dict) or not value or not all(key.startswith("$") for key in value):
        raise _fault(path, "$not takes an object of operators")
    return Not(on(node, value, path))


def _regex(node: Node, pattern: Any, options: Any, path: str) -> Condition:
    if not isinstance(pattern, str):
        raise _fault(path, "$regex takes a text")
    if not isinstance(options, str) or set(options) - set("ims"):
        raise _fault(path, "$options takes the letters i, m and s only")
    flags = "".join(sorted(set(options)))
    written = f"(?{flags}){pattern}" if flags else pattern
    try:
        search = regex(written).search
    except Invalid as error:
        raise _fault(path, error.faults[0].message) from None
    if isinstance(node, Leaf):
        if node.spelling:
            return Among(node.field, tuple(ours for ours, theirs in node.spelling if search(theirs)))
        return Matches(node.field, written) if node.field.type in (FieldType.TEXT, FieldType.FREE) else NOTHING
    return Matches(node.place, written) if isinstance(node, Free) else NOTHING


_OPERATORS: dict[str, Callable[[Node, Any, str], Condition]] = {
    "$eq": _equal,
    "$ne": _not_equal,
    "$in": _in,
    "$nin": _not_in,
    "$all": _all_of,
    "$size": _size,
    "$exists": _exists,
    "$elemMatch": _element,
    "$not": _negated,
}
