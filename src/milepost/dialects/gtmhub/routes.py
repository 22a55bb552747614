"""Every call that this dialect answers: one line each, and nothing is answered that has no line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.lanes import Lane
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import (
    accounts,
    comments,
    custom_fields,
    goals,
    metrics,
    sessions,
    tags,
    tasks,
    teams,
    users,
    values,
)
from milepost.dialects.gtmhub.wire import check_ins as check_in_wire
from milepost.dialects.gtmhub.wire import goals as goal_wire
from milepost.dialects.gtmhub.wire import metric_body
from milepost.dialects.gtmhub.wire import sessions as session_wire
from milepost.dialects.gtmhub.wire import tasks as task_wire
from milepost.dialects.gtmhub.wire import teams as team_wire
from milepost.dialects.gtmhub.wire import users as user_wire
from milepost.domain.people import Capability


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One call. `find` tells, before the body's faults are, whether the record of the path is there; `names` are the
    dialect's names for the domain's fields in errors; `when_suspended`: answered even for a suspended account.
    """

    method: str
    path: str
    handler: Callable[[Request, Context], Answer]
    versions: tuple[int, ...]
    lane: Lane
    needs: Capability
    find: Callable[[Request, Context], None] | None = None
    names: Mapping[str, str] = {}
    when_suspended: bool = False


_V1, _V2, _BOTH = (1,), (2,), (1, 2)
_READ, _CONTRIBUTE, _ADMINISTER = Capability.READ, Capability.CONTRIBUTE, Capability.ADMINISTER

Handler = Callable[[Request, Context], Answer]
Finder = Callable[[Request, Context], None]


def _item(path: str, handler: Handler, *, when_suspended: bool = False) -> Route:
    return Route(
        method="GET",
        path=path,
        handler=handler,
        versions=_V1,
        lane=Lane.SHORT,
        needs=_READ,
        when_suspended=when_suspended,
    )


def _list(path: str, handler: Handler, versions: tuple[int, ...]) -> Route:
    return Route(method="GET", path=path, handler=handler, versions=versions, lane=Lane.LONG, needs=_READ)


def _change(
    method: str, path: str, handler: Handler, needs: Capability, names: Mapping[str, str], find: Finder | None = None
) -> Route:
    return Route(
        method=method,
        path=path,
        handler=handler,
        versions=_V1,
        lane=Lane.WRITE,
        needs=needs,
        find=find,
        names=names,
    )


_METRIC, _CHECK_IN, _GOAL = metric_body.NAMES, check_in_wire.NAMES, goal_wire.NAMES
_SESSION, _USER, _TEAM = session_wire.NAMES, user_wire.NAMES, team_wire.NAMES
_TASK = task_wire.NAMES

