"""Section 6: who may do what, as one table of calls and roles."""

from __future__ import annotations

from typing import Any

import pytest

from acme import Acme
from wire import InProcess

ROLES = ("admin", "member", "viewer")

# call: (method, path, body, the statuses for admin, member and viewer). What is deleted is Anna's, the admin's.
CALLS: dict[str, tuple[str, str, Any, tuple[int, int, int]]] = {
    "list metrics": ("GET", "v2/metrics", None, (200, 200, 200)),
    "read a metric": ("GET", "v1/metrics/{metric}", None, (200, 200, 200)),
    "read the metric of a check-in": ("GET", "v1/metrics/checkin/{entry}", None, (200, 200, 200)),
    "list an owner's metrics": ("GET", "v1/metrics/owner/{anna}", None, (200, 200, 200)),
    "read a goal": ("GET", "v1/goals/{goal}", None, (200, 200, 200)),
    "list sessions": ("GET", "v1/sessions", None, (200, 200, 200)),
    "list users": ("GET", "v2/users", None, (200, 200, 200)),
    "list assignees": ("GET", "v1/assignees", None, (200, 200, 200)),
    "list users in other words": ("GET", "v1/employees", None, (200, 200, 200)),
    "list an account's users": ("GET", "v1/accounts/users", None, (200, 200, 200)),
    "list teams": ("GET", "v2/teams", None, (200, 200, 200)),
    "read a team": ("GET", "v1/teams/{team}", None, (200, 200, 200)),
    "list comments": ("GET", "v1/comments", None, (200, 200, 200)),
    "list tags": ("GET", "v2/tags", None, (200, 200, 200)),
    "list custom fields": ("GET", "v2/customFields", None, (200, 200, 200)),
    "read a metric's values": ("GET", "v1/metrics/{metric}/values", None, (200, 200, 200)),
    "read the account": ("GET", "v1/accounts/{account}", None, (200, 200, 200)),
    "add a metric": ("POST", "v1/metrics", {"name": "x", "goalId": "{goal}"}, (201, 201, 403)),
    "check in": ("POST", "v1/metrics/{metric}/checkin", {"actual": 1}, (201, 201, 403)),
    "check in, many": ("POST", "v1/metrics/checkins", [{"metricId": "{metric}", "actual": 1}], (200, 200, 403)),
    "replace a metric": ("PUT", "v1/metrics/{metric}", {"name": "x"}, (200, 200, 403)),
    "revise a metric": ("PATCH", "v1/metrics/{metric}", {"name": "x"}, (200, 200, 403)),
    "edit a comment": ("PATCH", "v1/metrics/checkin/{entry}", {"comment": "x"}, (204, 204, 403)),
    "withdraw a check-in": ("DELETE", "v1/metrics/checkin/{entry}", None, (204, 403, 403)),
    "delete another's metric": ("DELETE", "v1/metrics/{metric}", None, (204, 403, 403)),
    "add a goal": ("POST", "v1/goals", {"name": "x", "sessionId": "{session}"}, (201, 201, 403)),
    "replace a goal": ("PUT", "v1/goals/{goal}", {"name": "x"}, (200, 200, 403)),
    "revise a goal": ("PATCH", "v1/goals/{goal}", {"name": "x"}, (200, 200, 403)),
    "delete another's goal": ("DELETE", "v1/goals/{goal}", None, (204, 403, 403)),
    "set a goal's status": ("PUT", "v1/goals/{goal}/status", {"status": "achieved"}, (204, 204, 403)),
    "take a goal's status back": ("DELETE", "v1/goals/{goal}/status", None, (204, 204, 403)),
    "list tasks": ("GET", "v1/tasks", None, (200, 200, 200)),
    "add a task": ("POST", "v1/tasks", {"name": "x", "parentId": "{metric}"}, (201, 201, 403)),
    "replace a task": ("PUT", "v1/tasks/{task}", {"name": "x"}, (200, 200, 403)),
    "revise a task": ("PATCH", "v1/tasks/{task}", {"status": "done"}, (200, 200, 403)),
    "delete another's task": ("DELETE", "v1/tasks/{task}", None, (204, 403, 403)),
    "list lists": ("GET", "v1/lists", None, (200, 200, 200)),
    "read a list": ("GET", "v1/lists/{list}", None, (200, 200, 200)),
    "read what lists can be of": ("GET", "v1/lists/supported-types", None, (200, 200, 200)),
    "load a list": ("POST", "v1/lists/{list}/load", {}, (200, 200, 200)),
    "add a list": ("POST", "v1/lists", {"title": "x"}, (201, 201, 403)),
    "replace a list": ("PUT", "v1/lists/{list}", {"title": "x"}, (200, 200, 403)),
    "revise a list": ("PATCH", "v1/lists/{list}", {"title": "x"}, (200, 200, 403)),
    "delete another's list": ("DELETE", "v1/lists/{list}", None, (204, 403, 403)),
    "add a session": ("POST", "v1/sessions", {"title": "x"}, (201, 403, 403)),
    "replace a session": ("PUT", "v1/sessions/{session}", {"title": "x"}, (200, 403, 403)),
    "revise a session": ("PATCH", "v1/sessions/{session}", {"status": "closed"}, (200, 403, 403)),
    "delete a session": ("DELETE", "v1/sessions/{session}", None, (204, 403, 403)),
    "add a team": ("POST", "v1/teams", {"name": "x"}, (201, 403, 403)),
    "replace a team": ("PUT", "v1/teams/{team}", {"name": "x"}, (200, 403, 403)),
    "revise a team": ("PATCH", "v1/teams/{team}", {"name": "x"}, (200, 403, 403)),
    "delete a team": ("DELETE", "v1/teams/{team}", None, (204, 403, 403)),
    "add a user": ("POST", "v1/users", {"email": "new@acme.test"}, (201, 403, 403)),
    "revise a user": ("PATCH", "v1/users/{vera}", {"roles": ["admin"]}, (200, 403, 403)),
    "change an address": ("PATCH", "v1/users/email/vera@acme.test", {"email": "v@acme.test"}, (200, 403, 403)),
    "deactivate a user": ("DELETE", "v1/users/{vera}", None, (204, 403, 403)),
}


