"""The log: a line for each event, with the request's id, for people and programs; and nothing of what clients send."""

from __future__ import annotations

import io
import json
import logging
import re
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from acme import Acme, build
from calls import Dialect, calls_of
from gtmhub_calls import GTMHUB
from milepost import app, logs
from milepost.app import running
from milepost.config import BadSetting, LogStyle, Settings, from_environment
from milepost.outages import Outages
from milepost.store.engine import Unavailable
from server import Server
from simpleokr_calls import SIMPLEOKR
from wire import InProcess, Live

Written = Callable[[LogStyle], io.StringIO]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Written:
    """Begins to log, every request too, and gives what is written."""

    def begin(style: LogStyle) -> io.StringIO:
        said = io.StringIO()
        monkeypatch.setattr(sys, "stderr", said)
        context = logs.written(style, requests=True)
        context.__enter__()
        request.addfinalizer(lambda: context.__exit__(None, None, None))
        return said

    return begin


@pytest.mark.parametrize("dialect", [GTMHUB, SIMPLEOKR], ids=str)
@pytest.mark.parametrize("style", ["people", "json"])
def test_no_line_holds_what_a_client_sends(
    acme: Acme, anna: InProcess, written: Written, style: LogStyle, dialect: Dialect
) -> None:
    said, of = written(style), dialect.ours(acme)
    with running(Settings(log_requests=True), acme.database, acme.clock) as observed:
        wire = InProcess(observed, anna._loop, anna.token, anna.account)
        calls = calls_of(dialect)
        for call in calls:
            wire.request(call.method, call.address(of), call.body(of), query={"token": "sent-in-the-query"})
            wire.request(call.method, call.address(of), raw=b'{"secret words": "sent-in-the-body')
        assert len(said.getvalue().splitlines()) == 2 * len(calls)
        with closing(sqlite3.connect(acme.database.path)) as other:
            other.execute("ALTER TABLE tokens RENAME TO lost")  # so that every call fails
        for call in calls:
            assert wire.request(call.method, call.address(of), call.body(of)).status == 500
    assert said.getvalue().count("a request failed") == len(calls)
    for unwanted in (anna.token, "sent-in-the", "acme.test", "Anna", "?", acme.revenue, acme.account.id, "127.0.0.1"):
        assert unwanted not in said.getvalue()


def test_a_request_s_line_says_its_route_and_its_id(acme: Acme, anna: InProcess, written: Written) -> None:
    said = written("json")
    with running(Settings(log_requests=True), acme.database, acme.clock) as observed:
        wire = InProcess(observed, anna._loop, anna.token, anna.account)
        wire.request("GET", f"v1/metrics/{acme.revenue}", headers={"x-request-id": "4f2a"})
        wire.get("v1/users/email/anna@acme.test")
    # What is not served is told of besides.
    first, second = (line for line in map(json.loads, said.getvalue().splitlines()) if "milliseconds" in line)
    assert first.pop("milliseconds") >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first.pop("time"))
    assert first.pop("message").startswith("GET /api/v1/metrics/{metricId} 200 in ")
    assert first == {
        "level": "info",
        "request_id": "4f2a",
        "method": "GET",
        "route": "/api/v1/metrics/{metricId}",
        "status": 200,
    }
    assert (second["route"], second["status"]) == ("/api/v1/users/email/{email}", 405)


@pytest.mark.parametrize("style", ["people", "json"])
def test_an_error_that_nobody_foresaw(acme: Acme, anna: InProcess, written: Written, style: LogStyle) -> None:
    said = written(style)
    acme.database.connection.execute("ALTER TABLE cycles RENAME COLUMN name TO lost")
    assert anna.get("v1/sessions").status == 500
    text = said.getvalue()
    assert "a request failed by a fault of this program: please report it with these lines" in text
    assert re.search(r"sqlite\.py:\d+ in ", text)
    assert "sqlite3.OperationalError SQLITE_ERROR" in text
    assert "no such column" not in text
    if style == "json":
        (line,) = text.splitlines()
        assert json.loads(line)["trace"][-1] == "sqlite3.OperationalError SQLITE_ERROR"


