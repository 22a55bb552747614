"""What the rules of saved lists mean, case by case, of the four key results that filters are tried on."""

from __future__ import annotations

from typing import Any

import pytest

from meanings import A, B, C, D, World, made, text
from milepost.dialects.gtmhub import rule_bounds
from milepost.dialects.gtmhub.wire.selections import decode_selection
from milepost.domain.errors import Fault, Invalid
from milepost.domain.matching import holds
from milepost.store.engine import Database


@pytest.fixture(scope="module")
def world(new_database: Database) -> World:
    return made(new_database)


ME, NOW = [{"dynamicValueType": "currentUser"}], [{"dynamicValueType": "currentSession"}]

# A rule, and what a list with it holds.
RULES: list[tuple[dict[str, Any], set[str]]] = [
    ({"fieldName": "name", "operator": "eq", "value": "Alpha"}, {A}),
    ({"fieldName": "name", "operator": "EQ", "value": "Alpha"}, {A}),
    ({"fieldName": "name", "operator": "ne", "value": "Alpha"}, {B, C, D}),
    ({"fieldName": "name", "operator": "in", "value": ["Alpha", "beta"]}, {A, B}),
    ({"fieldName": "name", "operator": "in", "value": "beta"}, {B}),
    ({"fieldName": "name", "operator": "in"}, set()),
    ({"fieldName": "critical", "operator": "in"}, set()),
    ({"fieldName": "x" * 500, "operator": "in"}, set()),
    ({"fieldName": "name", "operator": "nin", "value": "Alpha"}, {B, C, D}),
    ({"fieldName": "name", "operator": "nin", "value": ["Alpha", "beta"]}, {C, D}),
    ({"fieldName": "actual", "operator": "gt", "value": 4}, {A}),
    ({"fieldName": "actual", "operator": "gte", "value": 5}, {A}),
    ({"fieldName": "actual", "operator": "lt", "value": 5}, {B, C, D}),
    ({"fieldName": "actual", "operator": "lte", "value": 0}, {B, C, D}),
    ({"fieldName": "name", "operator": "contains", "value": "ALPH"}, {A}),
    ({"fieldName": "name", "operator": "contains", "value": ["LPH", ". R"]}, {A, C}),
    ({"fieldName": "name", "operator": "contains", "value": []}, set()),
    ({"fieldName": "tags", "operator": "contains", "value": "blu"}, {B}),
    ({"fieldName": "assignee", "operator": "contains", "value": "ahl"}, {A}),
    ({"fieldName": "assignees", "operator": "contains", "value": "ahl"}, {A, B}),
    ({"fieldName": "actual", "operator": "contains", "value": 5}, {A}),
    ({"fieldName": "customFields.region", "operator": "eq", "value": "north"}, {A}),
    ({"fieldName": "region", "operator": "eq", "value": "north", "customField": True}, {A}),
    ({"fieldName": "customFields.region", "operator": "eq", "value": "north", "customField": True}, {A}),
    ({"fieldName": "region", "operator": "eq", "value": "north"}, set()),
    ({"fieldName": "ownerIds", "operator": "in", "dynamicFilters": ME}, {A, B}),
    ({"fieldName": "ownerIds", "operator": "eq", "dynamicFilters": [{"dynamicValueType": "CURRENTUSER"}]}, {A, B}),
    ({"fieldName": "ownerIds", "operator": "ne", "dynamicFilters": ME}, {C, D}),
    ({"fieldName": "ownerIds", "operator": "contains", "dynamicFilters": ME}, {A, B}),
    ({"fieldName": "ownerIds", "operator": "contains", "value": "0"}, set()),
    ({"fieldName": "name", "operator": "in", "dynamicFilters": [{"value": ["beta"]}]}, {B}),
    ({"fieldName": "name", "operator": "eq", "value": "Alpha", "dynamicFilters": [{"value": ["beta"]}]}, {A, B}),
    ({"fieldName": "sessionId", "operator": "in", "dynamicFilters": NOW}, {A, B, C, D}),
    ({"fieldName": "sessionId", "operator": "nin", "dynamicFilters": [{"dynamicValueType": "currentSessions"}]}, set()),
    ({"fieldName": "ownerIds", "operator": "in", "dynamicFilters": [{"dynamicValueType": "currentUserTeams"}]}, set()),
]  # fmt: skip


