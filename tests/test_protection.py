"""What every answer tells browsers, whose word counts for where a call comes from, and that no address has a secret."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from acme import Acme, build
from calls import Call, calls_of
from gtmhub_calls import GTMHUB
from milepost import app
from milepost.app import running
from milepost.config import LOOPBACK, BadSetting, Settings, from_environment
from server import Server
from simpleokr_calls import SIMPLEOKR
from wire import InProcess, Live, Reply

CALLS = calls_of(GTMHUB, SIMPLEOKR)
PAGES = ("/docs", "/docs/page.js", "/docs/swagger-ui-bundle.js", "/healthz", "/api/openapi.json", "/nothing", "/api/x")
NAMES = ("access_token", "token", "api_key", "key", "authorization", "Authorization", "bearer", "Credential", "auth")


def assert_protective(reply: Reply) -> None:
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert "strict-transport-security" not in reply.headers


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_every_answer_is_for_who_asked_alone(acme: Acme, anna: InProcess, call: Call) -> None:
    of = call.dialect.ours(acme)
    for caller in (anna, anna.acting("", ""), anna.acting("wrong", "")):
        reply = call.send(caller, of)
        assert_protective(reply)
        assert reply.headers["cache-control"] == "private, no-cache"
    preflight = {"origin": "https://client.test", "access-control-request-method": call.method}
    assert_protective(anna.request("OPTIONS", call.address(of), headers=preflight))


@pytest.mark.parametrize("page", PAGES)
def test_so_is_what_anybody_may_see(anna: InProcess, page: str) -> None:
    reply = anna.acting("", "").request("GET", page)
    assert_protective(reply)
    assert ("script-src 'self'" in reply.headers["content-security-policy"]) == (page == "/docs")
    assert (reply.headers["cache-control"] == "public, max-age=3600") == page.startswith("/docs/")


@pytest.mark.parametrize(("url", "said"), [("https://okr.example.org", "max-age=31536000"), ("http://okr.test", None)])
def test_browsers_are_held_to_https_where_that_is_the_address(acme: Acme, url: str, said: str | None) -> None:
    with asyncio.Runner() as runner, running(Settings(public_url=url), acme.database, acme.clock) as application:
        reply = InProcess(application, runner.get_loop()).request("GET", "/healthz")
    assert reply.headers.get("strict-transport-security") == said


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_no_call_takes_a_secret_from_its_address(acme: Acme, anna: InProcess, call: Call) -> None:
    of, stranger, token = call.dialect.ours(acme), anna.acting("", acme.account.id), acme.tokens["anna"]
    address = call.address(of)
    mark = "&" if "?" in address else "?"
    for name in NAMES:
        for value in (token, f"Bearer {token}"):
            reply = stranger.request(call.method, f"{address}{mark}{name}={quote(value)}", call.body(of))
            call.dialect.refused(reply, 401)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Acme]:
    path = tmp_path_factory.mktemp("proxied") / "milepost.db"
    with closing(app.database(f"sqlite:///{path}")) as database:
        return path, build(database)


BELIEVED = {"": False, "127.0.0.0/8,::1": True, "10.0.0.0/8": False, None: True}


@pytest.fixture(scope="module", params=BELIEVED, ids=["none", "us", "others", "unset"])
def proxied(request: pytest.FixtureRequest, world: tuple[Path, Acme]) -> Iterator[tuple[str, Live, bool]]:
    """A server, a client that has come through a proxy on this machine, and whether that is believed."""
    path, acme = world
    environment = {} if request.param is None else {"MILEPOST_TRUSTED_PROXIES": request.param}
    server = Server(path, 1, {**environment, "MILEPOST_FAILED_SIGN_INS": "1"})
    try:
        with closing(Live(server.address, acme.tokens["anna"], acme.account.id)) as wire:
            yield server.address, wire, BELIEVED[request.param]
    finally:
        server.stop()


def test_the_scheme_is_what_a_trusted_proxy_says(proxied: tuple[str, Live, bool], world: tuple[Path, Acme]) -> None:
    _, wire, believed = proxied
    headers = {"x-forwarded-proto": "https", "host": "okr.example.org"}
    shown = wire.request("GET", f"v1/metrics/{world[1].revenue}", headers=headers).json["url"]
    assert shown.startswith("https://" if believed else "http://")


@pytest.mark.parametrize(
    ("given", "settings"),
    [
        ({}, Settings()),
        ({"MILEPOST_TRUSTED_PROXIES": ""}, Settings(trusted_proxies=())),
        ({"MILEPOST_TRUSTED_PROXIES": "10.0.0.5, fd00::/8"}, Settings(trusted_proxies=("10.0.0.5", "fd00::/8"))),
        ({"MILEPOST_CONNECTIONS_PER_ADDRESS": "off"}, Settings(connections_per_address=0)),
        ({"MILEPOST_FAILED_SIGN_INS": "5"}, Settings(failed_sign_ins=5)),
        ({"MILEPOST_FAILED_SIGN_INS": ""}, Settings(failed_sign_ins=60)),
        ({"MILEPOST_PUBLIC_URL": "https://example.org/okr/"}, Settings(public_url="https://example.org/okr")),
        ({"MILEPOST_PUBLIC_URL": "http://[::1]:8080"}, Settings(public_url="http://[::1]:8080")),
        (
            {"MILEPOST_CORS_ORIGINS": "https://a.example/, http://b:81"},
            Settings(cors_origins=("https://a.example", "http://b:81")),
        ),
        ({"MILEPOST_CORS_ORIGINS": ""}, Settings(cors_origins=())),
    ],
)
def test_settings(given: dict[str, str], settings: Settings) -> None:
    assert from_environment({"MILEPOST_RATE_LIMIT": "off", **given}) == settings
    assert Settings().trusted_proxies == LOOPBACK


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MILEPOST_TRUSTED_PROXIES", "*"),
        ("MILEPOST_TRUSTED_PROXIES", "proxy.example.org"),
        ("MILEPOST_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("MILEPOST_CONNECTIONS_PER_ADDRESS", "0"),
        ("MILEPOST_CONNECTIONS_PER_ADDRESS", "-1"),
        ("MILEPOST_FAILED_SIGN_INS", "many"),
        ("MILEPOST_FAILED_SIGN_INS", "9" * 5_000),
        ("MILEPOST_PUBLIC_URL", "okr.example.com"),
        ("MILEPOST_PUBLIC_URL", "https://okr.example.com:many"),
        ("MILEPOST_PUBLIC_URL", "https://somebody@okr.example.com"),
        ("MILEPOST_PUBLIC_URL", "https://okr.example.com?a=1"),
        ("MILEPOST_PUBLIC_URL", "https://okr example.com"),
        ("MILEPOST_CORS_ORIGINS", "foo"),
        ("MILEPOST_CORS_ORIGINS", "*, board.example.com"),
        ("MILEPOST_CORS_ORIGINS", "https://board.example.com/page"),
        ("MILEPOST_METRICS", "0"),
    ],
)
def test_what_cannot_be_a_setting(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        from_environment({name: value})