# The most frequent calls stand first: routes are tried one after the other.
ROUTES: tuple[Route, ...] = (
    _list("/metrics", metrics.list_, _V2),
    _list("/metrics", metrics.list_v1, _V1),
    _change("POST", "/metrics", metrics.create, _CONTRIBUTE, _METRIC),
    _change("POST", "/metrics/checkins", metrics.check_in_many, _CONTRIBUTE, _CHECK_IN),
    _item("/metrics/{metricId}", metrics.get),
    _change("PUT", "/metrics/{metricId}", metrics.replace, _CONTRIBUTE, _METRIC, metrics.find),
    _change("PATCH", "/metrics/{metricId}", metrics.revise, _CONTRIBUTE, _METRIC, metrics.find),
    _change("DELETE", "/metrics/{metricId}", metrics.remove, _CONTRIBUTE, _METRIC, metrics.find),
    _change("POST", "/metrics/{metricId}/checkin", metrics.check_in, _CONTRIBUTE, _CHECK_IN, metrics.find),
    _item("/metrics/checkin/{checkinId}", metrics.of_check_in),
    _change("PATCH", "/metrics/checkin/{checkinId}", metrics.comment, _CONTRIBUTE, _CHECK_IN, metrics.find_check_in),
    _change("DELETE", "/metrics/checkin/{checkinId}", metrics.withdraw, _ADMINISTER, _CHECK_IN, metrics.find_check_in),
    _list("/metrics/owner/{ownerId}", metrics.of_owner, _V1),
    _list("/metrics/{metricId}/values", values.list_, _V1),
    _list("/goals", goals.list_, _V2),
    _list("/goals", goals.list_v1, _V1),
    _change("POST", "/goals", goals.create, _CONTRIBUTE, _GOAL),
    _list("/goals/metric/{userId}", goals.of_metric_owner, _V1),
    _list("/goals/{id}", goals.get, _V1),
    _change("PUT", "/goals/{id}", goals.replace, _CONTRIBUTE, _GOAL, goals.find),
    _change("PATCH", "/goals/{id}", goals.revise, _CONTRIBUTE, _GOAL, goals.find),
    _change("DELETE", "/goals/{id}", goals.remove, _CONTRIBUTE, _GOAL, goals.find),
    _change("PUT", "/goals/{id}/status", goals.close, _CONTRIBUTE, _GOAL, goals.find),
    _change("DELETE", "/goals/{id}/status", goals.reopen, _CONTRIBUTE, _GOAL, goals.find),
    _list("/sessions", sessions.list_, _V2),
    _list("/sessions", sessions.list_v1, _V1),
    _change("POST", "/sessions", sessions.create, _ADMINISTER, _SESSION),
    _item("/sessions/{id}", sessions.get),
    _change("PUT", "/sessions/{id}", sessions.replace, _ADMINISTER, _SESSION, sessions.find),
    _change("PATCH", "/sessions/{id}", sessions.revise, _ADMINISTER, _SESSION, sessions.find),
    _change("DELETE", "/sessions/{id}", sessions.remove, _ADMINISTER, _SESSION, sessions.find),
    _list("/tasks", tasks.list_, _BOTH),
    _change("POST", "/tasks", tasks.create, _CONTRIBUTE, _TASK),
    _list("/tasks/{id}", tasks.get, _V1),
    _change("PUT", "/tasks/{id}", tasks.replace, _CONTRIBUTE, _TASK, tasks.find),
    _change("PATCH", "/tasks/{id}", tasks.revise, _CONTRIBUTE, _TASK, tasks.find),
    _change("DELETE", "/tasks/{id}", tasks.remove, _CONTRIBUTE, _TASK, tasks.find),
    _list("/users", users.list_, _BOTH),
    _change("POST", "/users", users.create, _ADMINISTER, _USER),
    _item("/users/{id}", users.get),
    _change("PATCH", "/users/{id}", users.revise, _ADMINISTER, _USER, users.find),
    _change("DELETE", "/users/{id}", users.deactivate, _ADMINISTER, _USER, users.find),
    _change("PATCH", "/users/email/{email}", users.change_address, _ADMINISTER, _USER, users.find_by_email),
    _item("/users/app/{sub}", users.of_application),
    _list("/employees", users.employees, _V1),
    _list("/assignees", users.assignees, _V1),
    _list("/teams", teams.list_, _BOTH),
    _change("POST", "/teams", teams.create, _ADMINISTER, _TEAM),
    _item("/teams/{id}", teams.get),
    _change("PUT", "/teams/{id}", teams.replace, _ADMINISTER, _TEAM, teams.find),
    _change("PATCH", "/teams/{id}", teams.revise, _ADMINISTER, _TEAM, teams.find),
    _change("DELETE", "/teams/{id}", teams.remove, _ADMINISTER, _TEAM, teams.find),
    _list("/comments", comments.list_, _V1),
    _list("/tags", tags.list_, _BOTH),
    _list("/customFields", custom_fields.list_, _BOTH),
    _list("/accounts/users", users.of_account, _V1),
    _item("/accounts/{id}", accounts.get, when_suspended=True),
)
