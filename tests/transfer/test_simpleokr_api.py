"""Asking a service for pages: signed anew each time, again when it is busy, and told in words when it is no use."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from milepost import app
from milepost.domain import instants, key
from milepost.domain.errors import Invalid
from milepost.domain.instants import SECOND, Instant
from milepost.transfer.simpleokr import pages as walking
from milepost.transfer.simpleokr.address import parse
from milepost.transfer.simpleokr.api import connected
from milepost.transfer.simpleokr.pages import Page, everything
from milepost.transfer.upstream import asking
from milepost.transfer.upstream.asking import CannotPull
from milepost.transfer.upstream.patience import LONGEST, TRIES, Patience
from upstream import CREDENTIAL, SECRET, answering

Answer = tuple[int, dict[str, str], bytes] | None
NONE_LEFT = {"next_page_token": None, "users": [], "teams": [], "cycles": [], "objectives": [], "keyresults": []}


class Waits:
    """What was waited for, and said about it, instead of waiting."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.said: list[str] = []
        self.patience = Patience(sleep=self.seconds.append, tell=self.said.append)


def page(status: int = 200, headers: Mapping[str, str] | None = None, **attributes: Any) -> Answer:
    return status, dict(headers or {}), json.dumps({**NONE_LEFT, **attributes}).encode()


def refusal(status: int, message: str = "", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, named, json.dumps({"code": status, "message": message}).encode()


def walked(
    answer: Callable[[str, Mapping[str, str]], Answer] | list[Answer],
    clock: Callable[[], Instant] = app.clock,
    waits: Waits | None = None,
) -> tuple[list[Page], list[tuple[str, dict[str, str]]], Waits]:
    """Everything from a service that answers so, or so one after the other and then empty pages; what it was asked."""
    waits = waits or Waits()
    left = iter(answer if isinstance(answer, list) else [])
    told = (lambda *_: next(left, page())) if isinstance(answer, list) else answer
    with (
        answering(told) as service,
        connected(parse(service.address), CREDENTIAL, SECRET, clock, waits.patience) as api,
    ):
        return list(everything(api)), service.asked, waits


def stopped(answer: Callable[[str, Mapping[str, str]], Answer] | list[Answer]) -> tuple[str, Waits]:
    """How the walk over such a service ends in words, on one line and without what is secret; and the waits before."""
    waits = Waits()
    with pytest.raises(CannotPull) as caught:
        walked(answer, waits=waits)
    said = str(caught.value)
    assert SECRET not in said
    assert "Signature" not in said
    assert "\n" not in said
    return said, waits


# What is asked


def test_every_list_is_asked_for_page_by_page_and_cycle_by_cycle() -> None:
    cycles = [{"id": "0b7f6a3e-2f0d-4c57-9f6b-2a8f0d6f1c11"}, {"id": "A&b"}, {"id": 5}, "x", {}]

    def answer(path: str, _headers: Mapping[str, str]) -> Answer:
        more = {"/v1/users": "a/b=c", "/v1/cycles": "t"}
        return page(next_page_token=more.get(path), cycles=cycles if path == "/v1/cycles" else [])

    found, asked, _ = walked(answer)
    split = [urlsplit(path) for path, _ in asked]
    assert (
        [(parts.path, parse_qs(parts.query)) for parts in split]
        == [
            ("/v1/users", {}),
            ("/v1/users", {"page_token": ["a/b=c"]}),
            ("/v1/teams", {}),
            ("/v1/cycles", {}),
            ("/v1/cycles", {"page_token": ["t"]}),
            *(
                (f"/v1/{name}", {"cycle_id": [one["id"]]})  # type: ignore[index, call-overload]
                for one in cycles[:2]
                for name in ("objectives", "keyresults")
            ),
        ]
    )
    assert [(one.name, one.cycle) for one in found][-1] == ("keyresults", "A&b")
    assert [(one.start, len(one.items)) for one in found if one.name == "cycles"] == [(0, 5), (5, 0)]


def test_every_request_is_signed_at_its_own_time() -> None:
    moments = iter(range(1_000))

    def clock() -> Instant:
        return instants.parse("2019-02-03T01:55:37Z", "") + next(moments) * SECOND

    _, asked, _ = walked([], clock)
    seen = []
    for _, headers in asked:
        scheme, _, text = headers["authorization"].partition(" ")
        given = dict(part.split("=", 1) for part in text.split("&"))
        assert (scheme, given["Credential"]) == ("S1-HMAC-SHA256", CREDENTIAL)
        assert given["Signature"] == key.signature(SECRET, f"{CREDENTIAL}{given['Timestamp']}".encode())
        seen.append(given["Timestamp"])
    assert seen == ["2019-02-03T01:55:37Z", "2019-02-03T01:55:38Z", "2019-02-03T01:55:39Z"]


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("https://okr.example", "https://okr.example/v1"),
        ("https://okr.example/", "https://okr.example/v1"),
        ("https://okr.example/v1", "https://okr.example/v1"),
        (" https://okr.example:8443/v1/ ", "https://okr.example:8443/v1"),
        ("http://[::1]:80/okr/v1/", "http://[::1]:80/okr/v1"),
        ("HTTPS://okr.example/v10", "https://okr.example/v10/v1"),
    ],
)
def test_the_address_may_be_written_in_several_ways(text: str, base: str) -> None:
    assert parse(text).base == base


