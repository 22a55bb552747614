"""Browsers: the origins that the operator allows, and no others."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from acme import Acme
from milepost.app import running
from milepost.config import Settings
from wire import InProcess, Reply

OURS, OTHER = "https://okr.example.org", "https://elsewhere.example.org"


@pytest.fixture
def choosy(acme: Acme) -> Iterator[InProcess]:
    """A server that only one origin's pages may call, and whose public address is told."""
    loop = asyncio.new_event_loop()
    settings = Settings(public_url="https://okr.example.org/base", cors_origins=(OURS,))
    with running(settings, acme.database, acme.clock) as app:
        yield InProcess(app, loop, acme.tokens["ben"], acme.account.id)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def _preflight(client: InProcess, origin: str, method: str = "POST", headers: str = "authorization") -> Reply:
    asked = {"origin": origin, "access-control-request-method": method, "access-control-request-headers": headers}
    return client.request("OPTIONS", "v1/metrics", headers=asked)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_preflight_allows_every_method_and_our_headers_to_anybody(anna: InProcess, acme: Acme, method: str) -> None:
    nobody = anna.acting("", "")
    answer = _preflight(nobody, OTHER, method, "Authorization, gtmhub-accountId, Content-Type")
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert {"authorization", "gtmhub-accountid", "content-type"} <= {one.strip() for one in allowed.split(",")}
    assert "access-control-allow-credentials" not in answer.headers


def test_only_the_origins_of_the_settings_are_allowed(choosy: InProcess) -> None:
    assert _preflight(choosy, OURS).headers["access-control-allow-origin"] == OURS
    assert "access-control-allow-origin" not in _preflight(choosy, OTHER).headers
    told = choosy.request("GET", "v1/goals", headers={"origin": OURS}).headers
    assert (told["access-control-allow-origin"], "origin" in told["vary"].lower()) == (OURS, True)
    assert "access-control-allow-origin" not in choosy.request("GET", "v1/goals", headers={"origin": OTHER}).headers


@pytest.mark.parametrize(
    ("path", "status"),
    [("v1/metrics/x", 400), ("v1/metrics/0123456789abcdef01234567", 404), ("v1/nothing", 404), ("v2/metrics", 200)],
)
def test_every_answer_carries_the_header(anna: InProcess, path: str, status: int) -> None:
    answer = anna.request("GET", path, headers={"origin": OTHER})
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (status, "*")


def test_urls_start_with_the_public_address_where_it_is_set(choosy: InProcess, acme: Acme) -> None:
    beginning = f"https://okr.example.org/base/#/goals/{acme.q3.id}/all/{acme.growth}/metrics/"
    assert choosy.get(f"v1/goals/{acme.growth}").json["url"] == beginning
    assert choosy.get(f"v1/metrics/{acme.revenue}").json["url"] == f"{beginning}metric/{acme.revenue}/"
