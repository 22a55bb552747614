"""Who presents one wrong token after the other waits, then is turned away; who has a good one does neither."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from acme import Acme
from calls import Dialect
from gtmhub_calls import GTMHUB
from milepost.app import running
from milepost.asgi import failed_sign_ins
from milepost.asgi.failed_sign_ins import FailedSignIns
from milepost.asgi.origins import origin
from milepost.asgi.refused import Refused
from milepost.config import Settings
from simpleokr_calls import SIMPLEOKR
from wire import InProcess, Reply

FREE = 5
every_dialect = pytest.mark.parametrize("dialect", [GTMHUB, SIMPLEOKR], ids=str)
SOMEWHERE = {GTMHUB: "/api/v1/users", SIMPLEOKR: "/v1/users"}


class Pauses:
    """How often somebody has been kept waiting, and for how long; nobody really waits, but until they are let go."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.all: list[float] = []
        self.over: asyncio.Event | None = None
        patch.setattr(failed_sign_ins, "asyncio", self)

    async def sleep(self, seconds: float) -> None:
        self.all.append(seconds)
        if self.over is not None:
            await self.over.wait()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> Pauses:
    return Pauses(monkeypatch)


@contextmanager
def guarded(acme: Acme) -> Iterator[InProcess]:
    """A server that lets five fail in a minute."""
    with asyncio.Runner() as runner, running(Settings(failed_sign_ins=FREE), acme.database, acme.clock) as app:
        yield InProcess(app, runner.get_loop(), acme.tokens["anna"], acme.account.id)


def wrong(client: InProcess, dialect: Dialect, text: str = "mp_wrong_wrong_wrong") -> Reply:
    return client.acting(text, "").request("GET", SOMEWHERE[dialect])


@every_dialect
def test_a_few_mistakes_cost_nothing(acme: Acme, pauses: Pauses, dialect: Dialect) -> None:
    with guarded(acme) as anna:
        for _ in range(FREE):
            dialect.refused(wrong(anna, dialect), 401)
    assert pauses.all == []


@every_dialect
def test_more_of_them_take_their_time(acme: Acme, pauses: Pauses, dialect: Dialect) -> None:
    with guarded(acme) as anna:
        for _ in range(FREE + 3):
            dialect.refused(wrong(anna, dialect), 401)
        # A good one from the same address is answered as ever.
        assert len(pauses.all) == 3
        assert anna.request("GET", SOMEWHERE[dialect]).status == 200
    assert pauses.all == [1.0] * 3


def test_wrong_signatures_count_too(acme: Acme, pauses: Pauses) -> None:
    header = {"authorization": "S1-HMAC-SHA256 Credential=x&Timestamp=2026-08-17T12:00:01Z&Signature=0"}
    with guarded(acme) as anna:
        for _ in range(FREE + 1):
            SIMPLEOKR.refused(anna.acting("", "").request("GET", "/v1/users", headers=header), 401)
    assert len(pauses.all) == 1


def test_to_present_nothing_is_no_guess(acme: Acme, pauses: Pauses) -> None:
    with guarded(acme) as anna:
        for _ in range(3 * FREE):
            GTMHUB.refused(anna.acting("", "").get("v1/users"), 401)
    assert pauses.all == []


@every_dialect
def test_who_does_not_stop_is_turned_away(acme: Acme, pauses: Pauses, dialect: Dialect) -> None:
    with guarded(acme) as anna:
        for _ in range(FREE):
            wrong(anna, dialect)

        async def flood() -> list[Reply]:
            pauses.over = asyncio.Event()
            headers = {"host": "milepost.test", "authorization": "Bearer mp_wrong_wrong_wrong"}
            calls = [asyncio.ensure_future(anna.asend("GET", SOMEWHERE[dialect], headers, b"")) for _ in range(40)]
            good = {"host": "milepost.test", "authorization": f"Bearer {acme.tokens['anna']}"}
            assert (await anna.asend("GET", SOMEWHERE[dialect], good, b"")).status == 200
            while sum(call.done() for call in calls) < 40 - 16:
                await asyncio.sleep(0)
            pauses.over.set()
            return await asyncio.gather(*calls)

        replies = anna._loop.run_until_complete(flood())
    assert sorted(reply.status for reply in replies) == [401] * 16 + [429] * 24
    turned_away = next(reply for reply in replies if reply.status == 429)
    dialect.refused(turned_away, 429)
    assert turned_away.headers["retry-after"] == "60"


class Failing:
    """Failures by the clock of a test, at which those that have to wait are told."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        self._pauses = Pauses(patch)
        self.sign_ins = FailedSignIns(FREE, lambda: self.now)

    def __call__(self, times: int, host: str = "192.0.2.1") -> int:
        """How many of so many failures had to wait."""
        before = len(self._pauses.all)
        for _ in range(times):
            asyncio.run(self.sign_ins.one_more(origin(host)))
        return len(self._pauses.all) - before


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Failing:
    return Failing(monkeypatch)


def test_they_are_forgiven_with_time(failing: Failing) -> None:
    assert failing(FREE) == 0
    assert failing(4) == 4
    failing.now += 60
    assert failing(1) == 0
    failing.now += 10_000
    assert failing(FREE) == 0
    assert failing(1_000) == 1_000
    failing.now += 121
    assert failing(FREE) == 0


def test_each_address_has_its_own(failing: Failing) -> None:
    assert failing(2 * FREE) == FREE
    assert failing(FREE, "192.0.2.2") == 0
    assert failing(FREE, "2001:db8::1") == 0
    assert failing(1, "2001:db8::ffff:2") == 1, "one network of IPv6 is one caller"
    assert failing(1, "2001:db8:0:1::1") == 0
    assert failing(1, "::ffff:192.0.2.1") == 1


def test_no_number_of_addresses_fills_the_memory(failing: Failing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failed_sign_ins, "_MOST", 10)
    for last in range(100):
        failing(1, f"192.0.2.{last}")
    assert len(failing.sign_ins._known) == 10


def test_nobody_waits_for_longer_than_all_may(failing: Failing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failed_sign_ins, "_WAITING", 0)
    with pytest.raises(Refused, match="too many wrong tokens or signatures"):
        failing(FREE + 1)


@pytest.mark.parametrize("host", ["", "unix:/run/x", "x" * 5_000, "999.1.1.1", "1.2.3.4, 5.6.7.8"])
def test_what_is_no_address_is_one_caller(host: str) -> None:
    assert origin(host) == ""