def test_the_words_of_an_error_are_not_written(written: Written) -> None:
    said = written("people")
    try:
        try:
            raise ValueError("anna@acme.test")
        except ValueError as error:
            raise KeyError("a token") from error
    except KeyError as error:
        logging.getLogger("milepost").error("it failed", exc_info=error)
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <Task exception=anna@acme.test>")
    logging.getLogger("milepost").warning("a bell \a and\nmore")
    text = said.getvalue()
    assert "anna@acme.test" not in text
    assert "a token" not in text
    assert text.index("builtins.ValueError") < text.index("builtins.KeyError")
    assert "a bell \N{REPLACEMENT CHARACTER} and\n" in text


def test_off_is_silent(written: Written, capfd: pytest.CaptureFixture[str]) -> None:
    said = written("off")
    logging.getLogger("milepost").error("it failed")
    assert (said.getvalue(), capfd.readouterr()) == ("", ("", ""))


class Time:
    """A clock and what is to happen later, both moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self._later: list[tuple[float, Callable[[], None]]] = []

    def __call__(self) -> float:
        return self.now

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        self._later.append((self.now + seconds, work))

    def forward(self, seconds: float) -> None:
        until = self.now + seconds
        while due := sorted((one for one in self._later if one[0] <= until), key=lambda one: one[0]):
            self._later.remove(due[0])
            self.now = due[0][0]
            due[0][1]()
        self.now = until


def test_an_outage_is_told_once_and_when_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    time = Time()
    outages = Outages(time, time.later)
    for _ in range(140):
        assert outages.met(Unavailable("connection refused")) is not None
        time.forward(0.5)
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert said[0].startswith("the database cannot be reached: see that PostgreSQL runs")
    assert said[0].endswith("(connection refused)")
    assert said[1].endswith("it lasts, 121 calls were refused within 60 s")
    time.forward(9)
    assert len(caplog.records) == 2
    time.forward(2)
    assert len(caplog.records) == 3
    over = caplog.records[2].getMessage()
    assert over.startswith(
        "no call has met this for 10 seconds, 140 calls were refused within 70 s: the database cannot"
    )
    time.forward(1_000)
    assert outages.met(Unavailable("again")) is not None
    assert len(caplog.records) == 4
    outages.close()
    assert (
        caplog.records[4].getMessage().startswith("the server ends, and this may last, 1 call was refused within 0 s")
    )
    assert outages.met(ValueError()) is None


def test_a_server_writes_as_it_is_told(tmp_path: Path) -> None:
    with closing(app.database(f"sqlite:///{tmp_path}/milepost.db")) as database:
        acme = build(database)
    server = Server(tmp_path / "milepost.db", 2, {"MILEPOST_LOG": "json", "MILEPOST_LOG_REQUESTS": "on"})
    with closing(Live(server.address, acme.tokens["anna"], acme.account.id)) as wire:
        assert wire.get("v1/goals", filter='{name: "anna@acme.test"}').status == 200
    server.stop()
    (line,) = [json.loads(line) for line in server.said.splitlines() if line.startswith("{")]
    assert (line["route"], line["status"], line["level"]) == ("/api/v1/goals", 200, "info")
    assert "anna@acme.test" not in server.said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MILEPOST_LOG", "xml", "MILEPOST_LOG is 'xml': it can be people, json or off"),
        ("MILEPOST_LOG_REQUESTS", "yes", "MILEPOST_LOG_REQUESTS is 'yes': it can be on or off"),
        (
            "MILEPOST_METRICS",
            "here",
            "MILEPOST_METRICS is 'here': it is a host and a port, such as 127.0.0.1:9464, or a port",
        ),
        (
            "MILEPOST_METRICS",
            ":99999",
            "MILEPOST_METRICS is ':99999': it is a host and a port, such as 127.0.0.1:9464, or a port",
        ),
    ],
)
def test_a_setting_that_cannot_be(name: str, value: str, said: str) -> None:
    with pytest.raises(BadSetting) as wrong:
        from_environment({name: value})
    assert str(wrong.value) == said


def test_settings_that_can_be() -> None:
    found = from_environment({"MILEPOST_LOG": "JSON", "MILEPOST_LOG_REQUESTS": "on", "MILEPOST_METRICS": "[::1]:9464"})
    assert (found.log, found.log_requests, found.figures_at) == ("json", True, ("::1", 9464))
    assert from_environment({"MILEPOST_METRICS": "9464"}).figures_at == ("127.0.0.1", 9464)
    assert from_environment({"MILEPOST_RATE_LIMIT": "off"}) == Settings()
