"""The servers that calls are made to: one at an address, or this program itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import httpx2
import msgspec
from starlette.types import ASGIApp

from milepost import __version__
from milepost.domain.errors import Invalid, MilepostError
from milepost.domain.values import storable
from milepost.transfer.gtmhub.rehearsal.call import LARGEST
from milepost.transfer.upstream import address
from milepost.transfer.upstream.patience import NotNow, Patience, asked_wait

_TIMEOUT = httpx2.Timeout(60.0, connect=15.0)
_ENDS = ("/results/api", "/api")


class CannotAsk(MilepostError):
    """A server does not answer; the message says why, and what to do. It never tells a token."""


class Answer(msgspec.Struct, frozen=True):
    """The status of an answer, and the value of its body, or the text where it is not JSON."""

    status: int
    body: Any


class Server(Protocol):
    """A server that answers."""

    def get(self, path: str) -> Answer:
        """The answer to GET; `CannotAsk` where there is none."""
        ...


class Live:
    """A server at an address, asked patiently, one call at a time. No redirect is followed, so that nobody else
    sees the token.
    """

    def __init__(self, client: httpx2.Client, base: str, headers: dict[str, str], patience: Patience) -> None:
        self._client, self._base, self._headers, self._patience = client, base, headers, patience

    def get(self, path: str) -> Answer:
        """The answer; after several tries, if need be."""
        try:
            return self._patience.try_(lambda: self._once(path))
        except NotNow as error:
            raise CannotAsk(f"{error}; given up, run the command again later") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
            raise CannotAsk(f"{self._base} cannot be asked: {error or type(error).__name__}") from error

    def _once(self, path: str) -> Answer:
        try:
            with self._client.stream("GET", f"{self._base}{path}", headers=self._headers) as response:
                if response.status_code in (429, 502, 503, 504):
                    after = asked_wait(response.headers.get("retry-after", ""), time.time())
                    raise NotNow(f"{self._base} answers {response.status_code}", after)
                if response.status_code == 401:
                    raise CannotAsk(
                        f"{self._base} refuses the token: give another one, or see that it is of that server"
                    )
                body = bytearray()
                for part in response.iter_bytes():
                    body += part
                    if len(body) > LARGEST:
                        raise CannotAsk(f"{self._base} sends an answer that is larger than {LARGEST >> 20} MiB")
                return Answer(response.status_code, _value(bytes(body)))
        except (httpx2.ConnectTimeout, httpx2.ReadTimeout, httpx2.RemoteProtocolError, httpx2.ReadError) as error:
            raise NotNow(f"{self._base} does not answer: {error or type(error).__name__}") from error


class Inside:
    """This program's own application, called in this process."""

    def __init__(self, client: httpx2.AsyncClient, runner: asyncio.Runner, headers: dict[str, str]) -> None:
        self._client, self._runner, self._headers = client, runner, headers

    def get(self, path: str) -> Answer:
        """The answer."""
        response = self._runner.run(self._client.get(path, headers=self._headers))
        return Answer(response.status_code, _value(response.content))


@contextmanager
def live(url: str, token: str, account_id: str, tell: Callable[[str], None]) -> Iterator[Live]:
    """A server at an address, with /api at its end or without, for as long as the context lasts; `Invalid`.

    `tell` gets messages, such as while the server does not answer.
    """
    base = _base(url)
    place = address.parse(base, str, "the token goes into --token")
    if place.is_exposed:
        tell(
            "Warning: this address begins with http://, so that whoever sees a request on its way can use its token. "
            "Use https:// if the server has it."
        )
    if not token.isascii() or not token.isprintable() or not token:
        raise Invalid("token", "is not one: it is printable ASCII")
    # Proxies of the environment are not meant for this machine itself.
    with httpx2.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=not place.is_loopback) as client:
        yield Live(client, base, _headers(token, account_id), Patience(tell=tell))


@contextmanager
def inside(application: ASGIApp, token: str, account_id: str) -> Iterator[Inside]:
    """The application, for as long as the context lasts."""
    with asyncio.Runner() as runner:
        client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(application), base_url="http://milepost.invalid", trust_env=False
        )
        try:
            yield Inside(client, runner, _headers(token, account_id))
        finally:
            runner.run(client.aclose())


def _headers(token: str, account_id: str) -> dict[str, str]:
    return {
        "authorization": f"Bearer {token}",
        "gtmhub-accountid": account_id,
        "accept": "application/json",
        "user-agent": f"milepost/{__version__}",
    }


def _base(url: str) -> str:
    """The URL before /api, which the paths begin with."""
    try:
        parsed = httpx2.URL(url.strip())
    except (httpx2.InvalidURL, UnicodeError):
        parsed = None
    if parsed is None or parsed.scheme not in ("http", "https") or not parsed.host or not storable(url):
        raise Invalid("url", "is not an address: write it like https://app.gtmhub.com/api")
    if parsed.userinfo or parsed.query or parsed.fragment:
        raise Invalid("url", "ends before the first ? or #, and holds no user name or password")
    path = parsed.path.rstrip("/")
    end = next((end for end in _ENDS if path.endswith(end)), "")
    return str(parsed.copy_with(path=path.removesuffix(end))).rstrip("/")


def _value(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")
