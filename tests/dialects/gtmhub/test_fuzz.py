"""Bad input is answered, never crashed on: whatever is sent to whichever route, the answer is sound and no 5xx."""

from __future__ import annotations

import json
from typing import Any, NoReturn
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import calls
import hostile
from acme import Acme
from calls import Records
from milepost.dialects.gtmhub.gate import BODY_LIMIT
from milepost.dialects.gtmhub.routes import ROUTES, Route
from milepost.dialects.gtmhub.wire.check_ins import BulkBody, CheckInBody
from milepost.dialects.gtmhub.wire.goals import GoalBody, GoalDto, GoalStatusBody
from milepost.dialects.gtmhub.wire.metric_body import MetricBody
from milepost.dialects.gtmhub.wire.metrics import MetricDto
from milepost.dialects.gtmhub.wire.sessions import SessionBody, SessionDto
from milepost.dialects.gtmhub.wire.users import UserBody, UserDto
from wire import InProcess, Reply

TAKING_BODIES = [route for route in ROUTES if route.method not in ("GET", "DELETE")]
WITH_PARAMETERS = [route for route in ROUTES if calls.parameters(route)]
READING = [(route, version) for route in ROUTES if route.method == "GET" for version in route.versions]

every_read = pytest.mark.parametrize(("route", "version"), READING, ids=calls.names(READING))
every_list = pytest.mark.parametrize(("route", "version"), calls.LISTS, ids=calls.names(calls.LISTS))

_NAMES = sorted(
    {
        name
        for kind in (
            MetricBody, MetricDto, CheckInBody, BulkBody, GoalBody, GoalDto, GoalStatusBody, SessionBody, SessionDto,
            UserBody, UserDto,
        )
        for name in kind.__struct_encode_fields__
    }
    | {"unknown", "metric", "checkIn", "snapshots", "snapshot", "goal", "session", "user"}
)  # fmt: skip
BODY_FIELDS: dict[str, tuple[str, ...]] = {
    route.path: calls.BODY_TYPES[route.path].__struct_encode_fields__ for route in TAKING_BODIES
}
# Objects and lists, in which a value can also stand deeper.
DEEP = {"confidence", "customFields", "format", "ownerIds", "roles", "tags", "unknown"}
# Of these bodies nothing but what is named is looked at: the rest "is left as it was", or belongs to another call.
IGNORED = {
    ("/metrics/checkin/{checkinId}", "unknown"),
    ("/goals/{id}/status", "unknown"),
    ("/users/email/{email}", "unknown"),
    ("/users/email/{email}", "firstName"),
    ("/users/email/{email}", "name"),
}
FIELDS = st.dictionaries(st.sampled_from(_NAMES) | hostile.TEXTS, hostile.VALUES, max_size=5)
WRAPPERS = st.sampled_from(
    ["", "", "", "metric", "checkIn", "snapshots", "snapshot", "goal", "session", "user", "status"]
)


@pytest.fixture
def ours(acme: Acme) -> Records:
    return calls.ours(acme)


