"""The route table: one line for each call of this dialect; other calls are not answered. The OpenAPI document is made
from it.
"""

from __future__ import annotations

from milepost.asgi.lanes import Lane
from milepost.dialects.gtmhub import (
    accounts,
    comments,
    custom_fields,
    goals,
    lists,
    metrics,
    parameters,
    sessions,
    tags,
    tasks,
    teams,
    users,
    values,
)
from milepost.dialects.gtmhub.respond import Listing
from milepost.dialects.gtmhub.route import Kind, Route
from milepost.dialects.gtmhub.route import asking as _asking
from milepost.dialects.gtmhub.route import change as _change
from milepost.dialects.gtmhub.route import get as _get
from milepost.dialects.gtmhub.route import list_ as _list
from milepost.dialects.gtmhub.wire import check_ins as check_in_wire
from milepost.dialects.gtmhub.wire import goals as goal_wire
from milepost.dialects.gtmhub.wire import lists as list_wire
from milepost.dialects.gtmhub.wire import metric_body
from milepost.dialects.gtmhub.wire import sessions as session_wire
from milepost.dialects.gtmhub.wire import tasks as task_wire
from milepost.dialects.gtmhub.wire import teams as team_wire
from milepost.dialects.gtmhub.wire import users as user_wire
from milepost.dialects.gtmhub.wire.check_ins import BulkBody, CheckInBody, CommentBody, SnapshotDto
from milepost.dialects.gtmhub.wire.comments import CommentDto, ValueDto
from milepost.dialects.gtmhub.wire.custom_fields import CustomFieldDto
from milepost.dialects.gtmhub.wire.expanded import CheckedInMetricDto, ExpandedMetricDto
from milepost.dialects.gtmhub.wire.goals import GoalBody, GoalDto, GoalStatusBody
from milepost.dialects.gtmhub.wire.lists import ListBody, ListDto, ListTypeDto
from milepost.dialects.gtmhub.wire.load import LoadBody, RowDto
from milepost.dialects.gtmhub.wire.metric_body import MetricBody
from milepost.dialects.gtmhub.wire.metrics import MetricDto
from milepost.dialects.gtmhub.wire.sessions import SessionBody, SessionDto
from milepost.dialects.gtmhub.wire.shared import AssigneeDto
from milepost.dialects.gtmhub.wire.tags import TagDto
from milepost.dialects.gtmhub.wire.tasks import TaskBody, TaskDto
from milepost.dialects.gtmhub.wire.teams import TeamBody, TeamDto
from milepost.dialects.gtmhub.wire.users import AccountDto, AddressBody, ApplicationUserDto, UserBody, UserDto
from milepost.domain.people import Capability

_V1, _V2, _BOTH = (1,), (2,), (1, 2)
_CHECKS_IN, _CONTRIBUTE, _ADMINISTER = Capability.CHECK_IN, Capability.CONTRIBUTE, Capability.ADMINISTER
_FORMATTED = (parameters.FORMATTING,)
_METRIC = Kind(MetricBody, MetricDto, metric_body.NAMES, _FORMATTED, tagged=True)
_CHECK_IN = Kind(CheckInBody, SnapshotDto, check_in_wire.NAMES)
_CHECK_INS = Kind(list[BulkBody], Listing[SnapshotDto], check_in_wire.NAMES)
_COMMENT = Kind(CommentBody, None, check_in_wire.NAMES)
_GOAL = Kind(GoalBody, GoalDto, goal_wire.NAMES, _FORMATTED, tagged=True)
_STATUS = Kind(GoalStatusBody, None, goal_wire.NAMES)
_SESSION = Kind(SessionBody, SessionDto, session_wire.NAMES, tagged=True)
_TASK = Kind(TaskBody, TaskDto, task_wire.NAMES, _FORMATTED, tagged=True)
_LIST = Kind(ListBody, ListDto, list_wire.NAMES, _FORMATTED, tagged=True)
_LOAD = Kind(LoadBody, Listing[RowDto], list_wire.NAMES)
_TEAM = Kind(TeamBody, TeamDto, team_wire.NAMES, tagged=True)
_USER = Kind(UserBody, UserDto, user_wire.NAMES, tagged=True)
_ADDRESS = Kind(AddressBody, UserDto, user_wire.NAMES, tagged=True)

_SOME = parameters.FORMATTED_LIST
_ONE = parameters.FORMATTED_ITEM
_PAGE = Lane.PAGE

