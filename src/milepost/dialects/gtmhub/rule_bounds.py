"""The rules of a saved list, decoded to conditions by the operators of the filter language, with the same meaning.

Dynamic values, which are known only when a list is loaded (who loads it, which sessions run), join a rule's operands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from milepost.actions import cycles, teams
from milepost.actions.context import Context
from milepost.dialects.gtmhub.fields import Free, Group, Many, Node, beneath, resolve
from milepost.dialects.gtmhub.filters import PATTERN_LIMIT as _PATTERNS
from milepost.dialects.gtmhub.operators import on
from milepost.dialects.gtmhub.tables import METRIC
from milepost.domain.errors import Fault, Invalid
from milepost.domain.query import EVERYTHING, All, Condition, Matches, Some
from milepost.domain.saved_list import FIELD_LIMIT, Join, Rule, Selection

# The operators of rules, and those of the filter language for a single operand.
OPERATORS = {
    "eq": "$eq", "ne": "$ne", "in": "$in", "nin": "$nin", "gt": "$gt", "gte": "$gte", "lt": "$lt", "lte": "$lte",
    "contains": "",
}  # fmt: skip
_SEVERAL = {"eq": "$in", "ne": "$nin", "in": "$in", "nin": "$nin"}
_CUSTOM = "customFields"
# The longest text, in characters, that a rule may look for in other texts.
PART_LIMIT = 400

# The dynamic values by their words, ignoring case.
DYNAMIC_VALUES: dict[str, Callable[[Context], Sequence[str]]] = {
    "currentUser": lambda context: (context.user_id,),
    "currentUserTeams": lambda context: [team.id for team in teams.of_actor(context)],
    "currentSession": lambda context: [cycle.id for cycle in cycles.running(context)],
    "currentSessions": lambda context: [cycle.id for cycle in cycles.running(context)],
}
_DYNAMIC = {word.casefold(): found for word, found in DYNAMIC_VALUES.items()}


def condition(selection: Selection, context: Context | None) -> Condition:
    """The condition of a selection for whoever loads it; `Invalid` names the place of every fault. Without a context,
    as when a list is saved, dynamic values are left out.
    """
    parts: list[Condition] = []
    faults: list[Fault] = []
    for index, rule in enumerate(selection.rules):
        try:
            parts.append(_condition(rule, context, f"filter.ruleBounds[{index}]"))
        except Invalid as error:
            faults.extend(error.faults)
    if faults:
        raise Invalid.of(faults)
    if sum(isinstance(one, Matches) for part in parts if isinstance(part, Some) for one in part.conditions) > _PATTERNS:
        raise Invalid("filter.ruleBounds", f"have more than {_PATTERNS} texts for contains, all together")
    if not parts:
        return EVERYTHING
    return Some(tuple(parts)) if selection.join is Join.ANY else All(tuple(parts))


def _condition(rule: Rule, context: Context | None, place: str) -> Condition:
    node, operator = _node(rule, place), rule.operator.lower()
    if operator not in OPERATORS:
        raise Invalid(f"{place}.operator", f"must be one of {', '.join(OPERATORS)}")
    operands = _operands(rule, context, place)
    if operator == "contains":
        return _contains(node, operands, f"{place}.value")
    if rule.dynamic and operator not in _SEVERAL:
        allowed = ", ".join((*_SEVERAL, "contains"))
        raise Invalid(f"{place}.dynamicFilters", f"go with {allowed} only, not with {operator}")
    if rule.dynamic or operator in ("in", "nin"):
        return _on(node, _SEVERAL[operator], operands, f"{place}.value")
    if operator not in _SEVERAL and isinstance(rule.value, list | dict):
        raise Invalid(f"{place}.value", f"{operator} takes a number, a text, a date, true, false or null")
    return _on(node, OPERATORS[operator], rule.value, f"{place}.value")


def _node(rule: Rule, place: str) -> Node:
    """The node of a rule's field: a field of a metric as shown, or a custom field by its name."""
    if len(rule.field) > FIELD_LIMIT:
        raise Invalid(f"{place}.fieldName", f"is longer than {FIELD_LIMIT} characters")
    if rule.custom:
        return beneath(METRIC.nodes[_CUSTOM], rule.field.removeprefix(f"{_CUSTOM}."))
    try:
        return resolve(rule.field, METRIC)
    except Invalid as error:
        raise Invalid(f"{place}.fieldName", error.faults[0].message) from None


def _operands(rule: Rule, context: Context | None, place: str) -> list[Any]:
    """The rule's own operands, then its dynamic ones; null is none."""
    found = list(rule.value) if isinstance(rule.value, list) else [] if rule.value is None else [rule.value]
    for index, one in enumerate(rule.dynamic):
        found += one.values
        if not one.word:
            continue
        if one.word.casefold() not in _DYNAMIC:
            known = ", ".join(DYNAMIC_VALUES)
            raise Invalid(f"{place}.dynamicFilters[{index}].dynamicValueType", f"must be one of {known}")
        if context is not None:
            found += _DYNAMIC[one.word.casefold()](context)
    return found


def _contains(node: Node, operands: list[Any], place: str) -> Condition:
    """Whether a text contains one of the operands, ignoring case, or a list one among its elements."""
    return Some(tuple(_one_contained(_text_of(node), operand, place) for operand in operands))


def _one_contained(node: Node, operand: Any, place: str) -> Condition:
    if _whole(node) or not isinstance(operand, str):
        return _on(node, "$eq", operand, place)
    if len(operand) > PART_LIMIT:
        raise Invalid(place, f"contains takes texts of at most {PART_LIMIT} characters")
    return on(node, {"$regex": re.escape(operand), "$options": "i"}, "")


def _whole(node: Node) -> bool:
    """Whether a field is a list of ids, parts of which mean nothing."""
    return isinstance(node, Free) and node.shown


def _text_of(node: Node) -> Node:
    """The text of an object or of a list of objects: the title of tags, the name of owners."""
    for name in ("title", "name"):
        if isinstance(node, Group | Many) and name in node.nodes:
            return beneath(node, name)
    return node


def _on(node: Node, operator: str, operand: Any, place: str) -> Condition:
    try:
        return on(node, {operator: operand}, "")
    except Invalid as error:
        raise Invalid(place, error.faults[0].message.rpartition(": ")[2]) from None