def _refused(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is not JSON")


def assert_sound(reply: Reply) -> Any:
    """No failure of the server's; JSON to the letter, a problem document where it is an error. Gives its value."""
    assert 200 <= reply.status < 500, reply.body
    if reply.status == 204:
        assert reply.body == b""
        return None
    assert int(reply.headers["content-length"]) == len(reply.body)
    value = json.loads(reply.body.decode(), parse_constant=_refused)
    if reply.status >= 400:
        assert reply.headers["content-type"] == "application/problem+json"
        assert value["status"] == reply.status
        assert {"type", "title", "detail"} <= value.keys()
        assert all(fault.keys() == {"field", "message"} for fault in value.get("errors", []))
    else:
        assert reply.headers["content-type"] == "application/json"
    return value


def assert_everything_readable(client: InProcess) -> None:
    """Every list and every record in it can still be read."""
    for route, version in calls.LISTS:
        reply = client.get(f"v{version}{route.path}", limit=1000, includeMetrics="true", formatting="plainText")
        shown = assert_sound(reply)
        assert reply.status == 200
        assert shown["totalCount"] >= len(shown["items"])
        if route.path in ("/metrics", "/goals", "/sessions", "/users"):
            for item in shown["items"]:
                one = client.get(f"v1{route.path}/{item['id']}")
                assert one.status == 200
                assert_sound(one)
                for entry in item.get("metricHistory", [])[:3]:
                    assert client.get(f"v1/metrics/checkin/{entry['id']}").status == 200


@pytest.mark.parametrize("route", TAKING_BODIES, ids=calls.name)
def test_every_field_with_every_hostile_value(anna: InProcess, ours: Records, route: Route) -> None:
    """One field at a time, all others sound, so that nothing else is at fault before it."""
    path = calls.path(route, ours)
    for field in (*BODY_FIELDS[route.path], "unknown", "color"):
        for value in hostile.SAMPLES:
            sound = calls.body(route, ours)
            target = sound[0] if isinstance(sound, list) else sound
            deeper = ({"value": value, "prefix": value, "deeper": value}, [value]) if field in DEEP else ()
            for inside in (value, *deeper):
                sent = changed(sound, target, {field: inside})
                assert_sound(anna.request(route.method, path, raw=hostile.written(sent)))
    assert_everything_readable(anna)


def changed(sound: Any, target: dict[str, Any], place: dict[str, Any]) -> Any:
    """A sound body, or list of them, with some fields set otherwise."""
    return [target | place] if isinstance(sound, list) else target | place


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x\udfffy"], ids=["NUL", "half a pair", "the other half"])
@pytest.mark.parametrize("route", TAKING_BODIES, ids=calls.name)
def test_text_that_no_database_keeps(anna: InProcess, ours: Records, route: Route, text: str) -> None:
    for field in {"name", "title", "comment", "firstName", "unknown"} & {*BODY_FIELDS[route.path], "unknown"}:
        if (route.path, field) in IGNORED:
            continue
        for value in (text, [text], {"deep": {text: 1}}):
            sound = calls.body(route, ours)
            target = sound[0] if isinstance(sound, list) else sound
            reply = anna.request(route.method, calls.path(route, ours), changed(sound, target, {field: value}))
            assert assert_sound(reply)["status"] == 400, (field, value)


@pytest.mark.parametrize("route", TAKING_BODIES, ids=calls.name)
def test_hostile_bodies(anna: InProcess, ours: Records, route: Route) -> None:
    path = calls.path(route, ours)

    @settings(max_examples=25)
    @given(fields=FIELDS, wrapper=WRAPPERS, whole=st.booleans(), many=st.booleans())
    def fields(fields: dict[str, Any], wrapper: str, whole: bool, many: bool) -> None:
        sound = calls.body(route, ours)
        one = sound[0] if isinstance(sound, list) else sound
        sent: Any = {**(one if whole else {}), **fields}
        sent = [one, sent] if many or isinstance(sound, list) else sent
        sent = {wrapper: sent} if wrapper else sent
        assert_sound(anna.request(route.method, path, raw=hostile.written(sent)))

    @settings(max_examples=30)
    @given(garbage=hostile.GARBAGE)
    def garbage(garbage: bytes) -> None:
        reply = anna.request(route.method, path, raw=garbage)
        assert_sound(reply)

    fields()
    garbage()
    assert_everything_readable(anna)


@pytest.mark.parametrize(
    ("route", "version"), READING, ids=lambda one: one if isinstance(one, int) else calls.name(one)
)
def test_hostile_queries(anna: InProcess, ours: Records, route: Route, version: int) -> None:
    path = calls.path(route, ours, version)

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
    path = calls.path(route, ours, version)
    plain = [value if isinstance(value, str) else hostile.written(value).decode() for value in hostile.SAMPLES]
    filters = [hostile.written({"name": value}).decode() for value in hostile.SAMPLES]
    for parameter in PARAMETERS:
        for text in [*plain, *filters] if parameter == "filter" else plain:
            assert_sound(anna.request("GET", f"{path}?{hostile.query_string({parameter: text})}"))


ASKED = ("name", "ownerIds", "attainment", "dateCreated", "tags", "confidence", "targetOperator", "unknown.deep")


@pytest.mark.parametrize(
    ("route", "version"), calls.LISTS, ids=[f"v{one} {calls.name(route)}" for route, one in calls.LISTS]
)
def test_every_operator_with_every_kind_of_operand(anna: InProcess, ours: Records, route: Route, version: int) -> None:
    path = calls.path(route, ours, version)
    operands = [None, True, 1.5, 10**400, "", "\0", "\ud800", "2026-01-01T00:00:00Z", [], [1, "a"], [[]], {}, {"a": 1}]
    for operator in hostile.OPERATORS:
        for operand in [*operands, *hostile.PATTERNS] if operator == "$regex" else operands:
            asked: list[Any] = [{field: {operator: operand}} for field in ASKED] + [{operator: operand}]
            for one in asked:
                query = {"filter": hostile.written(one).decode()}
                assert_sound(anna.request("GET", f"{path}?{hostile.query_string(query)}"))


@pytest.mark.parametrize("route", WITH_PARAMETERS, ids=calls.name)
def test_hostile_paths(anna: InProcess, ours: Records, route: Route) -> None:
    body = calls.body(route, ours)

    @settings(max_examples=30)
    @given(text=hostile.TEXTS, slashes=st.sampled_from(["", "/", "//"]), encoded=st.booleans())
    def ask(text: str, slashes: str, encoded: bool) -> None:
        value = quote(text.encode("utf-8", "surrogatepass"), safe="" if encoded else "/")
        path = route.path
        for parameter in calls.parameters(route):
            path = path.replace(f"{{{parameter}}}", value)
        reply = anna.request(route.method, f"v{route.versions[0]}{path}{slashes}", body)
        assert_sound(reply)
        assert reply.status in (200, 201, 204, 400, 404, 405)

    ask()
    for value in ("%00", "%2F", "%2e%2e%2f", "%ff%fe", "%", "%zz", "%F0%9F%98%80", "a" * 20_000, "%0d%0aX-Injected:1"):
        path = route.path
        for parameter in calls.parameters(route):
            path = path.replace(f"{{{parameter}}}", value)
        reply = anna.request(route.method, f"v1{path}", body)
        assert_sound(reply)
        assert "x-injected" not in reply.headers
    assert_everything_readable(anna)


@settings(max_examples=300)
@given(
    route=st.sampled_from(ROUTES),
    headers=hostile.HEADERS,
    token=hostile.HEADER_VALUES,
    account=hostile.HEADER_VALUES,
    wrong=st.sampled_from(["token", "account", "neither"]),
)
def test_hostile_headers(
    anna: InProcess, route: Route, headers: dict[str, str], token: str, account: str, wrong: str
) -> None:
    if wrong == "token":
        headers = headers | {"authorization": token}
    elif wrong == "account":
        headers = headers | {"gtmhub-accountid": account}
    reply = anna.request(route.method, calls.path(route, calls.NOBODYS), raw=b"{}", headers=headers)
    assert_sound(reply)
    if wrong == "token":
        assert reply.status == 401


@pytest.mark.parametrize("route", ROUTES, ids=calls.name)
def test_absurd_sizes(anna: InProcess, ours: Records, route: Route) -> None:
    path = calls.path(route, ours)
    assert assert_sound(anna.request(route.method, path, raw=b" " * (BODY_LIMIT + 1)))["status"] == 413
    announced = anna.request(route.method, path, raw=b"{}", headers={"content-length": str(BODY_LIMIT + 1)})
    assert assert_sound(announced)["status"] == 413
    reply = anna.request(route.method, path, raw=b'"' + b"x" * (BODY_LIMIT - 2) + b'"')
    assert_sound(reply)
    assert reply.status != 413


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
