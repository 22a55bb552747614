"""Asks a service for pages: signed, one request at a time, patiently, and trusting no answer's size."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import httpx2
import msgspec

from milepost import __version__
from milepost.dialects.simpleokr.wire import shared
from milepost.domain import key
from milepost.domain.errors import MilepostError
from milepost.domain.instants import SECOND, Instant
from milepost.transfer.simpleokr.address import Address
from milepost.transfer.simpleokr.patience import NotNow, Patience, asked_wait

_SCHEME = "S1-HMAC-SHA256"

# A page of a hundred records is some 50 KiB; what is larger than this is none.
PAGE_LIMIT = 32 * 1024 * 1024
# What is read of an answer that is a refusal, and what is repeated of its words.
_REFUSAL_LIMIT = 65_536
_QUOTED = 200

_TIMEOUT = httpx2.Timeout(30.0, connect=15.0)
# A service that sends a byte now and then would never run into the timeout of a single read.
_WHOLE_ANSWER = 300.0

_REASONS = {
    401: "refuses the key: see to --credential and --secret, to the clock of this machine, and to --url",
    402: "says that the account is suspended",
    403: "does not let the user of this key read this",
    404: "has nothing there: is --url the address of a service that speaks SimpleOKR's API?",
}


class CannotPull(MilepostError):
    """The service did not give what was asked for; the message says where, and why."""


class _Refusal(msgspec.Struct):
    """What a refusal says: `message` in this API, `detail` where something else answers."""

    message: str = ""
    detail: str = ""


class Api:
    """A service, reached with one key. `get` is its only call."""

    def __init__(
        self,
        client: httpx2.Client,
        address: Address,
        credential: str,
        secret: str,
        clock: Callable[[], Instant],
        patience: Patience,
    ) -> None:
        self._client = client
        self._address = address
        self._credential = credential
        self._secret = secret
        self._clock = clock
        self._patience = patience

    def get(self, name: str, query: Mapping[str, str]) -> bytes:
        """The body of an answer of 200 to GET /v1/<name>; `CannotPull` where there is none after several tries."""
        url = f"{self._address.base}/{name}"
        try:
            return self._patience.try_(lambda: self._once(url, query))
        except NotNow as error:
            raise CannotPull(f"{error}; given up, run the command again later") from error
        except httpx2.RequestError as error:
            raise CannotPull(f"{url} cannot be reached: {_told(error)}") from error
        except (httpx2.InvalidURL, UnicodeError) as error:  # a host's name that no network takes
            raise CannotPull(f"{url} is not an address: {error}") from error

    def _once(self, url: str, query: Mapping[str, str]) -> bytes:
        try:
            with self._client.stream("GET", url, params=dict(query), headers=self._headers()) as response:
                if response.status_code != 200:
                    raise self._refused(url, response)
                return _read(url, response)
        except (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol, httpx2.DecodingError):
            raise
        except httpx2.TransportError as error:
            if _is_hopeless(error):
                raise
            raise NotNow(f"{url} cannot be reached: {_told(error)}") from error

    def _headers(self) -> dict[str, str]:
        """Signed anew for every request, since a signature holds for a few minutes only."""
        timestamp = shared.moment(self._clock())
        signature = key.signature(self._secret, f"{self._credential}{timestamp}".encode())
        return {
            "authorization": f"{_SCHEME} Credential={self._credential}&Timestamp={timestamp}&Signature={signature}",
            "accept": "application/json",
            "accept-encoding": "identity",
            "user-agent": f"milepost/{__version__}",
        }

    def _refused(self, url: str, response: httpx2.Response) -> Exception:
        status = response.status_code
        if response.has_redirect_location:
            target = response.headers["location"][:_QUOTED]
            return CannotPull(f"{url} leads on to {target}: if you trust that address, give it with --url")
        said = _words(response)
        if status == 429 or status >= 500:
            after = asked_wait(response.headers.get("retry-after", ""), self._clock() / SECOND)
            asks = f" and asks to wait {after:,.0f} s" if after else ""
            return NotNow(f"{url} answers {status}{asks}{said}", after)
        return CannotPull(f"{url} {_REASONS.get(status, 'does not answer this')} ({status}){said}")


@contextmanager
def connected(
    address: Address, credential: str, secret: str, clock: Callable[[], Instant], patience: Patience | None = None
) -> Iterator[Api]:
    """A service at an address, for as long as the context lasts. Its certificate is verified; no redirect is followed,
    so that nobody else is sent a signature.
    """
    # What the environment says of proxies is not meant for this machine itself.
    with httpx2.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=not address.is_loopback) as client:
        yield Api(client, address, credential, secret, clock, patience or Patience())


def _read(url: str, response: httpx2.Response) -> bytes:
    body, until = bytearray(), time.monotonic() + _WHOLE_ANSWER
    for part in response.iter_bytes():
        body += part
        if len(body) > PAGE_LIMIT:
            raise CannotPull(f"{url} sends a page that is larger than {PAGE_LIMIT >> 20} MiB, which is none")
        if time.monotonic() > until:
            raise NotNow(f"{url} takes longer than {_WHOLE_ANSWER:.0f} s for one page")
    return bytes(body)


def _words(response: httpx2.Response) -> str:
    """What the service itself says of its refusal, where it says so in JSON."""
    body = bytearray()
    try:
        for part in response.iter_bytes():
            body += part
            if len(body) > _REFUSAL_LIMIT:
                return ""
        refusal = msgspec.json.decode(bytes(body), type=_Refusal)
    except (httpx2.RequestError, ValueError, RecursionError):
        return ""
    said = (refusal.message or refusal.detail)[:_QUOTED]
    return f"; it says: {said}" if said else ""


def _is_hopeless(error: BaseException) -> bool:
    """Whether it comes of what no further try makes better: a name that nobody has, a certificate that cannot be
    trusted, a service that does not speak TLS.
    """
    causes = [*_causes(error)]
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return True
    return any(isinstance(cause, socket.gaierror) and cause.errno != socket.EAI_AGAIN for cause in causes)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _told(error: httpx2.RequestError) -> str:
    said = str(error) or type(error).__name__
    if any(isinstance(cause, ssl.SSLError) and cause.reason == "WRONG_VERSION_NUMBER" for cause in _causes(error)):
        return f"{said}. Does it speak http:// only?"
    return said
