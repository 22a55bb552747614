"""Queries of lists: conditions, order, page.

A condition is a tree over fields of a record; `matching.holds` defines its meaning. A field is a path of attribute
names and keys, starting at the record.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Generic, TypeAlias, TypeVar

import msgspec

from milepost.domain.instants import Instant

T = TypeVar("T")


class FieldType(Enum):
    """The type of a field, where it is fixed: it tells dates from numbers, and lets a store choose its comparison."""

    TEXT = "text"
    NUMBER = "number"
    INSTANT = "instant"
    FLAG = "flag"
    FREE = "free"


class Field(msgspec.Struct, frozen=True):
    """A place in a record. `default` counts where the place is empty, if `has_default`. An unset date counts as
    the earliest of all, or, if `optional`, as missing.
    """

    path: tuple[str, ...]
    type: FieldType = FieldType.FREE
    default: Any = None
    has_default: bool = False
    optional: bool = False


class Moment(msgspec.Struct, frozen=True, order=True):
    """A date as an operand, so that it compares with dates only, never with numbers."""

    instant: Instant


class Comparison(Enum):
    EQUAL = "eq"
    GREATER = "gt"
    GREATER_OR_EQUAL = "gte"
    LESS = "lt"
    LESS_OR_EQUAL = "lte"


class Compare(msgspec.Struct, frozen=True):
    """Some value at the field stands in this relation to the operand; only values of one type compare."""

    field: Field
    comparison: Comparison
    operand: Any


class Among(msgspec.Struct, frozen=True):
    """Some value at the field equals one of the operands."""

    field: Field
    operands: tuple[Any, ...]


class Matches(msgspec.Struct, frozen=True):
    """Some text at the field contains a match of the pattern (RE2 syntax, flags written into it)."""

    field: Field
    pattern: str


class Exists(msgspec.Struct, frozen=True):
    """The field is there."""

    field: Field


class HasSize(msgspec.Struct, frozen=True):
    """The field is a list of exactly this many elements."""

    field: Field
    size: int


class HasElement(msgspec.Struct, frozen=True):
    """The field is a list with an element for which the condition holds; the condition's paths start at the element."""

    field: Field
    condition: Condition


class All(msgspec.Struct, frozen=True):
    """Every one of the conditions holds."""

    conditions: tuple[Condition, ...]


class Some(msgspec.Struct, frozen=True):
    """At least one of the conditions holds."""

    conditions: tuple[Condition, ...]


class Not(msgspec.Struct, frozen=True):
    condition: Condition


Condition: TypeAlias = Compare | Among | Matches | Exists | HasSize | HasElement | All | Some | Not

EVERYTHING = All(())
NOTHING = Some(())


def leaves(condition: Condition) -> int:
    """How many comparisons a condition consists of: what it costs to evaluate it once."""
    match condition:
        case All(parts) | Some(parts):
            return sum(map(leaves, parts))
        case Not(inner):
            return leaves(inner)
        case HasElement(_, inner):
            return 1 + leaves(inner)
        case Among(_, operands):
            return max(1, len(operands) // 8)
        case _:
            return 1


def equals(field: Field, operand: Any) -> Compare:
    """The condition that a field, or an element of it, equals the operand."""
    return Compare(field, Comparison.EQUAL, operand)


def both(first: Condition, second: Condition) -> Condition:
    """The condition that both hold."""
    if first == EVERYTHING:
        return second
    return first if second == EVERYTHING else All((first, second))


class Order(msgspec.Struct, frozen=True):
    """Sort by a field. `ranking` lists the field's values in the order wanted, where that is not the natural one."""

    field: Field
    descending: bool = False
    ranking: tuple[str, ...] = ()


class Place(msgspec.Struct, frozen=True):
    """A place in the order of creation: that of the record with this id, which may be deleted by now."""

    created_at: Instant
    id: str


class Query(msgspec.Struct, frozen=True):
    """The part of a list that is wanted. Ties of `orders` are broken by id, so that pages never overlap.

    `after` leaves out all records up to a place in the order of creation, the order of a query without `orders`: such
    pages stay right while records are added and removed. `counted`: false where the total is not needed.
    """

    condition: Condition = EVERYTHING
    orders: tuple[Order, ...] = ()
    skip: int = 0
    limit: int = 100
    after: Place | None = None
    counted: bool = True


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A part of a list, and the number of records in all (in this part, unless the query is `counted`)."""

    items: list[T]
    total: int
