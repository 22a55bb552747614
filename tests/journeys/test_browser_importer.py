"""A browser importer: a page of another origin that reads a spreadsheet and writes users, a session, goals, key results
and tasks. What a browser itself does with such calls is done here, too: it asks first, and keeps from the page what the
server does not allow it to see.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from clients import Company, Http, Site

ORIGIN = "https://importer.example.org"
HERE = {"Origin": ORIGIN, "Sec-Fetch-Mode": "cors", "User-Agent": "Mozilla/5.0", "Accept": "*/*"}
NO_DATE = "0001-01-01T00:00:00Z"
# Methods and headers that a browser sends without asking whether it may.
SIMPLE_METHODS = {"GET", "HEAD", "POST"}
SIMPLE_HEADERS = {"accept", "accept-language"}


class Browser:
    """`fetch()` in a page of ORIGIN, with the page's token in its headers."""

    def __init__(self, connect: Callable[..., Http], company: Company) -> None:
        self._http = connect()
        self._headers = {
            "Authorization": f"Bearer {company.token}",
            "gtmhub-accountId": company.account,
            "Content-Type": "application/json",
            "Accept": "application/json, text/plain, */*",
        }
        self.account = company.account
        self.preflights = 0

    def fetch(self, method: str, path: str, value: Any = None) -> tuple[int, Any]:
        """Status and body, if the page may see them."""
        self._ask_first(method, path)
        body = None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        reply = self._http.ask(method, path, body, headers=HERE | self._headers)
        self._let_through(reply.headers)
        return reply.status, json.loads(reply.body) if reply.body else None

    def _ask_first(self, method: str, path: str) -> None:
        """The preflight, which bears no token; the names of the headers in small letters and in order."""
        unsafe = sorted({name.lower() for name in self._headers} - SIMPLE_HEADERS)
        asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": ",".join(unsafe)}
        reply = self._http.ask("OPTIONS", path, headers=HERE | asked)
        assert 200 <= reply.status < 300, (path, reply.status)
        self._let_through(reply.headers)
        allowed = _names(reply.headers["access-control-allow-headers"])
        assert set(unsafe) <= {name.lower() for name in allowed}, "a * would not cover authorization"
        assert method in _names(reply.headers["access-control-allow-methods"]) | SIMPLE_METHODS
        self.preflights += 1

    def _let_through(self, headers: dict[str, str]) -> None:
        assert headers.get("access-control-allow-origin") in ("*", ORIGIN)
        assert "access-control-allow-credentials" not in headers

    def made(self, resource: str, value: dict[str, Any]) -> str:
        """The id of what a POST made: the page takes nothing but 201."""
        status, answer = self.fetch("POST", f"v1/{resource}", value)
        assert status == 201, (resource, answer)
        assert isinstance(answer["id"], str)
        return str(answer["id"])

    def shown(self, path: str) -> Any:
        status, answer = self.fetch("GET", path)
        assert status == 200, (path, answer)
        return answer


def _names(listed: str) -> set[str]:
    return {name.strip() for name in listed.split(",")}


@pytest.fixture
def browser(site: Site, connect: Callable[..., Http]) -> Browser:
    return Browser(connect, site.founded("Spreadsheet"))


def test_users_a_session_goals_metrics_and_tasks(browser: Browser) -> None:
    people = [
        {"email": f"{first.lower()}@sheet.test", "firstName": first, "lastName": last, "language": "en"}
        for first, last in (("Olena", "Kovalenko"), ("José", "Müller"), ("Ada", "O'Brien"))
    ]
    users = [browser.made("users", one) for one in people]
    session = {
        "title": "Q4 2021", "access": None, "parentId": "", "status": "open", "cadenceType": "MONTHLY",
        "cadenceStart": {"periodOfMonth": "firstDay"}, "workflow": None, "cadenceTimeZone": "Europe/Kiev",
        "start": "2021-09-30T21:00:00.000Z", "end": "2021-12-31T21:59:59.999Z",
    }  # fmt: skip
    session_id = browser.made("sessions", session)
    span = {"dateFrom": "2021-09-30T21:00:00Z", "dateTo": "2021-12-31T21:59:59.999Z", "sessionId": session_id}
    written: list[tuple[str, dict[str, Any]]] = []

    def write(resource: str, **said: Any) -> str:
        made = browser.made(resource, said)
        written.append((f"v1/{resource}/{made}", said))
        return made

    company = write("goals", name="Be the first choice", ownerId=browser.account, description="Imported", **span)
    beneath = [
        write("goals", name=name, ownerId=user, parentId=company, tags=[{"title": "sheet"}], **span)
        for name, user in zip(("Sell", "Build", "Help"), users, strict=True)
    ]
    deepest = write("goals", name="Sell abroad", ownerIds=users[:2], parentId=beneath[0], **span)
    metrics = [
        write(
            "metrics", ownerId=users[index % 3], goalId=goal, targetOperator="at_least", initialValue=index,
            target=20 * 1.05 + index, name=f"Result {index}", manualType="double", dueDate=NO_DATE, softDueDate=NO_DATE,
        )
        for index, goal in enumerate([*beneath, *beneath, deepest])
    ]  # fmt: skip
    for parent, kind, status in (
        (company, "goal", "todo"),
        (metrics[0], "metric", "inprogress"),
        (deepest, "goal", "done"),
    ):
        write(
            "tasks", name=f"To do: {status}", ownerId=users[0], status=status, description="", parentId=parent,
            parentType=kind,
        )  # fmt: skip

    assert browser.preflights == len(people) + 1 + len(written) == 19
    for path, said in written:
        shown = browser.shown(path)
        assert {name: shown[name] for name in said} == said
    for user, person in zip(users, people, strict=True):
        shown = browser.shown(f"v1/users/{user}")
        assert {name: shown[name] for name in person} == person
    shown = browser.shown(f"v1/sessions/{session_id}")
    dates = {"start": "2021-09-30T21:00:00Z", "end": "2021-12-31T21:59:59.999Z"}
    assert {name: shown[name] for name in session} == session | dates
    assert [
        one["id"] for one in browser.shown(f"v2/metrics?filter=%7BsessionId:%22{session_id}%22%7D")["items"]
    ] == metrics
    assert browser.shown(f"v1/metrics/{metrics[0]}?expand=tasks")["tasks"][0]["status"] == "inprogress"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["v1/users", "v1/sessions/", "v1/goals", "v1/metrics", "v1/tasks", "v2/metrics"])
def test_a_browser_may_ask_with_every_method(connect: Callable[..., Http], method: str, path: str) -> None:
    asked = {
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,gtmhub-accountid",
    }
    reply = connect().ask("OPTIONS", path, headers=HERE | asked)
    assert reply.status in (200, 204)
    assert method in _names(reply.headers["access-control-allow-methods"])
    assert reply.headers["access-control-allow-origin"] in ("*", ORIGIN)


def test_a_page_is_told_why_it_was_refused(browser: Browser) -> None:
    status, problem = browser.fetch("POST", "v1/goals", {"name": "x", "sessionId": "0123456789abcdef01234567"})
    assert (status, [fault["field"] for fault in problem["errors"]]) == (400, ["sessionId"])
    status, problem = browser.fetch("POST", "v1/users", {"email": "nobody"})
    assert (status, [fault["field"] for fault in problem["errors"]]) == (400, ["email"])
