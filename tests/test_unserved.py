"""Calls of what nobody serves: counted by kind, told ever more rarely, and never in words of more than routes."""

from __future__ import annotations

import logging
import random
import string

import pytest

from acme import Acme
from milepost.asgi.unserved import Kind, Unserved, template
from wire import InProcess


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/api/v1/insights", "/api/v1/insights"),
        ("/api/v1/insights/62550000000000000000e001/run", "/api/v1/insights/{id}/run"),
        ("/api/v2/custom-fields/0b7f6a3e-2f0d-4c57-9f6b-2a8f0d6f1c11", "/api/v2/custom-fields/{id}"),
        ("/api/v1/users/anna@acme.test", "/api/v1/users/{id}"),
        ("/api/v1/users/Anna Ahlberg", "/api/v1/users/{id}"),
        ("/api/v1/tokens/mp_6255_q3Zr", "/api/v1/tokens/{id}"),
        (f"/api/v1/tokens/{'a' * 40}", "/api/v1/tokens/{id}"),
        ("/api/v1/a\r\nb/c\N{COMBINING ACUTE ACCENT}", "/api/v1/{id}/{id}"),
        ("/api/v1/export.csv", "/api/v1/{id}"),
        ("/" + "a/" * 50, "/a/a/a/a/a/a/a/\N{HORIZONTAL ELLIPSIS}"),
        ("", ""),
    ],
)
def test_of_a_path_only_its_words_are_told(path: str, told: str) -> None:
    assert template(path) == told


def test_it_is_told_at_first_and_ever_more_rarely(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Kind] = []
    unserved = Unserved(heard.append)
    for number in range(250):
        unserved.met("gtmhub", "GET", f"/api/v1/insights/{number}")
    unserved.met("simpleokr", "BREW", "/v1/coffee")
    unserved.met("", "GET", "")
    unserved.close()
    outside = "GET of an address outside of the APIs"
    insights = "GET /api/v1/insights/{id} (gtmhub)"
    assert [record.getMessage() for record in caplog.records] == [
        f"{insights} is not served; it is told again after ten such calls, a hundred, and so on",
        f"{insights} is not served; it was called 10 times",
        f"{insights} is not served; it was called 100 times",
        "other /v1/coffee (simpleokr) is not served; it is told again after ten such calls, a hundred, and so on",
        f"{outside} is not served; it is told again after ten such calls, a hundred, and so on",
        f"not served while this process ran: {insights}, called 250 times",
        "not served while this process ran: other /v1/coffee (simpleokr), called once",
        f"not served while this process ran: {outside}, called once",
    ]
    assert len(heard) == 252


def test_however_many_there_are_few_are_told_apart(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, logger="milepost")
    heard: set[Kind] = set()
    unserved = Unserved(heard.add)
    for _ in range(5_000):
        unserved.met("gtmhub", "GET", "/api/v1/" + "".join(random.choices(string.ascii_letters, k=20)))
    assert len(heard) == 201
    assert Kind("gtmhub", "GET", "others") in heard
    caplog.set_level(logging.WARNING, logger="milepost")
    unserved.close()
    assert len(caplog.records) == 21
    assert (
        caplog.records[0].getMessage() == "not served while this process ran: GET others (gtmhub), called 4,800 times"
    )
    assert "181 more kinds, called 181 times" in caplog.records[-1].getMessage()[-60:]


def test_clients_and_strangers(acme: Acme, anna: InProcess, caplog: pytest.LogCaptureFixture) -> None:
    """What clients miss is told; who brings no token, and what is served, is not."""

    def said() -> list[str]:
        told = [record.getMessage().partition(" is not served")[0] for record in caplog.records]
        caplog.clear()
        return told

    assert anna.get("v1/insights/5", token="hush").status == 404
    assert said() == ["GET /api/v1/insights/{id} (gtmhub)"]
    assert anna.request("POST", f"v1/metrics/{acme.revenue}", {"name": "hush"}).status == 405
    assert said() == ["POST /api/v1/metrics/{id} (gtmhub)"]
    assert anna.request("GET", "/elsewhere/hush").status == 404
    assert said() == ["GET of an address outside of the APIs"]
    assert anna.get(f"v1/metrics/{'0' * 24}").status == 404
    assert anna.acting("", "").get("v1/insights/5").status == 401
    assert anna.acting("", "").request("GET", "/v1/nothing").status == 401
    assert anna.get("v1/metrics").status == 200
    assert said() == []
