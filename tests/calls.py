"""Every call of the Gtmhub dialect's route table, filled in: whose records its path names, and a body that it takes.

A route that is not filled in here fails the tests that walk the table, so that none can be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec

from acme import Acme
from milepost.actions import check_ins
from milepost.dialects.gtmhub.routes import ROUTES, Route
from milepost.dialects.gtmhub.wire.check_ins import BulkBody, CheckInBody
from milepost.dialects.gtmhub.wire.goals import GoalBody, GoalStatusBody
from milepost.dialects.gtmhub.wire.metric_body import MetricBody
from milepost.dialects.gtmhub.wire.sessions import SessionBody
from milepost.dialects.gtmhub.wire.users import UserBody
from milepost.domain.check_in import Entry
from milepost.domain.people import User
from milepost.store.engine import Database
from wire import Reply

BASES = ("/api", "/results/api")
UNKNOWN = "0123456789abcdef01234567"


class Records(msgspec.Struct, frozen=True):
    """One record of each kind, of one account."""

    account: str
    session: str
    goal: str
    metric: str
    snapshot: str
    user: str
    email: str


NOBODYS = Records(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, "nobody@nowhere.test")


def ours(acme: Acme) -> Records:
    """Acme's, with a fresh check-in."""
    entry = _checked_in(acme, acme.anna, acme.revenue)
    return Records(acme.account.id, acme.q3.id, acme.growth, acme.revenue, entry, acme.ben.id, acme.ben.email)


def theirs(acme: Acme) -> Records:
    """The rival's, with a fresh check-in."""
    entry = _checked_in(acme, acme.rita, acme.rival_key_result)
    return Records(
        acme.rival.id,
        acme.rival_cycle,
        acme.rival_objective,
        acme.rival_key_result,
        entry,
        acme.rita.id,
        acme.rita.email,
    )


def _checked_in(acme: Acme, user: User, key_result_id: str) -> str:
    return check_ins.record(acme.context(user), key_result_id, Entry(value=4.5, comment="so far"))[1].id


# What each parameter of a path names, by the path's first segment and the parameter's name.
PARAMETERS: dict[tuple[str, str], str] = {
    ("accounts", "id"): "account",
    ("goals", "id"): "goal",
    ("goals", "userId"): "user",
    ("metrics", "checkinId"): "snapshot",
    ("metrics", "metricId"): "metric",
    ("metrics", "ownerId"): "user",
    ("sessions", "id"): "session",
    ("users", "email"): "email",
    ("users", "id"): "user",
    ("users", "sub"): "user",
}

# A body that each call takes, by method and path; the references in it are those of the records.
BODIES: dict[tuple[str, str], Callable[[Records], Any]] = {
    ("POST", "/metrics"): lambda of: {"name": "New", "goalId": of.goal, "ownerIds": [of.user]},
    ("POST", "/metrics/checkins"): lambda of: [{"metricId": of.metric, "actual": 5}],
    ("PUT", "/metrics/{metricId}"): lambda of: {"name": "Other", "ownerIds": [of.user], "target": 50},
    ("PATCH", "/metrics/{metricId}"): lambda of: {"name": "Other", "actual": 6},
    ("POST", "/metrics/{metricId}/checkin"): lambda of: {"actual": 5, "comment": "on"},
    ("PATCH", "/metrics/checkin/{checkinId}"): lambda of: {"comment": "other"},
    ("POST", "/goals"): lambda of: {"name": "New", "sessionId": of.session, "ownerIds": [of.user]},
    ("PUT", "/goals/{id}"): lambda of: {"name": "Other", "ownerIds": [of.user]},
    ("PATCH", "/goals/{id}"): lambda of: {"name": "Other"},
    ("PUT", "/goals/{id}/status"): lambda of: {"status": "achieved", "comment": "done"},
    ("POST", "/sessions"): lambda of: {"title": "Q4"},
    ("PUT", "/sessions/{id}"): lambda of: {"title": "Other"},
    ("PATCH", "/sessions/{id}"): lambda of: {"title": "Other"},
    ("POST", "/users"): lambda of: {"email": "new@acme.test"},
    ("PATCH", "/users/{id}"): lambda of: {"firstName": "Other"},
    ("PATCH", "/users/email/{email}"): lambda of: {"email": "other@acme.test"},
}

# The body of each call; every field of it that ends in Id or Ids refers to another record.
BODY_TYPES: dict[str, type[msgspec.Struct]] = {
    "/metrics": MetricBody,
    "/metrics/checkins": BulkBody,
    "/metrics/{metricId}": MetricBody,
    "/metrics/{metricId}/checkin": CheckInBody,
    "/metrics/checkin/{checkinId}": CheckInBody,
    "/goals": GoalBody,
    "/goals/{id}": GoalBody,
    "/goals/{id}/status": GoalStatusBody,
    "/sessions": SessionBody,
    "/sessions/{id}": SessionBody,
    "/users": UserBody,
    "/users/{id}": UserBody,
    "/users/email/{email}": UserBody,
}


def parameters(route: Route) -> list[str]:
    """The names of a route's path parameters."""
    return re.findall(r"{(\w+)}", route.path)


def kind(route: Route, parameter: str) -> str:
    """What a parameter of a route names."""
    segment = route.path.split("/")[1]
    assert (segment, parameter) in PARAMETERS, f"say in tests/calls.py what {parameter} of {route.path} names"
    return PARAMETERS[(segment, parameter)]


def path(route: Route, of: Records, version: int | None = None, **instead: str) -> str:
    """A route's path below a base, such as v1/metrics/…; `instead` gives parameters other values."""
    filled = route.path
    for name in parameters(route):
        value = instead.get(name, getattr(of, kind(route, name)))
        filled = filled.replace(f"{{{name}}}", quote(value, safe=""))
    return f"v{version or route.versions[0]}{filled}"


def body(route: Route, of: Records) -> Any:
    """A body that a route takes; `None` for calls that take none."""
    if route.method in ("GET", "DELETE"):
        return None
    key = (route.method, route.path)
    assert key in BODIES, f"say in tests/calls.py what body {route.method} {route.path} takes"
    return BODIES[key](of)


def name(route: Route) -> str:
    """A route as test reports show it."""
    return f"{route.method} {route.path}"


def names(found: list[tuple[Route, int]]) -> list[str]:
    """Routes of a version as test reports show them."""
    return [f"v{version} {name(route)}" for route, version in found]


def is_list(route: Route) -> bool:
    """Whether a route gives a list, rather than a record."""
    return route.method == "GET" and not parameters(route)


LISTS = [(route, version) for route in ROUTES if is_list(route) for version in route.versions]


def assert_problem(reply: Reply, status: int) -> Any:
    """The answer is a problem document of that status; gives it."""
    assert reply.status == status, reply.body
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json["status"] == status
    assert {"type", "title", "detail"} <= reply.json.keys()
    return reply.json


def held(database: Database, account_id: str) -> dict[str, list[Any]]:
    """Every row of an account, by table."""
    connection = database.connection
    found = {"accounts": connection.execute("SELECT * FROM accounts WHERE id = ?", (account_id,)).fetchall()}
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        columns = [column[1] for column in connection.execute(f"PRAGMA table_info({table})")]
        if "account_id" in columns:
            found[table] = connection.execute(
                f"SELECT * FROM {table} WHERE account_id = ? ORDER BY rowid", (account_id,)
            ).fetchall()
    return found