def held(world: World, *rules: dict[str, Any], join: str = "and") -> set[str]:
    selection = decode_selection({"booleanOperator": join, "ruleBounds": list(rules)})
    condition = rule_bounds.condition(selection, world.acme.context(world.acme.anna))
    return {name for name, view in world.views.items() if holds(condition, view)}


@pytest.mark.parametrize(("rule", "found"), RULES, ids=text)
def test_what_a_rule_says(world: World, rule: dict[str, Any], found: set[str]) -> None:
    assert held(world, rule) == found


def test_rules_together(world: World) -> None:
    alpha, slow = RULES[0][0], {"fieldName": "actual", "operator": "lt", "value": 5}
    assert held(world) == {A, B, C, D}
    assert held(world, alpha, slow) == set()
    assert held(world, alpha, slow, join="or") == {A, B, C, D}
    assert held(world, alpha, RULES[2][0] | {"operator": "eq", "value": "beta"}, join="or") == {A, B}


def test_dynamic_values_stay_out_until_somebody_loads_the_list() -> None:
    rule = {"fieldName": "ownerIds", "operator": "in", "dynamicFilters": ME}
    found: Any = rule_bounds.condition(decode_selection({"ruleBounds": [rule]}), None)
    assert found == rule_bounds.condition(decode_selection({"ruleBounds": [{**rule, "dynamicFilters": []}]}), None)


BAD_RULES: list[tuple[dict[str, Any], str, str]] = [
    (
        {"fieldName": "name", "operator": "like"}, "operator",
        "must be one of eq, ne, in, nin, gt, gte, lt, lte, contains",
    ),
    ({"fieldName": "url", "operator": "eq"}, "fieldName", "url can be neither filtered nor sorted by"),
    ({"fieldName": "x" * 501, "operator": "eq"}, "fieldName", "is longer than 500 characters"),
    (
        {"fieldName": "name", "operator": "gt", "value": 1, "dynamicFilters": [{"value": ["a"]}]},
        "dynamicFilters", "go with eq, ne, in, nin, contains only, not with gt",
    ),
    (
        {"fieldName": "name", "operator": "in", "dynamicFilters": [{}, {"dynamicValueType": "nobody"}]},
        "dynamicFilters[1].dynamicValueType",
        "must be one of currentUser, currentUserTeams, currentSession, currentSessions",
    ),
    (
        {"fieldName": "name", "operator": "gt", "value": [1]}, "value",
        "gt takes a number, a text, a date, true, false or null",
    ),
    (
        {"fieldName": "name", "operator": "lte", "value": {}}, "value",
        "lte takes a number, a text, a date, true, false or null",
    ),
    ({"fieldName": "actual", "operator": "eq", "value": 10**400}, "value", "a number must be finite"),
    ({"fieldName": "actual", "operator": "in", "value": [1, 10**400]}, "value", "a number must be finite"),
    ({"fieldName": "actual", "operator": "contains", "value": 10**400}, "value", "a number must be finite"),
    (
        {"fieldName": "name", "operator": "contains", "value": "x" * 401}, "value",
        "contains takes texts of at most 400 characters",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "field", "message"), BAD_RULES, ids=text)
def test_what_no_rule_says(rule: dict[str, Any], field: str, message: str) -> None:
    """All that is wrong is named, each by its place; a sound rule before it is not."""
    selection = decode_selection({"ruleBounds": [RULES[0][0], rule, rule]})
    with pytest.raises(Invalid) as refused:
        rule_bounds.condition(selection, None)
    assert refused.value.faults == tuple(Fault(f"filter.ruleBounds[{index}].{field}", message) for index in (1, 2))


def test_how_many_texts_rules_may_look_for() -> None:
    def of(count: int) -> Any:
        rule = {"fieldName": "name", "operator": "contains", "value": ["x" * 400] * count}
        return rule_bounds.condition(decode_selection({"ruleBounds": [rule]}), None)

    assert of(20)
    with pytest.raises(Invalid) as refused:
        of(21)
    message = "have more than 20 texts for contains, all together"
    assert refused.value.faults == (Fault("filter.ruleBounds", message),)