def _filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str):
        return value.format_map(names)
    if isinstance(value, list):
        return [_filled(one, names) for one in value]
    return {key: _filled(one, names) for key, one in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("call", CALLS)
def test_a_role_may_do_what_the_table_says(
    call: str, role: str, acme: Acme, anna: InProcess, ben: InProcess, vera: InProcess
) -> None:
    entry = anna.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 10}).json["id"]
    task = anna.post("v1/tasks", {"name": "x"}).json["id"]
    names = {
        "task": task, "metric": acme.revenue, "goal": acme.growth, "session": acme.q3.id, "account": acme.account.id,
        "anna": acme.anna.id, "vera": acme.vera.id, "entry": entry,
        "team": anna.post("v1/teams", {"name": "Sales"}).json["id"],
        "list": anna.post("v1/lists", {"title": "x"}).json["id"],
    }  # fmt: skip
    method, path, body, statuses = CALLS[call]
    client = dict(zip(ROLES, (anna, ben, vera), strict=True))[role]
    answer = client.request(method, _filled(path, names), _filled(body, names))
    assert answer.status == statuses[ROLES.index(role)]


def test_a_member_deletes_what_he_owns_or_created(anna: InProcess, ben: InProcess, acme: Acme) -> None:
    made = ben.post("v1/metrics", {"name": "x", "goalId": acme.growth, "ownerId": acme.anna.id}).json["id"]
    owned = anna.post("v1/metrics", {"name": "x", "goalId": acme.growth, "ownerIds": [acme.vera.id, acme.ben.id]})
    goal = ben.post("v1/goals", {"name": "x", "sessionId": acme.q3.id, "ownerId": acme.anna.id}).json["id"]
    assert ben.delete(f"v1/metrics/{made}").status == 204
    assert ben.delete(f"v1/metrics/{owned.json['id']}").status == 204
    assert ben.delete(f"v1/goals/{goal}").status == 204


def test_a_token_acts_with_the_role_that_its_user_has_now(anna: InProcess, ben: InProcess, acme: Acme) -> None:
    assert ben.patch(f"v1/metrics/{acme.revenue}", {"name": "x"}).status == 200
    assert anna.patch(f"v1/users/{acme.ben.id}", {"roles": ["viewer"]}).status == 200
    assert ben.patch(f"v1/metrics/{acme.revenue}", {"name": "y"}).status == 403


def test_an_inactive_users_tokens_are_refused(anna: InProcess, ben: InProcess, acme: Acme) -> None:
    assert anna.delete(f"v1/users/{acme.ben.id}").status == 204
    assert ben.get("v1/users/app/me").status == 401


def test_the_last_admin_stays_one(anna: InProcess, acme: Acme) -> None:
    assert anna.delete(f"v1/users/{acme.anna.id}").status == 400
    assert anna.patch(f"v1/users/{acme.anna.id}", {"roles": ["member"]}).status == 400
