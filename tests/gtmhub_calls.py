"""The calls of the Gtmhub dialect: whose records each path names, and a body that each takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

import calls
from acme import Acme
from calls import Dialect, Records, name, parameters
from milepost.actions import key_results
from milepost.dialects.gtmhub.gate import BODY_LIMIT
from milepost.dialects.gtmhub.route import Route
from milepost.dialects.gtmhub.routes import ROUTES
from milepost.dialects.gtmhub.wire.check_ins import BulkBody, CheckInBody
from milepost.dialects.gtmhub.wire.goals import GoalBody, GoalStatusBody
from milepost.dialects.gtmhub.wire.lists import ListBody
from milepost.dialects.gtmhub.wire.load import LoadBody
from milepost.dialects.gtmhub.wire.metric_body import MetricBody
from milepost.dialects.gtmhub.wire.sessions import SessionBody
from milepost.dialects.gtmhub.wire.tasks import TaskBody
from milepost.dialects.gtmhub.wire.teams import TeamBody
from milepost.dialects.gtmhub.wire.users import UserBody
from milepost.domain import ids
from milepost.domain.change import KeyResultChange
from milepost.domain.custom_field import CustomField
from milepost.domain.key_result import Tag
from milepost.domain.people import User
from milepost.store import custom_fields
from wire import InProcess, Reply

BASES = ("/api", "/results/api")

# The body of each path; every field of it that ends in Id or Ids refers to another record.
BODY_TYPES: dict[str, type[msgspec.Struct]] = {
    "/metrics": MetricBody,
    "/metrics/checkins": BulkBody,
    "/metrics/{metricId}": MetricBody,
    "/metrics/{metricId}/checkin": CheckInBody,
    "/metrics/checkin/{checkinId}": CheckInBody,
    "/lists": ListBody,
    "/lists/{id}": ListBody,
    "/lists/{id}/load": LoadBody,
    "/goals": GoalBody,
    "/goals/{id}": GoalBody,
    "/goals/{id}/status": GoalStatusBody,
    "/sessions": SessionBody,
    "/sessions/{id}": SessionBody,
    "/tasks": TaskBody,
    "/tasks/{id}": TaskBody,
    "/teams": TeamBody,
    "/teams/{id}": TeamBody,
    "/users": UserBody,
    "/users/{id}": UserBody,
    "/users/email/{email}": UserBody,
}

# PUT never touches these: what a client echoes of them is passed over.
_UNTOUCHED = {
    ("PUT /metrics/{metricId}", "goalId"),
    ("PUT /metrics/{metricId}", "parentMetricId"),
    ("PUT /goals/{id}", "sessionId"),
}
# Of these bodies nothing but what is named is looked at: the rest "is left as it was", or belongs to another call.
_IGNORED = {
    ("/metrics/checkin/{checkinId}", "unknown"),
    ("/goals/{id}/status", "unknown"),
    ("/lists/{id}/load", "unknown"),
    ("/users/email/{email}", "unknown"),
    ("/users/email/{email}", "firstName"),
    ("/users/email/{email}", "name"),
}

# What each parameter of a path names, by the path's first segment and the parameter's name.
_PARAMETERS: dict[tuple[str, str], str] = {
    ("accounts", "id"): "account",
    ("goals", "id"): "objective",
    ("goals", "userId"): "user",
    ("lists", "id"): "saved_list",
    ("metrics", "checkinId"): "check_in",
    ("metrics", "metricId"): "key_result",
    ("metrics", "ownerId"): "user",
    ("sessions", "id"): "cycle",
    ("tasks", "id"): "task",
    ("teams", "id"): "team",
    ("users", "email"): "email",
    ("users", "id"): "user",
    ("users", "sub"): "user",
}
# What a saved list shows, and of what.
_LIST: dict[str, Any] = {
    "columns": [{"fieldName": "name", "type": "text", "width": 200}],
    "filter": {
        "booleanOperator": "and",
        "ruleBounds": [{"fieldName": "attainment", "operator": "gte", "value": 0, "customField": False}],
    },
}
# A body that each call takes; the references in it are those of the records.
_BODIES: dict[str, Callable[[Records], Any]] = {
    "POST /metrics": lambda of: {"name": "New", "goalId": of.objective, "ownerIds": [of.user]},
    "POST /metrics/checkins": lambda of: [{"metricId": of.key_result, "actual": 5}],
    "PUT /metrics/{metricId}": lambda of: {"name": "Other", "ownerIds": [of.user], "target": 50},
    "PATCH /metrics/{metricId}": lambda of: {"name": "Other", "actual": 6},
    "POST /metrics/{metricId}/checkin": lambda of: {"actual": 5, "comment": "on"},
    "PATCH /metrics/checkin/{checkinId}": lambda of: {"comment": "other"},
    "POST /goals": lambda of: {"name": "New", "sessionId": of.cycle, "ownerIds": [of.user]},
    "PUT /goals/{id}": lambda of: {"name": "Other", "ownerIds": [of.user]},
    "PATCH /goals/{id}": lambda of: {"name": "Other"},
    "PUT /goals/{id}/status": lambda of: {"status": "achieved", "comment": "done"},
    "POST /sessions": lambda of: {"title": "Q4"},
    "PUT /sessions/{id}": lambda of: {"title": "Other"},
    "PATCH /sessions/{id}": lambda of: {"title": "Other"},
    "POST /tasks": lambda of: {"name": "New", "parentId": of.objective, "ownerId": of.user},
    "PUT /tasks/{id}": lambda of: {"name": "Other", "status": "done", "parentId": of.key_result, "ownerId": of.user},
    "PATCH /tasks/{id}": lambda of: {"status": "inprogress"},
    "POST /lists": lambda of: {"title": "New", "ownerId": of.user, **_LIST},
    "PUT /lists/{id}": lambda of: {"title": "Other", "ownerId": of.user, **_LIST},
    "PATCH /lists/{id}": lambda of: {"title": "Other"},
    "POST /lists/{id}/load": lambda of: _LIST,
    "POST /teams": lambda of: {"name": "New", "managerId": of.user, "memberIds": [of.user], "parentId": of.team},
    "PUT /teams/{id}": lambda of: {"name": "Other"},
    "PATCH /teams/{id}": lambda of: {"name": "Other"},
    "POST /users": lambda of: {"email": "new@acme.test"},
    "PATCH /users/{id}": lambda of: {"firstName": "Other"},
    "PATCH /users/email/{email}": lambda of: {"email": "other@acme.test"},
}
# What the fields of bodies that refer to other records refer to.
_REFERENCES: dict[str, str] = {
    "goalId": "objective",
    "managerId": "user",
    "memberIds": "user",
    "metricId": "key_result",
    "ownerId": "user",
    "ownerIds": "user",
    "parentId": "objective",
    "parentMetricId": "key_result",
    "sessionId": "cycle",
}


class Gtmhub(Dialect):
    """Two base paths, two versions, problem documents."""

    name = "gtmhub"
    routes = ROUTES
    challenge = "Bearer"
    body_limit = BODY_LIMIT
    successes = frozenset({200, 201, 204})
    free = frozenset({"GET /accounts/{id}"})
    nothing_here = (
        "/api/v1", "/api/v1/nothing", "/api/v1/kpis", "/api/v1/insights/1", "/api/v2/accounts/{account}",
        "/api/v2/goals/{objective}", "/api/v1/goals/{objective}/nothing", "/api/v1/metrics/{key_result}/a/b/c",
        "/api/v1//metrics//x", "/api/v3/metrics", "/results/api/v1/users/multi/switch", "/api/v1/%00",
        "/api/v1/metrics%2Fx%2Fy%2Fz", "/api/v1/healthz", "/api/v1/goals/x%0A/y", "/api/%0A",
        "/api/v1/metrics/{key_result}/values%0A",
    )  # fmt: skip
    parameters = _PARAMETERS
    bodies = _BODIES
    references = _REFERENCES
    wrappers = (
        "metric", "checkIn", "snapshots", "snapshot", "goal", "session", "task", "team", "user", "status", "list",
    )  # fmt: skip
    deep = frozenset(
        {
            "columns", "confidence", "customFields", "filter", "format", "memberIds", "ownerIds", "roles", "tags",
            "unknown",
        }
    )  # fmt: skip

    def spelled(self, record_id: str) -> str:
        return record_id

    def _records(self, acme: Acme, boss: User, user: User, standing: tuple[str, str, str, str]) -> Records:
        """With a tag and the definition of a custom field, which this dialect lists."""
        of, context = super()._records(acme, boss, user, standing), acme.context(boss)
        whose = "Secret" if user is acme.rita else "Ours"
        key_results.revise(context, of.key_result, KeyResultChange(tags=(Tag(whose),)))
        now = acme.clock()
        field = CustomField(of.account, ids.new(now), whose, whose, "", "text", now, now)
        custom_fields.records.insert(acme.database, field)
        return of

    def prefixes(self, route: Any) -> Sequence[str]:
        return [f"{base}/v{version}" for base in BASES for version in route.versions]

    def refused(self, reply: Reply, status: int) -> list[str]:
        return [fault["field"] for fault in assert_problem(reply, status).get("errors", [])]

    def allowed(self, methods: set[str]) -> set[str]:
        return methods | {"HEAD"} if "GET" in methods else methods

    def fields(self, route: Any) -> Sequence[str]:
        return BODY_TYPES[route.path].__struct_encode_fields__

    def texts(self, route: Any) -> set[str]:
        found = {"name", "title", "comment", "firstName", "unknown"} & {*self.fields(route), "unknown"}
        return {field for field in found if (route.path, field) not in _IGNORED}

    def changed(self, route: Any, of: Records, fields: Mapping[str, Any]) -> Any:
        sound = self.body(route, of)
        return [{**sound[0], **fields}] if isinstance(sound, list) else {**sound, **fields}

    def referring(self, route: Any, of: Records, field: str, record_id: str) -> Any:
        if field in ("memberIds", "ownerIds"):
            return self.changed(route, of, {field: [of.user, record_id]})
        changed = self.changed(route, of, {field: record_id})
        if field == "ownerId":
            changed.pop("ownerIds", None)
        return changed

    def faults(self, field: str) -> tuple[list[str], ...]:
        # Both spellings of the owners are one field of the domain.
        return ([field], [f"{field}s"], [f"[0].{field}"])

    def passed_over(self, route: Any, field: str) -> bool:
        return (name(route), field) in _UNTOUCHED

    def read_everything(self, client: InProcess) -> None:
        for route, version in LISTS:
            reply = client.get(f"v{version}{route.path}", limit=1000, includeMetrics="true", formatting="plainText")
            shown = assert_sound(reply)
            assert reply.status == 200
            assert shown["totalCount"] >= len(shown["items"])
            if route.path in ("/lists", "/metrics", "/goals", "/sessions", "/tasks", "/teams", "/users"):
                for item in shown["items"]:
                    one = client.get(f"v1{route.path}/{item['id']}")
                    assert one.status == 200
                    assert_sound(one)
                    for entry in item.get("metricHistory", [])[:3]:
                        assert client.get(f"v1/metrics/checkin/{entry['id']}").status == 200


GTMHUB = Gtmhub()


def path(route: Route, of: Records, version: int | None = None) -> str:
    """A route's path below a base, such as v1/metrics/…"""
    return f"v{version or route.versions[0]}{GTMHUB.filled(route, of)}"


def names(found: list[tuple[Route, int]]) -> list[str]:
    """Routes of a version as test reports show them."""
    return [f"v{version} {name(route)}" for route, version in found]


def is_list(route: Route) -> bool:
    """Whether a route gives a list of an account's records, rather than one, or what is the same for everybody."""
    return route.method == "GET" and not parameters(route) and route.path != "/lists/supported-types"


LISTS = [(route, version) for route in ROUTES if is_list(route) for version in route.versions]


def assert_sound(reply: Reply) -> Any:
    """No failure of the server's, and a sound document; gives its value."""
    return calls.assert_sound(GTMHUB, reply)


def assert_problem(reply: Reply, status: int) -> Any:
    """The answer is a problem document of that status; gives it."""
    assert reply.status == status, reply.body
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["status"] == status
    assert {"type", "title", "detail"} <= reply.json.keys()
    assert all(fault.keys() == {"field", "message"} for fault in reply.json.get("errors", []))
    return reply.json
