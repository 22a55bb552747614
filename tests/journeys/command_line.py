"""A command-line client as it was written in Go: strict types, canonical header names, filters put into the URL as they
stand, and bodies without a Content-Type.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec

from clients import Company, Http, Listing, Moment, read
from wire import Reply

EMAIL = "amara@larkspur.example"


class WhoAmI(msgspec.Struct):
    class User(msgspec.Struct):
        id: str
        client_id: str = msgspec.field(name="clientId")

    class Account(msgspec.Struct):
        id: str
        domain: str

    user: User
    account: Account


class Session(msgspec.Struct, rename="camel"):
    id: str
    account_id: str
    title: str
    start: Moment
    end: Moment
    status: str
    parent_id: str
    color: str
    cadence_type: str
    cadence_time_zone: str


class Assignee(msgspec.Struct, rename="camel"):
    id: str
    account_id: str
    avatar: str
    color: str
    email: str
    is_active: bool
    name: str
    picture: str
    type: str


class Confidence(msgspec.Struct, rename="camel"):
    value: float
    date: Moment
    reason: str
    user_id: str


class Entry(msgspec.Struct, rename="camel"):
    id: str
    metric_id: str
    metric_value: float
    confidence_value: float | None
    comment: str
    changed_by: str
    created_at: Moment
    updated_at: Moment
    attainment: float


class Metric(msgspec.Struct, rename="camel"):
    """`confidence` is whole or left out; nothing else may be missing, and only `critical` may be null."""

    id: str
    account_id: str
    name: str
    description: str
    actual: float
    initial_value: float
    target: float
    target_operator: str
    attainment: float
    critical: float | None
    assignee: Assignee
    assignees: list[Assignee]
    owner_id: str
    owner_ids: list[str]
    number_of_owners: int
    order_id: int
    task_count: int
    goal_id: str
    goal_name: str
    session_id: str
    due_date: Moment
    soft_due_date: Moment
    last_check_in_date: Moment
    date_created: Moment
    metric_history: list[Entry]
    progress_status: str
    url: str
    confidence: Confidence | msgspec.UnsetType = msgspec.UNSET


class Snapshot(msgspec.Struct, rename="camel"):
    id: str
    metric_id: str
    value: float
    confidence: float | None
    comment: str
    check_in_date: Moment


class CommandLine:
    """Somebody's terminal. Every call goes out as Go's net/http writes it."""

    def __init__(self, connect: Callable[..., Http], company: Company) -> None:
        self.account = company.account
        self._token = company.token
        self._http = connect(headers=self._headers(**{"Gtmhub-Accountid": company.account}))

    def _headers(self, **more: str) -> dict[str, str]:
        agent = {"User-Agent": "Go-http-client/1.1", "Authorization": f"Bearer {self._token}"}
        return agent | more | {"Accept-Encoding": "gzip"}

    def who_am_i(self) -> WhoAmI:
        """The first call, made before the client knows the account. A token of three parts would be decoded instead."""
        assert self._token.count(".") != 2
        found: WhoAmI = read(self._http.ask("GET", "v1/users/app/me", headers=self._headers()), WhoAmI)
        return found

    def current_sessions(self) -> list[Session]:
        reply = self._http.ask("GET", "v1/sessions?filter=current&status=open")
        return _listed(reply, Session)

    def key_results(self, sessions: list[str], owner: str, space: str = "+") -> list[Metric]:
        """Somebody's key results, by a filter as the client's author wrote it: relaxed, and not escaped but for the
        space, which Go would not send.
        """
        quoted = ",".join(f'"{session}"' for session in sessions)
        relaxed = f'{{sessionId:{{$in:[{quoted}]}},{space}ownerId:"{owner}"}}'
        return _listed(self._http.ask("GET", f"v2/metrics?filter={relaxed}&limit=1000"), Metric)

    def key_result(self, metric: str) -> Metric:
        found: Metric = read(self._http.ask("GET", f"v1/metrics/{metric}"), Metric)
        return found

    def check_in(self, metric: str, **said: Any) -> Snapshot:
        """A check-in. The client marshals a struct, so that every member is there, and says no Content-Type."""
        whole = {"actual": 0, "comment": "", "confidence": None, "checkInDate": None, "customFields": None}
        body = json.dumps(whole | said, separators=(",", ":"), ensure_ascii=False).encode()
        reply = self._http.ask("POST", f"v1/metrics/{metric}/checkin", body)
        found: Snapshot = read(reply, Snapshot, 201)
        return found

    def get(self, target: str) -> Reply:
        return self._http.ask("GET", target)

    def post(self, target: str, value: Any) -> Reply:
        return self._http.ask("POST", target, json.dumps(value, separators=(",", ":")).encode())


def spoken(moment: datetime, nanoseconds: int = 789) -> str:
    """A moment as Go marshals its own: local time, nanoseconds, and the offset."""
    local = moment.astimezone(timezone(timedelta(hours=5, minutes=30)))
    return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond:06d}{nanoseconds:03d}+05:30"


def now() -> datetime:
    """Now, with a microsecond that does not end in 0: nothing of it is trimmed."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 10 * 10 + 7)


def _listed(reply: Reply, type_: type[Any]) -> list[Any]:
    found = read(reply, Listing[type_])  # type: ignore[valid-type]
    assert found.total == len(found.items)
    return list(found.items)
