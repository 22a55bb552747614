"""The columns and the filter of a saved list on the wire."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from milepost.dialects.gtmhub.wire import shared
from milepost.dialects.gtmhub.wire.shared import with_extra
from milepost.domain.errors import Fault, Invalid
from milepost.domain.saved_list import (
    COLUMN_LIMIT,
    DYNAMIC_LIMIT,
    FIELD_LIMIT,
    RULE_LIMIT,
    WIDTH_LIMIT,
    Column,
    Dynamic,
    Join,
    Rule,
    Selection,
)

T = TypeVar("T")


class ColumnDto(msgspec.Struct, rename="camel", gc=False):
    """A column. A published client reads the width as a whole number."""

    field_name: str
    type: str
    width: int


class DynamicDto(msgspec.Struct, rename="camel", gc=False):
    """A value that is known only when the list is loaded. A published client reads `value` as a list of texts."""

    dynamic_value_type: str
    value: tuple[str, ...]


class RuleDto(msgspec.Struct, rename="camel", gc=False):
    """What is asked of one field."""

    custom_field: bool
    dynamic_filters: list[DynamicDto]
    field_name: str
    operator: str
    value: Any


class SelectionDto(msgspec.Struct, rename="camel", gc=False):
    """Which metrics are in the list."""

    boolean_operator: str
    rule_bounds: list[RuleDto]


class ColumnBody(msgspec.Struct, rename="camel"):
    """A column, as it is sent."""

    field_name: str | UnsetType | None = UNSET
    type: str | UnsetType | None = UNSET
    width: float | UnsetType | None = UNSET


class DynamicBody(msgspec.Struct, rename="camel"):
    """A dynamic value, as it is sent."""

    dynamic_value_type: str | UnsetType | None = UNSET
    value: list[str] | str | UnsetType | None = UNSET


class RuleBody(msgspec.Struct, rename="camel"):
    """A rule, as it is sent."""

    field_name: str | UnsetType | None = UNSET
    operator: str | UnsetType | None = UNSET
    value: Any = None
    custom_field: bool | UnsetType | None = UNSET
    dynamic_filters: list[dict[str, Any]] | UnsetType | None = UNSET


class SelectionBody(msgspec.Struct, rename="camel"):
    """A filter, as it is sent."""

    boolean_operator: str | UnsetType | None = UNSET
    rule_bounds: list[dict[str, Any]] | UnsetType | None = UNSET


def encode_column(column: Column) -> ColumnDto:
    """A column."""
    return with_extra(ColumnDto(column.field, column.type, column.width), column.extra)


def encode_selection(selection: Selection) -> SelectionDto:
    """Which metrics are in a list."""
    shown = [_encode_rule(rule) for rule in selection.rules]
    return with_extra(SelectionDto(selection.join, shown), selection.extra)


def _encode_rule(rule: Rule) -> RuleDto:
    dynamic = [with_extra(DynamicDto(one.word, one.values), one.extra) for one in rule.dynamic]
    return with_extra(RuleDto(rule.custom, dynamic, rule.field, rule.operator, rule.value), rule.extra)


def decode_columns(raw: list[dict[str, Any]]) -> tuple[Column, ...]:
    """The columns; `Invalid` naming each that cannot be read by its index."""
    return _each(raw, "columns", _column, COLUMN_LIMIT)


def decode_selection(raw: dict[str, Any], standing: Selection | None = None) -> Selection:
    """The selection in a filter. Missing parts are those of `standing`, or empty; `Invalid` names places."""
    base = standing or Selection()
    given = _within("filter", lambda: shared.named(shared.convert(raw, SelectionBody)))
    rules = base.rules
    if "rule_bounds" in given:
        rules = _each(given["rule_bounds"], "filter.ruleBounds", _rule, RULE_LIMIT)
    word = given.get("boolean_operator", "").strip().lower() or base.join
    if word not in tuple(Join):
        raise Invalid("filter.booleanOperator", "must be and, or or")
    return Selection(rules, Join(word), shared.unknown(raw, SelectionBody))


def _column(raw: dict[str, Any]) -> Column:
    given = shared.named(shared.convert(raw, ColumnBody))
    width = given.get("width", 0.0)
    if not 0 <= width <= WIDTH_LIMIT:
        raise Invalid("width", f"must be a number from 0 to {WIDTH_LIMIT:,}")
    if len(given.get("field_name", "")) > FIELD_LIMIT:
        raise Invalid("fieldName", f"is longer than {FIELD_LIMIT} characters")
    extra = shared.unknown(raw, ColumnBody)
    return Column(_required(given, "field_name", "fieldName"), given.get("type", ""), round(width), extra)


def _rule(raw: dict[str, Any]) -> Rule:
    given = shared.named(shared.convert(raw, RuleBody))
    return Rule(
        field=_required(given, "field_name", "fieldName"),
        operator=_required(given, "operator", "operator"),
        value=raw.get("value"),
        custom=given.get("custom_field", False),
        dynamic=_each(given.get("dynamic_filters", []), "dynamicFilters", _dynamic, DYNAMIC_LIMIT),
        extra=shared.unknown(raw, RuleBody),
    )


def _dynamic(raw: dict[str, Any]) -> Dynamic:
    given = shared.named(shared.convert(raw, DynamicBody))
    said = given.get("value", [])
    values = (said,) if isinstance(said, str) else tuple(said)
    return Dynamic(given.get("dynamic_value_type", ""), values, shared.unknown(raw, DynamicBody))


def _required(given: dict[str, Any], attribute: str, field: str) -> str:
    if not given.get(attribute):
        raise Invalid(field, "is required")
    return str(given[attribute])


def _each(raw: list[dict[str, Any]], place: str, decode: Callable[[dict[str, Any]], T], limit: int) -> tuple[T, ...]:
    """The value of each element; `Invalid` with the place of every fault in all of them, or where they are too many."""
    if len(raw) > limit:
        raise Invalid(place, f"has more than {limit} elements")
    read: list[T] = []
    faults: list[Fault] = []
    for index, one in enumerate(raw):
        try:
            read.append(_within(f"{place}[{index}]", partial(decode, one)))
        except Invalid as error:
            faults.extend(error.faults)
    if faults:
        raise Invalid.of(faults)
    return tuple(read)


def _within(place: str, read: Callable[[], T]) -> T:
    """The result of `read`; its faults get the place as a prefix."""
    try:
        return read()
    except Invalid as error:
        raise Invalid.of([Fault(f"{place}.{fault.field}", fault.message) for fault in error.faults]) from None