ROUTES: tuple[Route, ...] = (
    _list("/metrics", metrics.list_, _V2, MetricDto, "Metrics, with their history", _SOME, lane=_PAGE),
    _list(
        "/metrics", metrics.list_v1, _V1, MetricDto, "Metrics, with their history", parameters.METRICS_V1, lane=_PAGE,
    ),
    _change("POST", "/metrics", metrics.create, _CONTRIBUTE, _METRIC, "Make a metric", requires=("name", "goalId")),
    _change(
        "POST", "/metrics/checkins", metrics.check_in_many, _CHECKS_IN, _CHECK_INS,
        "Record up to 1,000 check-ins, all or none", requires=("metricId", "actual"), status=200,
    ),
    _get(
        "/metrics/{metricId}", metrics.get, ExpandedMetricDto, "A metric, with its whole history",
        (*_ONE, parameters.EXPAND),
    ),
    _change(
        "PUT", "/metrics/{metricId}", metrics.replace, _CONTRIBUTE, _METRIC,
        "Replace a metric: what is left out becomes zero", metrics.find,
    ),
    _change(
        "PATCH", "/metrics/{metricId}", metrics.revise, _CONTRIBUTE, _METRIC,
        "Change a metric: what is left out stays", metrics.find,
    ),
    _change(
        "DELETE", "/metrics/{metricId}", metrics.remove, _CONTRIBUTE, _METRIC,
        "Delete a metric, with its history (members: own ones)",
        metrics.find,
    ),
    _change(
        "POST", "/metrics/{metricId}/checkin", metrics.check_in, _CHECKS_IN, _CHECK_IN, "Record a check-in",
        metrics.find, requires=("actual",),
    ),
    _get("/metrics/checkin/{checkinId}", metrics.of_check_in, CheckedInMetricDto, "The metric of a check-in", _ONE),
    _change(
        "PATCH", "/metrics/checkin/{checkinId}", metrics.comment, _CONTRIBUTE, _COMMENT,
        "Change the comment of a check-in", metrics.find_check_in,
    ),
    _change(
        "DELETE", "/metrics/checkin/{checkinId}", metrics.withdraw, _ADMINISTER, _CHECK_IN, "Withdraw a check-in",
        metrics.find_check_in,
    ),
    _list(
        "/metrics/owner/{ownerId}", metrics.of_owner, _V1, MetricDto, "Metrics of one owner", _SOME,
        lane=_PAGE, narrows=True, deprecated=True,
    ),
    _list(
        "/metrics/{metricId}/values", values.list_, _V1, ValueDto, "What a metric's value was on which day",
        parameters.VALUES,
    ),
    _list(
        "/goals", goals.list_, _V2, GoalDto, "Goals; with their metrics where asked for", parameters.GOALS, lane=_PAGE,
    ),
    _list(
        "/goals", goals.list_v1, _V1, GoalDto, "Goals; with their metrics where asked for", parameters.GOALS_V1,
        lane=_PAGE,
    ),
    _change("POST", "/goals", goals.create, _CONTRIBUTE, _GOAL, "Make a goal", requires=("name", "sessionId")),
    _list(
        "/goals/metric/{userId}", goals.of_metric_owner, _V1, GoalDto,
        "Goals that have metrics of one owner, with their metrics", _SOME, narrows=True,
    ),
    _get("/goals/{id}", goals.get, GoalDto, "A goal, with its metrics", _ONE, lane=Lane.LONG),
    _change(
        "PUT", "/goals/{id}", goals.replace, _CONTRIBUTE, _GOAL, "Replace a goal: what is left out becomes zero",
        goals.find,
    ),
    _change(
        "PATCH", "/goals/{id}", goals.revise, _CONTRIBUTE, _GOAL, "Change a goal: what is left out stays", goals.find
    ),
    _change(
        "DELETE", "/goals/{id}", goals.remove, _CONTRIBUTE, _GOAL,
        "Delete a goal, with its metrics (members: own ones)", goals.find,
    ),
    _change(
        "PUT", "/goals/{id}/status", goals.close, _CONTRIBUTE, _STATUS, "Say that a goal is achieved, or abandoned",
        goals.find, requires=("status",),
    ),
    _change(
        "DELETE", "/goals/{id}/status", goals.reopen, _CONTRIBUTE, _STATUS, "Make a goal active again", goals.find
    ),
    _list("/sessions", sessions.list_, _V2, SessionDto, "Sessions", lane=_PAGE),
    _list("/sessions", sessions.list_v1, _V1, SessionDto, "Sessions", parameters.SESSIONS_V1),
    _change("POST", "/sessions", sessions.create, _ADMINISTER, _SESSION, "Make a session"),
    _get("/sessions/{id}", sessions.get, SessionDto, "A session"),
    _change(
        "PUT", "/sessions/{id}", sessions.replace, _ADMINISTER, _SESSION,
        "Replace a session: what is left out becomes zero", sessions.find,
    ),
    _change(
        "PATCH", "/sessions/{id}", sessions.revise, _ADMINISTER, _SESSION, "Change a session: what is left out stays",
        sessions.find,
    ),
    _change(
        "DELETE", "/sessions/{id}", sessions.remove, _ADMINISTER, _SESSION, "Delete a session, with its goals",
        sessions.find,
    ),
    _list("/tasks", tasks.list_, _BOTH, TaskDto, "Tasks", _SOME),
    _change("POST", "/tasks", tasks.create, _CONTRIBUTE, _TASK, "Make a task", requires=("name",)),
    _get("/tasks/{id}", tasks.get, TaskDto, "A task", _ONE, lane=Lane.LONG),
    _change(
        "PUT", "/tasks/{id}", tasks.replace, _CONTRIBUTE, _TASK, "Replace a task: what is left out becomes zero",
        tasks.find,
    ),
    _change(
        "PATCH", "/tasks/{id}", tasks.revise, _CONTRIBUTE, _TASK, "Change a task: what is left out stays", tasks.find
    ),
    _change("DELETE", "/tasks/{id}", tasks.remove, _CONTRIBUTE, _TASK, "Delete a task (members: own ones)", tasks.find),
    _list("/lists", lists.list_, _V1, ListDto, "Saved lists of metrics", _SOME),
    _change("POST", "/lists", lists.create, _CONTRIBUTE, _LIST, "Save a list", requires=("title",)),
    _list(
        "/lists/supported-types", lists.supported_types, _V1, ListTypeDto,
        "What lists can be of, and what their rules may say", (),
    ),
    _get("/lists/{id}", lists.get, ListDto, "A saved list", _ONE, lane=Lane.LONG),
    _change(
        "PUT", "/lists/{id}", lists.replace, _CONTRIBUTE, _LIST, "Replace a list: what is left out becomes zero",
        lists.find,
    ),
    _change(
        "PATCH", "/lists/{id}", lists.revise, _CONTRIBUTE, _LIST, "Change a list: what is left out stays", lists.find
    ),
    _change("DELETE", "/lists/{id}", lists.remove, _CONTRIBUTE, _LIST, "Delete a list (members: own ones)", lists.find),
    _asking(
        "/lists/{id}/load", lists.load, _LOAD, "The metrics that a list holds now, in its columns", lists.find,
        parameters.LOAD,
    ),
    _list("/users", users.list_, _BOTH, UserDto, "Users, inactive ones too", lane=_PAGE),
    _change("POST", "/users", users.create, _ADMINISTER, _USER, "Make a user", requires=("email",)),
    _get("/users/{id}", users.get, UserDto, "A user"),
    _change(
        "PATCH", "/users/{id}", users.revise, _ADMINISTER, _USER, "Change a user: what is left out stays", users.find
    ),
    _change("DELETE", "/users/{id}", users.deactivate, _ADMINISTER, _USER, "Deactivate a user", users.find),
    _change(
        "PATCH", "/users/email/{email}", users.change_address, _ADMINISTER, _ADDRESS,
        "Change the address of a user", users.find_by_email,
    ),
    _get("/users/app/{sub}", users.of_application, ApplicationUserDto, "Whose token is this? (`sub`: `me`)", ()),
    _list("/employees", users.employees, _V1, UserDto, "Users, as `GET /users`"),
    _list("/assignees", users.assignees, _V1, AssigneeDto, "Everybody who can own something: users and teams"),
    _list("/teams", teams.list_, _BOTH, TeamDto, "Teams", _SOME),
    _change("POST", "/teams", teams.create, _ADMINISTER, _TEAM, "Make a team"),
    _get("/teams/{id}", teams.get, TeamDto, "A team", _ONE),
    _change(
        "PUT", "/teams/{id}", teams.replace, _ADMINISTER, _TEAM, "Replace a team: what is left out becomes zero",
        teams.find,
    ),
    _change(
        "PATCH", "/teams/{id}", teams.revise, _ADMINISTER, _TEAM, "Change a team: what is left out stays", teams.find
    ),
    _change("DELETE", "/teams/{id}", teams.remove, _ADMINISTER, _TEAM, "Delete a team", teams.find),
    _list("/comments", comments.list_, _V1, CommentDto, "Comments of check-ins, the oldest first"),
    _list("/tags", tags.list_, _BOTH, TagDto, "Tags, and how many goals and metrics have each"),
    _list("/customFields", custom_fields.list_, _BOTH, CustomFieldDto, "Definitions of custom fields"),
    _list(
        "/accounts/users", users.of_account, _V1, UserDto, "Users, as `GET /users`", deprecated=True,
    ),
    _get("/accounts/{id}", accounts.get, AccountDto, "The caller's account", when_suspended=True),
)  # fmt: skip
