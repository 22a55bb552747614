"""The vendor's own Python: each snippet of the documentation as it stands, run as a program of its own against a live
server, with nothing filled in but the address, the token, the account, the ids and the body.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from clients import Company, Http, Site, read

PAGE = Path(__file__).parents[3] / "shared" / "seeds" / "gtmhub-key-results.txt"

pytestmark = pytest.mark.skipif(
    not PAGE.exists(),
    reason=f"the vendor's page is not beside this project (shared/seeds/{PAGE.name}): its Python was not run",
)

_SNIPPET = re.compile(r"^import requests, json$.*?^requests\.\w+\(.*?\)$", re.MULTILINE | re.DOTALL)
_HOST = "https://app.gtmhub.com"
_CALL = re.compile(r'url = "https://[^/]+([^"]*)".*^requests\.(\w+)\(', re.MULTILINE | re.DOTALL)
# Runs a program as it is given, and tells what its last line, a call whose result it drops, came to.
_RUNNER = """
import ast, sys
program = ast.parse(sys.stdin.read())
last = program.body.pop()
assert isinstance(last, ast.Expr)
names = {}
exec(compile(program, "snippet", "exec"), names)
answer = eval(compile(ast.Expression(last.value), "snippet", "eval"), names)
print(answer.status_code)
print(answer.text)
"""

# The success that the page documents for each operation; what it shows there is told apart below.
EXPECTED = {
    "get /api/v2/metrics": 200,
    "get /api/v1/metrics/checkin/{checkinId}": 200,
    "get /api/v1/metrics/owner/{ownerId}": 200,
    "get /api/v1/metrics/{metricId}": 200,
    "post /api/v1/metrics": 201,
    "post /api/v1/metrics/checkins": 200,
    "post /api/v1/metrics/{metricId}/checkin": 201,
    "put /api/v1/goals/{id}/status": 204,
    "put /api/v1/metrics/{metricId}": 200,
    "patch /api/v1/metrics/checkin/{checkinId}": 204,
    "patch /api/v1/metrics/{metricId}": 200,
    "delete /api/v1/goals/{id}/status": 204,
    "delete /api/v1/metrics/checkin/{checkinId}": 204,
    "delete /api/v1/metrics/{metricId}": 204,
}


class Ran(msgspec.Struct, frozen=True):
    """What a snippet's call was answered."""

    status: int
    text: str

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.text)


class World(msgspec.Struct, frozen=True):
    """A company with one of each thing that the snippets name, and a client that looks at it from beside them."""

    site: Site
    company: Company
    http: Http
    ids: dict[str, str]

    def get(self, path: str) -> Any:
        return read(self.http.ask("GET", path), dict)

    def body(self, call: str) -> Any:
        """What stands for `undefined` in a snippet."""
        metric = {"name": "Weekly visitors", "goalId": self.ids["id"], "target": 200.5}
        return {
            "post /api/v1/metrics": metric,
            "post /api/v1/metrics/checkins": [{"metricId": self.ids["metricId"], "actual": 10}],
            "post /api/v1/metrics/{metricId}/checkin": {"actual": 10, "comment": "½", "confidence": None},
            "put /api/v1/metrics/{metricId}": metric,
            "patch /api/v1/metrics/checkin/{checkinId}": {"comment": "better"},
            "patch /api/v1/metrics/{metricId}": {"name": "Revenue"},
        }.get(call)

    def run(self, call: str, *, data: Any = None) -> Ran:
        """Run the page's snippet of a call. `data`: a body where the snippet has no place for one."""
        holes = {"token": self.company.token, "accountId": self.company.account, **self.ids}
        snippet = _snippets()[call].replace(_HOST, self.site.address).replace("undefined", repr(self.body(call)))
        for name, value in holes.items():
            snippet = snippet.replace("{" + name + "}", value)
        if data is not None:
            snippet = snippet.replace("headers = headers)", f"headers = headers, data=json.dumps({data!r}))")
        ran = subprocess.run(
            [sys.executable, "-c", _RUNNER], input=snippet, capture_output=True, text=True, timeout=60, check=False
        )
        assert (ran.returncode, ran.stderr) == (0, ""), f"{snippet}\n{ran.stderr}"
        status, _, text = ran.stdout.partition("\n")
        return Ran(int(status), text.rstrip("\n"))


