"""Asks a service for answers: one request at a time, patiently, and trusting no answer's size."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import httpx2
import msgspec

from milepost import __version__
from milepost.domain.errors import MilepostError
from milepost.domain.instants import SECOND, Instant
from milepost.transfer.upstream.address import Address
from milepost.transfer.upstream.patience import NotNow, Patience, asked_wait

# The largest answer that is read, in bytes: a page of a hundred records has some 50 KiB.
ANSWER_LIMIT = 32 * 1024 * 1024
# How much of a refusal is read, and how much of its message is repeated.
_REFUSAL_LIMIT = 65_536
_QUOTED = 200

_TIMEOUT = httpx2.Timeout(30.0, connect=15.0)
# Seconds for a whole answer: a service that sends a byte now and then never hits the timeout of a single read.
_WHOLE_ANSWER = 300.0


class CannotPull(MilepostError):
    """The service gave no usable answer; the message says where, and why. `status`: that of the answer, 0 for none."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class _Refusal(msgspec.Struct):
    """The body of a refusal: `message` in some APIs, `detail` in others."""

    message: str = ""
    detail: str = ""


class Service:
    """A service at an address. `get` is its only call; `headers` makes the headers that authenticate, for each
    request anew; `reasons`: the meaning of each status there.
    """

    def __init__(
        self,
        client: httpx2.Client,
        base: str,
        headers: Callable[[], Mapping[str, str]],
        reasons: Mapping[int, str],
        clock: Callable[[], Instant],
        patience: Patience,
    ) -> None:
        self._client = client
        self._base = base
        self._headers = headers
        self._reasons = reasons
        self._clock = clock
        self._patience = patience

    def get(self, path: str, query: Mapping[str, str]) -> bytes:
        """The body of an answer of 200 to GET <base>/<path>; `CannotPull` where there is none after several tries."""
        url = f"{self._base}/{path}"
        try:
            return self._patience.try_(lambda: self._once(url, query))
        except NotNow as error:
            raise CannotPull(f"{error}; given up, run the command again later") from error
        except httpx2.RequestError as error:
            raise CannotPull(f"{url} cannot be reached: {_told(error)}") from error
        except (httpx2.InvalidURL, UnicodeError) as error:  # a malformed host name
            raise CannotPull(f"{url} is not an address: {error}") from error

    def _once(self, url: str, query: Mapping[str, str]) -> bytes:
        try:
            with self._client.stream("GET", url, params=dict(query), headers=self._sent()) as response:
                if response.status_code != 200:
                    raise self._refused(url, response)
                return _read(url, response)
        except (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol, httpx2.DecodingError):
            raise
        except httpx2.TransportError as error:
            if _is_hopeless(error):
                raise
            raise NotNow(f"{url} cannot be reached: {_told(error)}") from error

    def _sent(self) -> dict[str, str]:
        own = {"accept": "application/json", "accept-encoding": "identity", "user-agent": f"milepost/{__version__}"}
        return own | dict(self._headers())

    def _refused(self, url: str, response: httpx2.Response) -> Exception:
        status = response.status_code
        if response.has_redirect_location:
            target = response.headers["location"][:_QUOTED]
            return CannotPull(f"{url} leads on to {target}: if you trust that address, give it with --url", status)
        said = _words(response)
        if status == 429 or status >= 500:
            after = asked_wait(response.headers.get("retry-after", ""), self._clock() / SECOND)
            asks = f" and asks to wait {after:,.0f} s" if after else ""
            return NotNow(f"{url} answers {status}{asks}{said}", after)
        return CannotPull(f"{url} {self._reasons.get(status, 'does not answer this')} ({status}){said}", status)


@contextmanager
def connected(
    address: Address,
    headers: Callable[[], Mapping[str, str]],
    reasons: Mapping[int, str],
    clock: Callable[[], Instant],
    patience: Patience | None = None,
) -> Iterator[Service]:
    """A service at an address, for as long as the context lasts. Its certificate is verified; no redirect is followed,
    so that nobody else gets the credentials.
    """
    # Proxies of the environment are not meant for this machine itself.
    with httpx2.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=not address.is_loopback) as client:
        yield Service(client, address.base, headers, reasons, clock, patience or Patience())


def _read(url: str, response: httpx2.Response) -> bytes:
    body, until = bytearray(), time.monotonic() + _WHOLE_ANSWER
    for part in response.iter_bytes():
        body += part
        if len(body) > ANSWER_LIMIT:
            raise CannotPull(f"{url} sends an answer that is larger than {ANSWER_LIMIT >> 20} MiB, which is none")
        if time.monotonic() > until:
            raise NotNow(f"{url} takes longer than {_WHOLE_ANSWER:.0f} s for one answer")
    return bytes(body)


def _words(response: httpx2.Response) -> str:
    """The message of a refusal, if it is JSON."""
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
    """Whether another try is useless: an unknown host, an untrusted certificate, a service without TLS."""
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
