"""An echo changes nothing: whatever a store holds, what one side shows can be sent back to it, and the other side sees
nothing of that. And a change of one attribute changes that attribute alone, with what follows from it.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from acme import NOON
from arbitrary import NUMBERS, TEXTS, any_key_result, any_objective, keep_key_result, keep_objective
from milepost.dialects.simpleokr.wire.decimals import encode
from milepost.domain.ids import as_uuid, from_uuid
from milepost.domain.instants import DAY
from milepost.domain.objective import ObjectiveStatus
from sides import Sides, differing

AGGREGATED = {"aggregatedAttainment", "fullAggregatedAttainment"}
BY = {"modifiedAt", "modifiedById"}
VALUED = {"actual", "attainment", "goalAttainment", "health", "progressStatus"}
HISTORY = {"health", "metricHistory", "metricHistoryCount", "lastCheckInDate", "trend"}
TARGETS = {"target", "targetMax", "attainment", "goalAttainment", "health", "progressStatus", "metricHistory", "trend"}
# The attributes of a key result, and what Gtmhub may show otherwise once one of them has changed.
FOLLOWING = {
    "name": {"name"},
    "current_value": VALUED | HISTORY,
    "confidence": {"confidence"} | HISTORY,
    "target_value_min": TARGETS,
    "target_value_max": TARGETS,
    "type": TARGETS | {"targetOperator"},
}
OBJECTIVE_FOLLOWING = {
    "name": {"name"},
    "description": {"description"},
    "is_company": set[str](),
    "is_personal": set[str](),
    "parent_objective_id": {"parentId"},
    "assignee_id": {"ownerId", "ownerIds", "assignee", "assignees"},
    "team_id": {"ownerId", "ownerIds", "assignee", "assignees"},
}


@pytest.fixture
def teams(sides: Sides) -> tuple[str, ...]:
    made = (sides.simpleokr.post("teams", {"name": name}).json["id"] for name in ("Sales", "Design"))
    return tuple(from_uuid(team) for team in made)


def _place(sides: Sides, teams: tuple[str, ...], data: st.DataObject, *, free: bool = False) -> tuple[str, str]:
    """An objective and a key result in it; `free`: nothing forbids that its value changes."""
    aim = data.draw(any_objective(sides.acme, teams), "objective")
    if aim.closing.status is ObjectiveStatus.ABANDONED:  # its key results take no writes at all
        aim = msgspec.structs.replace(
            aim, closing=msgspec.structs.replace(aim.closing, status=ObjectiveStatus.ACHIEVED)
        )
    measure, history = data.draw(any_key_result(sides.acme, teams, aim.id), "key result")
    if free:
        due_at = None if measure.due_at is None else NOON + DAY
        measure = msgspec.structs.replace(measure, automated=False, due_at=due_at)
    return keep_objective(sides.acme, aim), keep_key_result(sides.acme, measure, history)


def test_an_echo_through_simpleokr_changes_nothing_that_gtmhub_shows(sides: Sides, teams: tuple[str, ...]) -> None:
    @settings(max_examples=80)
    @given(data=st.data())
    def echo(data: st.DataObject) -> None:
        goal, metric = _place(sides, teams, data)
        before, trail = (sides.metric(metric), sides.goal(goal)), sides.trail()
        shown = sides.key_result(metric)
        answer = sides.revise(metric)
        assert (answer.status, answer.json) == (200, shown), answer.body
        assert (sides.metric(metric), sides.goal(goal)) == before
        assert sides.trail() == trail

    echo()


def test_an_echo_of_an_objective_changes_nothing_that_gtmhub_shows(sides: Sides, teams: tuple[str, ...]) -> None:
    @settings(max_examples=80)
    @given(data=st.data())
    def echo(data: st.DataObject) -> None:
        goal = keep_objective(sides.acme, data.draw(any_objective(sides.acme, teams)))
        before, shown, trail = sides.goal(goal), sides.objective(goal), sides.trail()
        answer = sides.revise_objective(goal)
        assert (answer.status, answer.json) == (200, shown), answer.body
        assert sides.goal(goal) == before
        assert sides.trail() == trail

    echo()


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_echo_through_gtmhub_changes_nothing_that_simpleokr_shows(
    sides: Sides, teams: tuple[str, ...], method: str
) -> None:
    @settings(max_examples=60)
    @given(data=st.data())
    def echo(data: st.DataObject) -> None:
        goal, metric = _place(sides, teams, data)
        before = (sides.key_result(metric), sides.objective(goal), sides.metric(metric), sides.goal(goal))
        if method == "PATCH":  # there null takes a custom field away, so that it cannot repeat one that holds nothing
            assume(not any(_holds_null(shown) for shown in before[2:]))
        trail = sides.trail()
        for path in (f"v1/metrics/{metric}", f"v1/goals/{goal}"):
            answer = sides.gtmhub.request(method, path, sides.gtmhub.get(path).json)
            assert answer.status == 200, answer.body
        assert (sides.key_result(metric), sides.objective(goal), sides.metric(metric), sides.goal(goal)) == before
        assert sides.trail() == trail

    echo()


def _holds_null(shown: dict[str, Any]) -> bool:
    return None in list(shown.get("customFields", {}).values())


def test_a_change_of_one_attribute_changes_nothing_else(sides: Sides, teams: tuple[str, ...]) -> None:
    @settings(max_examples=100)
    @given(data=st.data())
    def change(data: st.DataObject) -> None:
        goal, metric = _place(sides, teams, data, free=True)
        shown = sides.key_result(metric)
        name, asked = _asked(data, shown)
        assume(asked[name] != shown[name])
        before, above = sides.metric(metric), sides.goal(goal)
        answer = sides.revise(metric, **asked)
        assert answer.status == 200, answer.body
        assert answer.json == shown | asked | {"modified_at": answer.json["modified_at"]}
        after = sides.metric(metric)
        assert differing(before, after) <= FOLLOWING[name] | BY
        assert differing(before, after) >= BY
        assert differing(above, sides.goal(goal)) <= {"metrics", "attainment"} | AGGREGATED
        _assert_history(before, after, grown=name in ("current_value", "confidence"))

    change()


def _asked(data: st.DataObject, shown: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """An attribute of a key result, and another value for it; another type comes with the targets that it needs."""
    low, high = shown["target_value_min"], shown["target_value_max"]
    finite = partial(st.floats, allow_nan=False, allow_infinity=False)
    values = {
        "name": TEXTS.filter(bool),
        "current_value": NUMBERS.map(encode),
        "confidence": st.floats(0, 1).map(encode),
        "type": st.sampled_from(["positive", "negative", "range", "milestone", "baseline"]),
    }
    if shown["type"] in ("positive", "negative"):
        values["target_value_min"] = finite().map(encode)
    if shown["type"] == "range":
        values["target_value_min"] = finite(max_value=float(high)).map(encode)
        values["target_value_max"] = finite(min_value=float(low)).map(encode)
    name = data.draw(st.sampled_from(sorted(values)), "attribute")
    asked = {name: data.draw(values[name], "value")}
    if name == "type":
        least, most = (encode(value) for value in sorted(data.draw(st.tuples(NUMBERS, NUMBERS), "targets")))
        needed = {
            "positive": (least, None),
            "negative": (least, None),
            "range": (least, most),
            "milestone": ("1.00", None),
        }
        asked["target_value_min"], asked["target_value_max"] = needed.get(asked["type"], (None, None))
    return name, asked


def _assert_history(before: dict[str, Any], after: dict[str, Any], *, grown: bool) -> None:
    """What was told stays told; a changed value or confidence is one entry more, which says what stands."""
    told, now = ([_said(entry) for entry in metric["metricHistory"]] for metric in (before, after))
    assert now[: len(told)] == told
    assert len(now) == len(told) + grown
    if grown:
        newest = after["metricHistory"][-1]
        assert newest["metricValue"] == after["actual"]
        assert newest["updatedAt"] == after["lastCheckInDate"]
        if newest["confidenceValue"] is not None:
            assert newest["confidenceValue"] == after["confidence"]["value"]


def _said(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of a history but for its attainment, which follows the targets that stand."""
    return {name: value for name, value in entry.items() if name != "attainment"}