def _snippets() -> dict[str, str]:
    """Each Python snippet of the page by the call that it makes, its holes still in it."""
    found = _SNIPPET.findall(PAGE.read_text(encoding="utf-8"))
    calls = [_CALL.search(snippet) for snippet in found]
    return {f"{call[2]} {call[1]}": snippet for call, snippet in zip(calls, found, strict=True) if call is not None}


@pytest.fixture
def world(site: Site, connect: Callable[..., Http]) -> World:
    company = site.founded("Documented")
    http = connect(headers={"Authorization": f"Bearer {company.token}", "gtmhub-accountId": company.account})

    def made(path: str, body: dict[str, Any]) -> str:
        return str(read(http.ask("POST", f"v1/{path}", msgspec.json.encode(body)), dict, 201)["id"])

    session = made("sessions", {"title": "Q"})
    goal = made("goals", {"name": "Grow", "sessionId": session})
    metric = made("metrics", {"name": "Monthly revenue", "goalId": goal})
    check_in = made(f"metrics/{metric}/checkin", {"actual": 1, "comment": "first"})
    me = read(http.ask("GET", "v1/users/app/me"), dict)["user"]["id"]
    return World(site, company, http, {"metricId": metric, "checkinId": check_in, "ownerId": me, "id": goal})


def test_the_page_has_one_snippet_for_each_operation() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert list(_snippets()) == list(EXPECTED)
    assert text.count("import requests, json") == len(EXPECTED)


@pytest.mark.parametrize("call", [call for call in EXPECTED if call != "put /api/v1/goals/{id}/status"])
def test_a_snippet_answers_what_the_page_says(call: str, world: World) -> None:
    ran = world.run(call)
    assert ran.status == EXPECTED[call], ran.text
    shown = world.http.ask("GET", f"v1/metrics/{world.ids['metricId']}")
    match call.split(" ", 1):
        case "get", "/api/v2/metrics" | "/api/v1/metrics/owner/{ownerId}":
            assert [one["id"] for one in ran.json["items"]] == [world.ids["metricId"]]
        case "get", _:
            assert ran.json["id"] == world.ids["metricId"]
        case "delete", "/api/v1/metrics/{metricId}":
            assert (ran.text, shown.status) == ("", 404)
        case "delete", "/api/v1/metrics/checkin/{checkinId}":
            assert (ran.text, shown.json["metricHistory"]) == ("", [])
        case "patch", "/api/v1/metrics/checkin/{checkinId}":
            assert (ran.text, shown.json["metricHistory"][0]["comment"]) == ("", "better")
        case "put" | "patch", "/api/v1/metrics/{metricId}":
            assert ran.json == shown.json
            assert shown.json["name"] == world.body(call)["name"]
        case "post", "/api/v1/metrics":
            assert world.get(f"v1/metrics/{ran.json['id']}") == ran.json
            assert (ran.json["name"], ran.json["target"]) == ("Weekly visitors", 200.5)
        case "post", _:
            assert shown.json["actual"] == 10
            assert len(shown.json["metricHistory"]) == 2


def test_the_snippet_of_a_goals_status_has_no_place_for_a_body(world: World) -> None:
    """It is refused as it stands, with a code that the page documents, too; with a status it is taken."""
    call, goal = "put /api/v1/goals/{id}/status", f"v1/goals/{world.ids['id']}"
    assert world.run(call).status == 400
    ran = world.run(call, data={"status": "achieved", "comment": "done"})
    assert (ran.status, ran.text) == (EXPECTED[call], "")
    assert world.get(goal)["closedStatus"]["status"] == "achieved"
    assert world.run("delete /api/v1/goals/{id}/status").status == 204
    assert world.get(goal)["closedStatus"]["status"] == "active"