@pytest.mark.parametrize(
    "text",
    [
        "", "okr.example", "ftp://okr.example", "https://", "https://okr.example:x", "https://okr.example:99999",
        "https://anna:hunter2@okr.example", "https://okr.example?x=1", "https://okr.example#x", "https://[::1",
        "https://okr example", "https://okr\n.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(text)
    assert caught.value.faults[0].field == "url"
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "exposed"),
    [
        ("http://okr.example", True), ("https://okr.example", False), ("http://127.0.0.1:8080", False),
        ("http://127.8.8.8", False), ("http://localhost", False), ("http://[::1]", False), ("http://10.0.0.1", True),
        ("http://localhost.example", True),
    ],
)  # fmt: skip
def test_an_address_is_exposed_where_others_can_read_along(text: str, exposed: bool) -> None:
    assert parse(text).is_exposed is exposed


# Trying again


@pytest.mark.parametrize("trouble", [refusal(429), refusal(500), refusal(503), None])
def test_a_service_that_is_busy_or_away_is_asked_again(trouble: Answer) -> None:
    found, asked, waits = walked([page(), trouble, trouble, trouble])
    assert len(found) == 3
    assert len(asked) == 6
    assert len(waits.seconds) == len(waits.said) == 3
    for least, waited in zip((2, 4, 8), waits.seconds, strict=True):
        assert least <= waited <= least + 2
    assert "/v1/teams" in waits.said[0]
    assert "trying again in" in waits.said[0]


def test_its_wish_to_wait_is_heeded() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    _, _, waits = walked(
        [refusal(429, retry_after="40"), refusal(503, retry_after=date), refusal(429, retry_after="x")]
    )
    assert waits.seconds[0] == 40
    assert 80 < waits.seconds[1] <= 90
    assert 8 <= waits.seconds[2] <= 10


@pytest.mark.parametrize("trouble", [refusal(503, "come back tomorrow"), None])
def test_it_is_given_up_after_about_a_minute(trouble: Answer) -> None:
    said, waits = stopped([trouble] * 20)
    assert said.endswith("given up, run the command again later")
    assert ("come back tomorrow" in said) is (trouble is not None)
    assert len(waits.seconds) == TRIES - 1
    assert 60 <= sum(waits.seconds) <= 75


def test_nobody_waits_an_hour() -> None:
    said, waits = stopped([refusal(429, retry_after="3600")] * 2)
    assert "answers 429 and asks to wait 3,600 s" in said
    assert waits.seconds == []
    assert LONGEST < 3_600


def test_a_service_that_is_not_there_is_told() -> None:
    with answering(lambda *_: page()) as gone:
        address = gone.address
    waits = Waits()
    with (
        connected(parse(address), CREDENTIAL, SECRET, app.clock, waits.patience) as api,
        pytest.raises(CannotPull, match=f"{address}/v1/users cannot be reached: .*refused"),
    ):
        list(everything(api))
    assert len(waits.seconds) == TRIES - 1


@pytest.mark.parametrize("text", ["https://ä..b", f"https://{'a' * 300}.example", "http://127.0.0.1:0"])
def test_an_address_that_no_network_takes_is_told(text: str) -> None:
    with (
        connected(parse(text), CREDENTIAL, SECRET, app.clock, Waits().patience) as api,
        pytest.raises(CannotPull, match=r"is not an address|cannot be reached"),
    ):
        list(everything(api))


