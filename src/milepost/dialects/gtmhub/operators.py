"""The operators of the filter language: each decodes its operand to a condition, or reports the fault."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from milepost.dialects.gtmhub.fields import Free, Group, Leaf, Many, Node, Table, beneath, resolve
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

_COMPARISONS: dict[str, tuple[Comparison, Callable[[Any, Any], bool]]] = {
    "$gt": (Comparison.GREATER, operator.gt),
    "$gte": (Comparison.GREATER_OR_EQUAL, operator.ge),
    "$lt": (Comparison.LESS, operator.lt),
    "$lte": (Comparison.LESS_OR_EQUAL, operator.le),
}
_LOGIC = ("$and", "$or", "$nor")


def _fault(path: str, message: str) -> Invalid:
    return Invalid("filter", f"at {path}: {message}" if path else message)


class Reader:
    """Reads filter objects over one table of fields."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def object(self, asked: dict[str, Any], path: str) -> Condition:
        """The condition of an object's keys: fields, and $and, $or, $nor."""
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
    """The condition of a field: a value to equal, or an object of operators."""
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
    """An operand in the domain's type: dates for date fields, finite numbers."""
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
        if isinstance(value, dict):
            return _equal_in_full(node, value, path)
        return Not(Exists(node.place)) if value is None and node.optional else NOTHING
    if isinstance(value, dict):
        return HasElement(node.place, _equal_in_full(Group(Field(()), node.nodes, beside=node.beside), value, path))
    if isinstance(value, list):
        elements = [_equal(beneath(node, str(index)), item, path) for index, item in enumerate(value)]
        return All((HasSize(node.place, len(value)), *elements))
    return NOTHING


def _equal_in_full(node: Group, value: dict[str, Any], path: str) -> Condition:
    """Every known field is equal, and the unknown fields are those of the operand."""
    rest = {name: item for name, item in value.items() if name not in node.nodes}
    if not node.nodes.keys() <= value.keys() or (rest and node.beside is None):
        return NOTHING
    parts = [_equal(child, value[name], path) for name, child in node.nodes.items()]
    if node.beside is not None:
        same: Condition = equals(node.beside, _operand(FieldType.FREE, rest, path))
        parts.append(same if rest else Some((same, Not(Exists(node.beside)))))
    return All(tuple(parts))


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
    of_values = value and all(key.startswith("$") and key not in _LOGIC for key in value)
    if isinstance(node, Many):
        element = Group(Field(()), node.nodes, beside=node.beside)
        inner = on(element, value, path) if of_values else Reader(Table(node.nodes, ("extra",))).object(value, path)
        return HasElement(node.place, inner)
    place = node.field if isinstance(node, Leaf) else node.place
    inner = on(Free(Field(())), value, path) if of_values else Reader(Table({}, ())).object(value, path)
    return HasElement(place, inner)


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
