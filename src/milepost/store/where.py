"""Translates conditions to SQL, exactly or not at all.

What columns can express exactly becomes SQL that is never NULL, so that NOT works; for the rest `translated` returns
`None`, and the listing asks `matching.holds`. Types are checked here: a column holds one type, so
an operand of another can never equal it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, false, func, literal, not_, or_, true
from sqlalchemy.types import Double

from milepost.domain.query import (
    EVERYTHING,
    All,
    Among,
    Compare,
    Comparison,
    Condition,
    Exists,
    FieldType,
    HasElement,
    HasSize,
    Matches,
    Moment,
    Not,
    Some,
)
from milepost.store import rows
from milepost.store.engine.sql import among, contains, ends_with


class Scalar(msgspec.Struct, frozen=True):
    """A field that one expression gives; `optional`: NULL means that it is missing."""

    expression: Any
    type: FieldType
    optional: bool = False


class Members(msgspec.Struct, frozen=True):
    """A list of texts that a table of its own holds: `having` is true where it has an element that meets a condition,
    which is given the element's column.
    """

    having: Callable[[Callable[[Any], ColumnElement[bool]]], ColumnElement[bool]]


# No stored text contains a NUL, and not every engine accepts one in an operand.
_NUL = "\0"

Columns = Mapping[tuple[str, ...], Scalar | Members]


class Slot(msgspec.Struct, frozen=True):
    """The place of an operand, so that conditions that differ in their operands only share one SQL text."""

    index: int
    type: str

    @property
    def bind(self) -> Any:
        """The parameter that takes the operand; numbers have a type, or SQL would take an integer for another one."""
        return bindparam(f"p{self.index}", type_=Double()) if self.type == "number" else bindparam(f"p{self.index}")


def parameterised(condition: Condition, operands: dict[str, Any]) -> Condition:
    """The condition with slots for operands; their values are put into `operands` by parameter name."""
    match condition:
        case All(parts):
            return All(tuple(parameterised(part, operands) for part in parts))
        case Some(parts):
            return Some(tuple(parameterised(part, operands) for part in parts))
        case Not(inner):
            return Not(parameterised(inner, operands))
        case Compare(field, comparison, operand):
            return Compare(field, comparison, _slot(operand, operands))
        case Among(field, (operand,)):
            return Compare(field, Comparison.EQUAL, _slot(operand, operands))
        case Among(field, among) if among and all(isinstance(operand, str) for operand in among):
            slot = Slot(len(operands), "texts")
            operands[f"p{slot.index}"] = rows.dump([one for one in among if _NUL not in one])
            return Among(field, (slot,))
        case Among(field, among):
            return Some(tuple(Compare(field, Comparison.EQUAL, _slot(operand, operands)) for operand in among))
        case HasElement(field, _):
            return HasElement(field, EVERYTHING)  # SQL cannot express it anyway, and its operands need not be hashable
        case _:
            return condition


def _slot(operand: Any, operands: dict[str, Any]) -> Slot:
    kind, value = _typed(operand)
    slot = Slot(len(operands), kind)
    operands[f"p{slot.index}"] = value
    return slot


def _typed(operand: Any) -> tuple[str, Any]:
    match operand:
        case None:
            return "null", None
        case bool():
            return "flag", int(operand)
        case int() | float():
            return "number", float(operand)
        case str() if _NUL in operand:
            return "NUL", None
        case str():
            return "text", operand
        case Moment(instant):
            return "instant", instant
        case _:
            return "other", None


def translated(condition: Condition, columns: Columns) -> ColumnElement[bool] | None:
    """SQL for a condition with slots that agrees with `holds` on every row, or `None` where there is none."""
    match condition:
        case All(parts):
            clauses = [translated(part, columns) for part in parts]
            return None if any(clause is None for clause in clauses) else and_(true(), *_given(clauses))
        case Some(parts):
            clauses = [translated(part, columns) for part in parts]
            return None if any(clause is None for clause in clauses) else or_(false(), *_given(clauses))
        case Not(inner):
            clause = translated(inner, columns)
            return None if clause is None else not_(clause)
        case HasElement() | HasSize():
            return None
    column = columns.get(condition.field.path)
    if isinstance(column, Members):
        return _membership(column, condition)
    if column is None:
        return None
    match condition:
        case Compare(_, comparison, slot):
            if slot.type == "NUL" and column.type is FieldType.TEXT and comparison is not Comparison.EQUAL:
                return None
            return _comparison(column, comparison, slot)
        case Among(_, (slot,)):
            return _present(column, among(column.expression, slot.bind)) if column.type is FieldType.TEXT else false()
        case Matches(_, pattern):
            return _match(column, pattern)
        case Exists():
            return column.expression.is_not(None) if column.optional else true()
    return None


def _given(clauses: list[ColumnElement[bool] | None]) -> list[ColumnElement[bool]]:
    return [clause for clause in clauses if clause is not None]


def _membership(column: Members, condition: Condition) -> ColumnElement[bool] | None:
    match condition:
        case Compare(_, Comparison.EQUAL, Slot(_, "text") as slot):
            return column.having(lambda element: element == slot.bind)
        case Among(_, (slot,)):
            return column.having(lambda element: among(element, slot.bind))
    return None


def _present(column: Scalar, clause: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(column.expression.is_not(None), clause) if column.optional else clause


def _comparison(column: Scalar, comparison: Comparison, slot: Slot) -> ColumnElement[bool]:
    if slot.type == "null":
        absent = column.optional and comparison not in (Comparison.GREATER, Comparison.LESS)
        return column.expression.is_(None) if absent else false()
    if slot.type != column.type.value:
        return false()
    left, right = column.expression, slot.bind
    match comparison:
        case Comparison.EQUAL:
            clause = left == right
        case Comparison.GREATER:
            clause = left > right
        case Comparison.GREATER_OR_EQUAL:
            clause = left >= right
        case Comparison.LESS:
            clause = left < right
        case Comparison.LESS_OR_EQUAL:
            clause = left <= right
    return _present(column, clause)


_SIMPLE = re.compile(r"(\^|(?:\.\*))?((?:[^\\.^$*+?()\[\]{}|]|\\[^\w\s])*)(\$|(?:\.\*))?\Z")


def _match(column: Scalar, pattern: str) -> ColumnElement[bool] | None:
    """Patterns that mean contains, begins with, ends with or equals; others are for a regular expression engine."""
    if column.type is not FieldType.TEXT:
        return false()
    simple = _SIMPLE.match(pattern)
    if simple is None:
        return None
    anchor, escaped, end = simple.groups()
    text = re.sub(r"\\(.)", r"\1", escaped)
    wanted, length, value = literal(text), len(text), column.expression
    if _NUL in text:
        return false()
    if not text:
        # "" and ".*" match every text; "^$" only the empty one.
        clause: ColumnElement[bool] = value == "" if anchor == "^" and end == "$" else true()
    elif anchor == "^" and end == "$":
        clause = value == wanted
    elif anchor == "^":
        clause = func.substr(value, 1, length) == wanted
    elif end == "$":
        clause = ends_with(value, wanted)
    else:
        clause = contains(value, wanted)
    return _present(column, clause)