def test_a_change_of_one_attribute_of_an_objective_changes_nothing_else(sides: Sides, teams: tuple[str, ...]) -> None:
    acme = sides.acme
    users = st.sampled_from([None, *map(as_uuid, (acme.anna.id, acme.ben.id, acme.vera.id))])
    values: dict[str, st.SearchStrategy[Any]] = {
        "name": TEXTS.filter(bool),
        "description": TEXTS.map(lambda text: text or None),
        "is_company": st.booleans(),
        "is_personal": st.booleans(),
        "parent_objective_id": st.sampled_from([None, as_uuid(acme.growth)]),
        "assignee_id": users,
        "team_id": st.sampled_from([None, *map(as_uuid, teams)]),
    }

    @settings(max_examples=80)
    @given(data=st.data(), name=st.sampled_from(sorted(values)))
    def change(data: st.DataObject, name: str) -> None:
        goal = keep_objective(acme, data.draw(any_objective(acme, teams)))
        before, shown, wanted = sides.goal(goal), sides.objective(goal), data.draw(values[name])
        assume(wanted != shown[name])
        answer = sides.revise_objective(goal, **{name: wanted})
        assert answer.status == 200, answer.body
        assert answer.json == shown | {name: wanted, "modified_at": answer.json["modified_at"]}
        assert differing(before, sides.goal(goal)) <= OBJECTIVE_FOLLOWING[name] | BY
        assert differing(before, sides.goal(goal)) >= BY

    change()