# What is no use


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "refuses the key: see to --credential and --secret, to the clock"),
        (402, "says that the account is suspended"),
        (403, "does not let the user of this key read this"),
        (404, "has nothing there: is --url the address"),
        (400, "does not answer this"),
        (204, "does not answer this"),
    ],
)
def test_a_refusal_is_told_at_once_with_the_address(status: int, words: str) -> None:
    answer = (204, {"content-length": "0"}, b"") if status == 204 else refusal(status, "what it says itself")
    said, waits = stopped([answer])
    assert "/v1/users" in said
    assert words in said
    assert f"({status})" in said
    assert ("what it says itself" in said) is (status != 204)
    assert waits.seconds == []


def test_its_words_are_cut_short() -> None:
    assert 200 < len(stopped([refusal(401, "x" * 5_000)])[0]) < 500
    assert "it says" not in stopped([(401, {}, b"x" * 500_000)])[0]


def test_no_redirect_is_followed() -> None:
    with answering(lambda *_: page()) as elsewhere:
        said, _ = stopped([(307, {"location": f"{elsewhere.address}/v1/users"}, b"")])
        assert f"leads on to {elsewhere.address}/v1/users: if you trust that address, give it with --url" in said
        assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!doctype html><title>Hello</title>", "the page of users from item 0 on is a web page: is --url"),
        (b"", "the page of users from item 0 on is not a JSON object"),
        (b"hello", "is not a JSON object"),
        (b"[]", "is not a JSON object"),
        (b'{"next_page_token": null, "users": [', "is not a JSON object"),
        (b"[" * 100_000, "is not a JSON object"),
        (b'{"users": ' + b"[" * 100_000, "is not a JSON object"),
        (b'{"next_page_token": null, "teams": []}', "holds no list users"),
        (b'{"next_page_token": null, "users": {}}', "has a bad users"),
        (b'{"next_page_token": null, "users": null}', "has a bad users"),
        (b'{"next_page_token": 5, "users": []}', "has a bad next_page_token"),
        (b'{"next_page_token": ["a"], "users": []}', "has a bad next_page_token"),
    ],
)
def test_what_is_no_page_is_told(body: bytes, words: str) -> None:
    said, waits = stopped([(200, {}, body)])
    assert words in said
    assert len(said) < 500
    assert waits.seconds == []


def test_a_page_without_a_token_is_the_last() -> None:
    found, _, _ = walked([(200, {}, b'{"users": [1, 2]}'), (200, {}, b'{"teams": [], "next_page_token": ""}')])
    assert [len(one.items) for one in found] == [2, 0, 0]


def test_a_page_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ANSWER_LIMIT", 1024 * 1024)
    fits = {"users": ["x" * 1_000_000]}
    assert len(walked([page(**fits)])[0]) == 3
    assert "larger than 1 MiB" in stopped([page(users=["x" * 1_100_000])])[0]


def test_a_list_without_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    said, _ = stopped(lambda *_: page(next_page_token="again", users=[1, 2]))
    assert said == "the list users does not end: its page from item 2 on gives a token again"
    tokens = iter(("a", "b", "c", "a"))
    said, _ = stopped(lambda *_: page(next_page_token=next(tokens), users=[1]))
    assert said == "the list users does not end: its page from item 3 on gives a token again"
    monkeypatch.setattr(walking, "_MOST_PAGES", 5)
    ever = iter(range(100))
    said, _ = stopped(lambda *_: page(next_page_token=f"{next(ever)}"))
    assert said == "the list users does not end: 5 pages were read of it"


def test_a_certificate_that_nobody_vouches_for_is_told_and_not_tried_again(tmp_path: Path) -> None:
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    waits = Waits()
    try:
        with (
            connected(
                parse(f"https://127.0.0.1:{server.server_port}"), CREDENTIAL, SECRET, app.clock, waits.patience
            ) as api,
            pytest.raises(CannotPull, match="certificate"),
        ):
            list(everything(api))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert waits.seconds == []


def _self_signed(folder: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    private, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder(
        name, name, private.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1)
    ).add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    file = folder / "server.pem"
    file.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + builder.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_a_body_that_breaks_off_is_asked_for_again() -> None:
    whole = page(users=[1, 2, 3])
    assert whole is not None
    found, _, waits = walked(
        [(200, {"content-length": str(len(whole[2]) + 10), "connection": "close"}, whole[2]), whole]
    )
    assert len(found[0].items) == 3
    assert len(waits.seconds) == 1
