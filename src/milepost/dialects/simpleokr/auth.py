"""Authentication: a signature over credential and time, or a bearer token.

Authorization: S1-HMAC-SHA256 Credential=<credential>&Timestamp=<timestamp>&Signature=<signature>

Only credential and time are signed, so that whoever sees a header can reuse it for ten minutes: TLS is a must.
"""

from __future__ import annotations

from collections.abc import Mapping

from milepost.actions import keys, tokens
from milepost.actions.context import Actor
from milepost.domain import instants
from milepost.domain.errors import Unauthenticated
from milepost.domain.instants import SECOND, Instant
from milepost.services import Services

SCHEME = "S1-HMAC-SHA256"
SKEW = 10 * 60 * SECOND

_ARGUMENTS = ("Credential", "Timestamp", "Signature")


def actor(services: Services, headers: Mapping[str, str], now: Instant) -> Actor:
    """The actor of the request's signature or token; `Unauthenticated` without a valid one."""
    scheme, _, text = headers.get("authorization", "").strip().partition(" ")
    match scheme.lower():
        case "s1-hmac-sha256":
            return _signed(services, text.strip(), now)
        case "bearer" if text.strip():
            return tokens.authenticate(services.database, text.strip(), now)
    raise Unauthenticated(
        f"send the header Authorization: {SCHEME} Credential=<credential>&Timestamp=<now>&Signature=<signature>, "
        "or a bearer token"
    )


def _signed(services: Services, text: str, now: Instant) -> Actor:
    credential, timestamp, signature = _arguments(text)
    at = instants.read(timestamp)
    if at is None:
        raise Unauthenticated("Timestamp must be an RFC 3339 time in UTC, such as 2026-03-31T12:00:00Z")
    if abs(now - at) > SKEW:
        said = instants.as_datetime(now).isoformat()[:19]
        raise Unauthenticated(f"Timestamp is more than 10 minutes away from this server's clock, which says {said}Z")
    message = f"{credential}{timestamp}".encode()
    return keys.authenticate(services.database, services.vault, credential, message, signature)


def _arguments(text: str) -> tuple[str, str, str]:
    """Credential, timestamp and signature as they were sent, in any order."""
    pairs = [part.partition("=") for part in text.split("&")]
    given = {name: value for name, _, value in pairs}
    if len(given) != len(pairs) or not all(given.get(name) for name in _ARGUMENTS):
        raise Unauthenticated(f"after {SCHEME}, send Credential=…&Timestamp=…&Signature=…, each once")
    return given["Credential"], given["Timestamp"], given["Signature"]
