"""A comment exporter's night: pages of a hundred until a short one, while people go on talking."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from clients import Http, Moment, Site, read

PAGE = 100


class Comment(msgspec.Struct, rename="camel"):
    """A comment as the exporter writes it into its table."""

    created_by: str
    target_type: str
    target_id: str
    target_title: str
    text: str
    created_at: Moment


class Talk:
    """A company whose people comment on one key result."""

    def __init__(self, site: Site, connect: Callable[..., Http]) -> None:
        company = site.founded("Talkative")
        headers = {"authorization": f"Bearer {company.token}", "gtmhub-accountId": company.account}
        self.http = connect(headers=headers)
        session = self._made("sessions", {"title": "Forever"})
        goal = self._made("goals", {"name": "Talk", "sessionId": session})
        self.metric = self._made("metrics", {"name": "Words", "goalId": goal, "target": 1_000})
        self.author = read(self.http.ask("GET", "v1/users/app/me"), dict)["user"]["id"]

    def _made(self, resource: str, body: dict[str, Any]) -> str:
        made = read(self.http.ask("POST", f"v1/{resource}", json.dumps(body).encode()), dict, 201)
        return str(made["id"])

    def said(self, texts: list[str]) -> None:
        """Check-ins at once, back-dated by turns, each second one without a word, which makes no comment."""
        spoken = [
            {
                "metricId": self.metric,
                "actual": number,
                "comment": text,
                "checkInDate": f"2024-05-{1 + number * 7 % 28:02}T12:{number % 60:02}:00Z",
            }
            for number, comment in enumerate(texts)
            for text in (comment, "")
        ]
        assert self.http.ask("POST", "v1/metrics/checkins", json.dumps(spoken).encode()).status == 200


def exported(http: Http, between: Callable[[int], None] = lambda page: None) -> list[list[Comment]]:
    """Every page until a short one; the exporter takes the first value of an answer, whatever its name."""
    pages: list[list[Comment]] = []
    while not pages or len(pages[-1]) == PAGE:
        reply = http.ask("GET", f"v1/comments/?skip={PAGE * len(pages)}&limit={PAGE}")
        rows = next(iter(read(reply, dict[str, Any]).values()))
        pages.append(msgspec.convert(rows, list[Comment], strict=True))
        between(len(pages))
    return pages


@pytest.fixture
def talk(site: Site, connect: Callable[..., Http]) -> Talk:
    return Talk(site, connect)


@pytest.mark.parametrize(("count", "sizes"), [(250, [100, 100, 50]), (200, [100, 100, 0]), (0, [0])])
def test_each_comment_exactly_once(talk: Talk, count: int, sizes: list[int]) -> None:
    texts = [f"remark {number}" for number in range(count)]
    talk.said(texts)
    pages = exported(talk.http)
    assert [len(page) for page in pages] == sizes
    found = [one for page in pages for one in page]
    assert [one.text for one in found] == texts, "in the order in which they were said, whatever day they are about"
    assert {(one.created_by, one.target_type, one.target_id, one.target_title) for one in found} <= {
        (talk.author, "metric", talk.metric, "Words")
    }
    assert [one.created_at for one in found] == sorted(one.created_at for one in found)


def test_each_comment_exactly_once_while_new_ones_come(talk: Talk) -> None:
    texts = [f"remark {number}" for number in range(250)]
    talk.said(texts)

    def between(page: int) -> None:
        if page <= 3:
            talk.said([f"meanwhile {page}.{number}" for number in range(30)])

    pages = exported(talk.http, between)
    later = [f"meanwhile {page}.{number}" for page in (1, 2) for number in range(30)]
    assert [one.text for page in pages for one in page] == texts + later + [f"meanwhile 3.{n}" for n in range(30)]
    assert [len(page) for page in pages] == [100, 100, 100, 40]


def test_a_word_that_comes_later_hides_none(talk: Talk) -> None:
    """What was checked in without a word can still get one, which is a comment in the midst of the list."""
    texts = [f"remark {number}" for number in range(150)]
    talk.said(texts)
    history = read(talk.http.ask("GET", f"v1/metrics/{talk.metric}"), dict)["metricHistory"]
    silent = next(entry["id"] for entry in history if not entry["comment"])

    def between(page: int) -> None:
        if page == 1:
            body = b'{"snapshot":{"comment":"on second thoughts"}}'
            assert talk.http.ask("PATCH", f"v1/metrics/checkin/{silent}", body).status == 204

    found = [one.text for page in exported(talk.http, between) for one in page]
    assert len(found) == 151
    assert set(found) - {"on second thoughts"} == set(texts)
