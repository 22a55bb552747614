"""X-Request-Id: every answer says which request it is for, and so can every line of a log."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from acme import Acme
from calls import Call, calls_of
from gtmhub_calls import GTMHUB
from milepost.asgi import request_id
from milepost.asgi.outermost import Outermost
from milepost.dialects.gtmhub import goals
from simpleokr_calls import SIMPLEOKR
from wire import InProcess

HEADER = "x-request-id"
PREFLIGHT = {"origin": "https://client.test", "access-control-request-method": "POST"}
OTHERS = (
    "/healthz",
    "/docs",
    "/docs/page.js",
    "/docs/swagger-ui-bundle.js",
    "/api/openapi.json",
    "/nothing",
    "/",
    "/api",
)


@pytest.mark.parametrize("call", calls_of(GTMHUB, SIMPLEOKR), ids=str)
def test_every_call_answers_with_the_id_of_its_request(anna: InProcess, acme: Acme, call: Call) -> None:
    of = call.dialect.ours(acme)
    for client in (anna, anna.acting("", "")):
        assert call.send(client, of, headers={HEADER: "abc 1"}).headers[HEADER] == "abc 1"
    assert call.send(anna, call.dialect.nobodys).headers[HEADER]
    preflight = anna.request("OPTIONS", call.address(of), headers={**PREFLIGHT, HEADER: "pre"})
    assert (preflight.status, preflight.headers[HEADER]) == (200, "pre")


@pytest.mark.parametrize("address", OTHERS)
def test_so_does_everything_else(anna: InProcess, address: str) -> None:
    for method in ("GET", "HEAD", "POST", "BREW"):
        reply = anna.acting("", "").request(method, address, headers={HEADER: "abc"})
        assert (reply.headers[HEADER], reply.headers.get("access-control-expose-headers")) == ("abc", None)


def test_one_is_made_where_there_is_none_and_no_two_are_alike(anna: InProcess) -> None:
    made = [anna.request("GET", "/healthz").headers[HEADER] for _ in range(50)]
    assert len(set(made)) == 50
    assert all(len(one) == 32 for one in made)


@pytest.mark.parametrize(
    ("sent", "taken"),
    [("a", True), ("x" * 128, True), ("a b~!", True), ("x" * 129, False), ("", False), ("ä", False), ("a\x7f", False),
     ("a\tb", False), ("a\x00b", False)],
)  # fmt: skip
def test_what_can_be_repeated_as_it_is_is_taken(anna: InProcess, sent: str, taken: bool) -> None:
    assert (anna.request("GET", "/healthz", headers={HEADER: sent}).headers[HEADER] == sent) is taken


def test_a_page_of_another_origin_may_read_it(anna: InProcess) -> None:
    reply = anna.request("GET", "v1/goals", headers={"origin": "https://client.test"})
    assert HEADER in reply.headers["access-control-expose-headers"].split(", ")


class Noting(logging.Handler):
    """Notes under which id each line is written."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(request_id.current())


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_work_on_any_thread_knows_the_id(
    anna: InProcess, acme: Acme, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists run on a reader, changes on the writer; and what fails is logged by the event loop's own thread."""
    seen: list[str] = []

    def failing(*_: Any, **__: Any) -> Any:
        seen.append(request_id.current())
        raise RuntimeError("this must not be shown")

    monkeypatch.setattr(goals.objectives, "list_", failing)
    monkeypatch.setattr(goals.objectives, "add", failing)
    noting = Noting()
    logging.getLogger("milepost").addHandler(noting)
    try:
        body = {"name": "x", "sessionId": acme.q3.id} if method == "POST" else None
        reply = anna.request(method, "v1/goals", body, headers={HEADER: "abc"})
    finally:
        logging.getLogger("milepost").removeHandler(noting)
    assert (reply.status, reply.headers[HEADER]) == (500, "abc")
    assert seen == noting.seen == ["abc"]
    assert request_id.current() == ""


def test_what_no_front_end_has_answered_is_answered_with_it() -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("this must not be shown")

    loop = asyncio.new_event_loop()
    reply = InProcess(Outermost(broken), loop).request("GET", "/x", headers={HEADER: "abc"})
    loop.close()
    assert (reply.status, reply.headers[HEADER], reply.json["status"]) == (500, "abc", 500)
    assert b"must not" not in reply.body


def test_an_answer_that_has_begun_is_not_begun_again() -> None:
    async def broken(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("half way")

    loop = asyncio.new_event_loop()
    with pytest.raises(RuntimeError, match="half way"):
        InProcess(Outermost(broken), loop).request("GET", "/x")
    loop.close()
