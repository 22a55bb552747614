"""A chat bot's errand, written in Python: whose key results are these, where do they stand, and a word for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from clients import Company, Http, Listing, Site, read
from wire import Reply

EMAIL = "jonas@larkspur.example"


class ChatBot:
    """Sends what the requests library sends, and reads plain dicts."""

    def __init__(self, connect: Callable[..., Http], company: Company) -> None:
        headers = {
            "User-Agent": "python-requests/2.31.0",
            "Accept-Encoding": "gzip, deflate",
            "Accept": "*/*",
            "Connection": "keep-alive",
            "Authorization": f"Bearer {company.token}",
            "gtmhub-accountId": company.account,
        }
        self._http = connect(base="/results/api", headers=headers)

    def get(self, path: str, **params: Any) -> Reply:
        return self._http.ask("GET", path + (f"?{urlencode(params)}" if params else ""))

    def listed(self, path: str, **params: Any) -> list[dict[str, Any]]:
        found: Listing[dict[str, Any]] = read(self.get(path, **params), Listing[dict[str, Any]])
        assert len(found.items) == found.total
        return found.items

    def post(self, path: str, value: Any) -> Reply:
        return self._http.ask("POST", path, json.dumps(value).encode())


@pytest.fixture
def company(site: Site) -> Company:
    return site.entered(site.demonstrated().account, EMAIL)


@pytest.fixture
def bot(connect: Callable[..., Http], company: Company) -> ChatBot:
    return ChatBot(connect, company)


def test_from_a_name_to_a_word_about_a_key_result(bot: ChatBot, site: Site) -> None:
    people = bot.listed("v1/assignees", filter='{type:"user"}')
    names = [one["name"] for one in people]
    assert names == sorted(names, key=str.casefold)
    assert {one["type"] for one in people} == {"user"}
    (jonas,) = (one for one in people if one["name"] == "Jonas Lindqvist")
    (session,) = bot.listed("v1/sessions", filter="current", status="open")

    goals = bot.listed("v1/goals", metricOwnerId=jonas["id"], includeMetrics=True, sessionId=session["id"])
    assert goals
    for goal in goals:
        assert jonas["id"] in [metric["ownerId"] for metric in goal["metrics"]]
        assert len(goal["metrics"]) == goal["metricsCount"]
        for metric in goal["metrics"]:
            assert metric["url"] == goal["url"] + "metric/" + metric["id"] + "/"
    base = f"{site.address}/#/goals/{session['id']}/all/"
    assert [goal["url"] for goal in goals] == [f"{base}{goal['id']}/metrics/" for goal in goals]

    everywhere = bot.listed(f"v1/goals/metric/{jonas['id']}")
    assert [one for one in everywhere if one["sessionId"] == session["id"]] == goals
    assert len(everywhere) > len(goals), "his goals of other quarters, too"

    (goal, *_) = goals
    metric = next(one for one in goal["metrics"] if one["ownerId"] == jonas["id"])
    said = {"actual": 11, "comment": "from the chat", "confidence": 1}
    reply = bot.post(f"v1/metrics/{metric['id']}/checkin/", said)
    assert reply.status == 201
    assert reply.json["confidence"] == 1

    again = bot.get(f"v1/metrics/{metric['id']}")
    assert scale_of(again.json) == "0 to 1"
    assert b'"confidence":{"value":1.0,' in again.body
    assert again.json["confidence"]["userId"] == jonas["id"]
    assert (again.json["actual"], again.json["metricHistory"][-1]["comment"]) == (11, "from the chat")
    told = bot.listed("v1/goals", metricOwnerId=jonas["id"], includeMetrics=True, fields="metrics{id,confidence}")
    shown = [one for each in told for one in each["metrics"] if one["id"] == metric["id"]]
    assert [scale_of(one) for one in shown] == ["0 to 1"]


@pytest.mark.parametrize("confidence", [0, 1, 0.5])
def test_a_confidence_is_a_float_wherever_the_bot_reads_it(bot: ChatBot, confidence: float) -> None:
    (jonas,) = bot.listed("v1/assignees", filter='{"name":"Jonas Lindqvist"}')
    (session,) = bot.listed("v1/sessions", filter="current", status="open")
    (metric, *_) = bot.listed("v1/metrics", sessionId=session["id"], ownerId=jonas["id"], sort="-name")
    told = bot.post(f"v1/metrics/{metric['id']}/checkin", {"actual": 1, "confidence": confidence}).json
    after = bot.get(f"v1/metrics/{metric['id']}").json
    (value,) = bot.listed(f"v1/metrics/{metric['id']}/values", **{"from": told["checkInDate"][:10]})[-1:]
    seen = [
        told["confidence"], told["confidenceValue"], after["confidence"]["value"],
        after["metricHistory"][-1]["confidenceValue"], value["confidence"],
    ]  # fmt: skip
    assert [(type(one), one) for one in seen] == [(float, confidence)] * 5


def scale_of(metric: dict[str, Any]) -> str:
    """How the bot tells the new scale of confidence from the old one: by the type that the number is parsed to."""
    return "0 to 1" if isinstance(metric["confidence"]["value"], float) else "0 to 10"
