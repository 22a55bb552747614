"""The vendor's own documentation as input: each curl line about key results, each filter and sort example."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from acme import Acme
from wire import InProcess

PAGE = Path(__file__).parents[4] / "shared" / "seeds" / "gtmhub-key-results.txt"
MISSING = f"the vendor's page is not beside this project (shared/seeds/{PAGE.name}): its curl lines were not replayed"

# The documented success of each call, in the order of the page.
EXPECTED = {
    "GET /api/v2/metrics": 200,
    "GET /api/v1/metrics/checkin/{checkinId}": 200,
    "GET /api/v1/metrics/owner/{ownerId}": 200,
    "GET /api/v1/metrics/{metricId}": 200,
    "POST /api/v1/metrics": 201,
    "POST /api/v1/metrics/checkins": 200,
    "POST /api/v1/metrics/{metricId}/checkin": 201,
    "PUT /api/v1/goals/{id}/status": 204,
    "PUT /api/v1/metrics/{metricId}": 200,
    "PATCH /api/v1/metrics/checkin/{checkinId}": 204,
    "PATCH /api/v1/metrics/{metricId}": 200,
    "DELETE /api/v1/goals/{id}/status": 204,
    "DELETE /api/v1/metrics/checkin/{checkinId}": 204,
    "DELETE /api/v1/metrics/{metricId}": 204,
}


class Curl(msgspec.Struct, frozen=True):
    """One curl command of the page, its placeholders still in it."""

    method: str
    target: str
    headers: dict[str, str]
    body: str

    @property
    def call(self) -> str:
        return f"{self.method} {self.target.partition('?')[0]}"


def _curls() -> list[Curl]:
    if not PAGE.exists():
        return []
    found = []
    for command in re.findall(r"^curl -X .+?(?=\n\n)", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        method, target = re.findall(r"curl -X (\w+) 'https://[^/]+(/[^']*)'", command)[0]
        headers = dict(re.findall(r"-H '([^:']+): ([^']*)'", command))
        body = re.findall(r"-d '([^']*)'", command)
        found.append(Curl(method, target, headers, body[0] if body else ""))
    return found


def _bodies(world: Acme) -> dict[str, Any]:
    """What the page's `undefined` stands for."""
    metric = {"name": "Weekly visitors", "goalId": world.growth, "target": 200}
    return {
        "POST /api/v1/metrics": metric,
        "POST /api/v1/metrics/checkins": [{"metricId": world.revenue, "actual": 10}],
        "POST /api/v1/metrics/{metricId}/checkin": {"actual": 10, "comment": "", "confidence": None},
        "PUT /api/v1/metrics/{metricId}": metric,
        "PATCH /api/v1/metrics/checkin/{checkinId}": {"comment": "better"},
        "PATCH /api/v1/metrics/{metricId}": {"name": "Revenue"},
    }


def test_the_page_has_a_curl_line_for_each_documented_operation() -> None:
    if not PAGE.exists():
        pytest.skip(MISSING)
    assert [curl.call for curl in _curls()] == list(EXPECTED)


@pytest.mark.parametrize("call", EXPECTED)
def test_a_curl_line_of_the_page_answers_what_the_page_says(call: str, anna: InProcess, acme: Acme) -> None:
    if not PAGE.exists():
        pytest.skip(MISSING)
    (curl,) = [one for one in _curls() if one.call == call]
    check_in = anna.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 1}).json["id"]
    places = {"metricId": acme.revenue, "checkinId": check_in, "ownerId": acme.anna.id, "id": acme.growth}
    path, question, query = curl.target.partition("?")
    target = path.format_map(places) + question + query.replace(" ", "%20").replace('"', "%22")
    headers = {"Host": "milepost.test", **curl.headers, "Authorization": f"Bearer {acme.tokens['anna']}"}
    if "gtmhub-accountId" in headers:
        headers["gtmhub-accountId"] = acme.account.id
    body = curl.body.replace("undefined", msgspec.json.encode(_bodies(acme).get(call)).decode())
    if call == "PUT /api/v1/goals/{id}/status":
        body = '{"status": "achieved"}'  # the page shows none: the body is this contract's choice
    assert anna.send(curl.method, target, headers, body.encode()).status == EXPECTED[call]


@pytest.fixture
def named(ben: InProcess, acme: Acme) -> InProcess:
    """A client in a company whose metrics have the names that the documentation filters by."""
    for name in ("sales", "marketing", "Field Sales Team", "sales"):
        assert ben.post("v1/metrics", {"name": name, "goalId": acme.growth}).status == 201
    return ben


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ('{name: {$in: ["sales", "marketing"]}}', ["sales", "marketing", "sales"]),
        ('{"name":{$regex:".*Sales.*"}}', ["Field Sales Team"]),
    ],
)
def test_a_filter_of_the_documentation(named: InProcess, asked: str, names: list[str]) -> None:
    if PAGE.exists():
        assert asked in PAGE.read_text(encoding="utf-8")
    answer = named.get("v2/metrics", filter=asked)
    assert [metric["name"] for metric in answer.json["items"]] == names
    assert answer.json["totalCount"] == len(names)


def test_the_sort_of_the_documentation(named: InProcess) -> None:
    metrics = named.get("v2/metrics", sort="-name,dateCreated").json["items"]
    assert [one["name"] for one in metrics] == ["sales", "sales", "marketing", "Monthly revenue", "Field Sales Team"]
    assert metrics[0]["dateCreated"] < metrics[1]["dateCreated"]


def test_all_the_parameters_of_the_documentation_at_once(named: InProcess) -> None:
    answer = named.get(
        "v2/metrics",
        fields="name,description",
        sort="-name,dateCreated",
        filter='{name: {$in: ["sales", "marketing"]}}',
        skip=2,
        limit=10,
        formatting="plainText",
    )
    (only,) = answer.json["items"]
    assert (only["name"], set(only), answer.json["totalCount"]) == ("marketing", {"id", "name", "description"}, 3)
