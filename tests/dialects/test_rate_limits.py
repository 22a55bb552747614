"""So many requests a second, of one token and of one address, and no more."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import token_bucket.storage

from acme import Acme
from calls import Dialect, calls_of
from gtmhub_calls import GTMHUB
from milepost import app
from milepost.asgi import rates
from milepost.asgi.rates import Rates
from milepost.asgi.refused import Refused
from milepost.config import BadSetting, Settings, from_environment
from simpleokr_calls import SIMPLEOKR
from wire import InProcess

LIMIT = 5
Starter = Callable[[int], InProcess]


class Time:
    """The time that buckets fill by."""

    now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """It stands still until it is told to move."""
    made = Time()
    monkeypatch.setattr(token_bucket.storage, "time", made)
    return made


@pytest.fixture
def limited(acme: Acme, time: Time) -> Iterator[Starter]:
    """Clients of servers with a limit, called as Acme's admin."""
    with ExitStack() as stack:

        def start(limit: int) -> InProcess:
            loop = asyncio.new_event_loop()
            stack.callback(loop.close)
            stack.callback(lambda: loop.run_until_complete(loop.shutdown_default_executor()))
            served = stack.enter_context(app.running(Settings(rate_limit=limit), acme.database, acme.clock))
            return InProcess(served, loop, acme.tokens["anna"], acme.account.id)

        yield start


@pytest.mark.parametrize("dialect", [GTMHUB, SIMPLEOKR], ids=str)
def test_who_asks_too_often_is_told_so_in_the_words_of_the_dialect(
    acme: Acme, limited: Starter, time: Time, dialect: Dialect
) -> None:
    client, of = limited(LIMIT), dialect.ours(acme)
    call = calls_of(dialect)[0]
    for left in reversed(range(LIMIT)):
        reply = call.send(client, of)
        assert reply.status == 200
        assert reply.headers["ratelimit-policy"] == f'"address";q={LIMIT};w=1, "token";q={LIMIT};w=1'
        assert reply.headers["ratelimit"] == f'"address";r={left};t=1, "token";r={left};t=1'
    reply = call.send(client, of)
    dialect.refused(reply, 429)
    assert reply.headers["retry-after"] == "1"
    assert reply.headers["ratelimit"] == '"address";r=0;t=1'
    time.now += 1 / LIMIT
    assert call.send(client, of).status == 200
    dialect.refused(call.send(client, of), 429)
    time.now += 60
    assert [call.send(client, of).status for _ in range(LIMIT + 1)] == [200] * LIMIT + [429]


def test_a_token_is_counted_wherever_it_comes_from_and_an_address_whatever_it_sends(
    acme: Acme, limited: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = limited(LIMIT)
    addresses = iter(f"192.0.2.{number}" for number in range(100))
    asked = client._app

    async def from_elsewhere(scope: dict[str, object], *more: object) -> None:
        await asked({**scope, "client": (next(addresses), 1)}, *more)  # type: ignore[arg-type]  # what ASGI passes

    monkeypatch.setattr(client, "_app", from_elsewhere)
    assert [client.get("v1/goals").status for _ in range(LIMIT + 1)] == [200] * LIMIT + [429]
    monkeypatch.setattr(client, "_app", asked)
    ben = client.acting(acme.tokens["ben"], acme.account.id)
    assert [ben.get("v1/goals").status for _ in range(LIMIT)] == [200] * LIMIT
    assert client.acting("wrong", "").get("v1/goals").status == 429
    assert client.acting("", "").request("GET", "/healthz").status == 200


def test_a_network_of_ipv6_is_one_address(acme: Acme, limited: Starter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has one machine has all addresses of its network, and could call from another one each time."""
    client = limited(LIMIT).acting("wrong", "")
    asked, host = client._app, ""

    async def from_there(scope: dict[str, object], *more: object) -> None:
        await asked({**scope, "client": (host, 1)}, *more)  # type: ignore[arg-type]  # what ASGI passes

    monkeypatch.setattr(client, "_app", from_there)
    statuses = []
    for number in range(LIMIT + 1):
        host = f"2001:db8::{number:x}"
        statuses.append(client.get("v1/goals").status)
    assert statuses == [401] * LIMIT + [429]
    host = "2001:db8:0:1::1"
    assert client.get("v1/goals").status == 401
    host = "a client that says no address"
    assert [client.get("v1/goals").status for _ in range(LIMIT + 1)] == [401] * LIMIT + [429]


def test_a_refusal_costs_no_more_than_an_answer(acme: Acme, limited: Starter) -> None:
    client = limited(LIMIT).acting("wrong", "")
    assert [client.get("v1/goals").status for _ in range(LIMIT + 1)] == [401] * LIMIT + [429]


def test_without_a_limit_nothing_is_said(acme: Acme, limited: Starter) -> None:
    client = limited(0)
    for _ in range(3 * LIMIT):
        reply = client.get("v1/goals")
        assert reply.status == 200
        assert not {"ratelimit", "ratelimit-policy"} & reply.headers.keys()


def test_a_client_without_an_address_is_counted_by_its_token(
    acme: Acme, limited: Starter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a socket in the file system."""
    client = limited(LIMIT)
    asked = client._app

    async def from_nowhere(scope: dict[str, object], *more: object) -> None:
        await asked({**scope, "client": None}, *more)  # type: ignore[arg-type]  # what ASGI passes

    monkeypatch.setattr(client, "_app", from_nowhere)
    assert client.get("v1/goals").headers["ratelimit"] == f'"token";r={LIMIT - 1};t=1'


def test_what_is_counted_is_bounded(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "_MOST", 10)
    counted = Rates(1)
    for number in range(1_000):
        counted.count("address", f"2001:db8::{number:x}", [])
        assert len(counted._buckets._buckets) <= 10
    with pytest.raises(Refused):
        counted.count("address", f"2001:db8::{999:x}", [])


@pytest.mark.parametrize(
    ("said", "limit"),
    [(None, 1_000), ("", 1_000), ("off", 0), ("OFF", 0), ("1", 1), (" 250 ", 250)],
)
def test_the_setting(said: str | None, limit: int) -> None:
    environment = {} if said is None else {"MILEPOST_RATE_LIMIT": said}
    assert from_environment(environment).rate_limit == limit


@pytest.mark.parametrize("said", ["0", "-1", "1.5", "many", "1e3", "١٢", "1 000", "9" * 10, "none"])
def test_a_setting_that_cannot_be_is_refused(said: str) -> None:
    with pytest.raises(BadSetting, match=re.escape("MILEPOST_RATE_LIMIT: write a number such as 1000, or off")):
        from_environment({"MILEPOST_RATE_LIMIT": said})
