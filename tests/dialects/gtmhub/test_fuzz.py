"""Hostile queries: filters, sorts and parameters; and sequences of values.

What is sent to every dialect is in tests/dialects/test_fuzz.py.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gtmhub_calls
import hostile
from acme import Acme
from calls import Records
from gtmhub_calls import GTMHUB, LISTS, assert_sound
from milepost.dialects.gtmhub.route import Route
from milepost.dialects.gtmhub.routes import ROUTES
from wire import InProcess

READING = [(route, version) for route in ROUTES if route.method == "GET" for version in route.versions]

every_read = pytest.mark.parametrize(("route", "version"), READING, ids=gtmhub_calls.names(READING))
every_list = pytest.mark.parametrize(("route", "version"), LISTS, ids=gtmhub_calls.names(LISTS))


@pytest.fixture
def ours(acme: Acme) -> Records:
    return GTMHUB.ours(acme)


@every_read
def test_hostile_queries(anna: InProcess, ours: Records, route: Route, version: int) -> None:
    path = gtmhub_calls.path(route, ours, version)

    @settings(max_examples=30)
    @given(query=hostile.QUERIES)
    def ask(query: dict[str, str]) -> None:
        assert_sound(anna.request("GET", f"{path}?{hostile.query_string(query)}"))

    @settings(max_examples=40)
    @given(filter_=hostile.FILTERS, sort=hostile.SORTS)
    def look(filter_: str, sort: str) -> None:
        # Nothing else at fault, so that more of them come as far as the database.
        assert_sound(anna.request("GET", f"{path}?{hostile.query_string({'filter': filter_, 'sort': sort})}"))

    ask()
    look()
    for query in ("&" * 1000, "a=1&" * 200, "%", "%zz=%ff&filter=%ed%a0%80", "=", "filter", "limit=1&limit=x"):
        assert_sound(anna.request("GET", f"{path}?{query}"))


PARAMETERS = (
    "filter",
    "sort",
    "fields",
    "skip",
    "limit",
    "take",
    "formatting",
    "goalId",
    "sessionId",
    "ownerId",
    "status",
)


@every_read
def test_every_parameter_with_every_hostile_text(anna: InProcess, ours: Records, route: Route, version: int) -> None:
    path = gtmhub_calls.path(route, ours, version)
    plain = [value if isinstance(value, str) else hostile.written(value).decode() for value in hostile.SAMPLES]
    filters = [hostile.written({"name": value}).decode() for value in hostile.SAMPLES]
    for parameter in PARAMETERS:
        for text in [*plain, *filters] if parameter == "filter" else plain:
            assert_sound(anna.request("GET", f"{path}?{hostile.query_string({parameter: text})}"))


ASKED = ("name", "ownerIds", "attainment", "dateCreated", "tags", "confidence", "targetOperator", "unknown.deep")


@every_list
def test_every_operator_with_every_kind_of_operand(anna: InProcess, ours: Records, route: Route, version: int) -> None:
    path = gtmhub_calls.path(route, ours, version)
    operands = [None, True, 1.5, 10**400, "", "\0", "\ud800", "2026-01-01T00:00:00Z", [], [1, "a"], [[]], {}, {"a": 1}]
    for operator in hostile.OPERATORS:
        for operand in [*operands, *hostile.PATTERNS] if operator == "$regex" else operands:
            asked: list[Any] = [{field: {operator: operand}} for field in ASKED] + [{operator: operand}]
            for one in asked:
                query = {"filter": hostile.written(one).decode()}
                assert_sound(anna.request("GET", f"{path}?{hostile.query_string(query)}"))


NUMBER = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 1.0, 5e-324, 1e-300, -1e308, 1e308, 1.7976931348623157e308]),
)
KINDS = st.sampled_from(
    ["at_least", "at_most", "should_stay_above", "should_stay_below", "in_range", "milestone", "baseline"]
)
MEASURES = st.fixed_dictionaries(
    {},
    optional={
        "initialValue": NUMBER,
        "target": NUMBER,
        "targetMax": st.none() | NUMBER,
        "critical": st.none() | NUMBER,
        "actual": NUMBER,
        "weight": NUMBER,
        "targetOperator": KINDS,
        "confidence": st.floats(0, 10),
    },
)
PAST = st.integers(0, 59).map(lambda minute: f"2026-08-01T10:{minute:02d}:00Z") | st.none()
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("patch"), MEASURES),
        st.tuples(st.just("put"), MEASURES),
        st.tuples(st.just("add"), MEASURES),
        st.tuples(st.just("check in"), st.fixed_dictionaries({"actual": NUMBER, "checkInDate": PAST})),
        st.tuples(st.just("withdraw"), st.just({})),
    ),
    max_size=8,
)

SEEN = (
    {"sort": "-attainment,actual"},
    {"filter": '{"attainment": {"$gte": 0.5}}'},
    {"filter": '{"actual": {"$lt": 0}}'},
)


@settings(max_examples=120)
@given(steps=STEPS)
def test_any_sequence_of_values_can_be_read_and_has_a_finite_attainment(
    anna: InProcess, acme: Acme, steps: list[tuple[str, dict[str, Any]]]
) -> None:
    new = {"name": "Measured", "goalId": acme.growth}
    metric = anna.post("v1/metrics", new).json["id"]
    for step, values in steps:
        if step == "patch":
            reply = anna.patch(f"v1/metrics/{metric}", values)
        elif step == "put":
            reply = anna.put(f"v1/metrics/{metric}", {"name": "Measured", **values})
        elif step == "add":
            reply = anna.post("v1/metrics", new | values)
        elif step == "check in":
            reply = anna.post(f"v1/metrics/{metric}/checkin", values)
        else:
            history = anna.get(f"v1/metrics/{metric}").json["metricHistory"]
            reply = anna.delete(f"v1/metrics/checkin/{history[-1]['id']}") if history else anna.get("v2/metrics")
        assert_sound(reply)
    shown = [assert_sound(anna.get(f"v1/metrics/{metric}")), assert_sound(anna.get(f"v1/goals/{acme.growth}"))]
    for path in ("v2/metrics", "v1/metrics", "v2/goals"):
        for query in SEEN:
            reply = anna.get(path, limit=1000, **query)
            assert reply.status == 200
            shown += assert_sound(reply)["items"]
    for one in shown:
        # Strict JSON has no infinity; what is larger than a double would have become one here.
        for name in ("attainment", "goalAttainment", "actual"):
            assert abs(one.get(name, 0)) <= 1.7976931348623157e308
    for item in anna.get("v2/metrics", fields="id", limit=1000).json["items"]:
        if item["id"] != acme.revenue:
            assert anna.delete(f"v1/metrics/{item['id']}").status == 204
