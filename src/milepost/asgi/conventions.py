"""The headers that all calls share, as descriptions show them: keys, versions, limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

WORDS = (
    "Every answer has an `X-Request-Id`: the request's own, or a new one. Where the operator limits how often one may "
    "ask, it has `RateLimit` and `RateLimit-Policy`, too."
)


class Manners(msgspec.Struct, frozen=True):
    """Which of the shared headers a call knows. `changes`: it changes something. `keyed`: it takes an Idempotency-Key.
    `tagged`: a success has an ETag. `conditional`: it takes If-Match, or If-None-Match where it only reads.
    """

    changes: bool
    keyed: bool
    tagged: bool
    conditional: bool


def _parameter(name: str, description: str, **schema: str) -> dict[str, Any]:
    said = {"name": name, "in": "header", "required": False, "schema": {"type": "string", **schema}}
    return said | {"description": description}


_KEY = _parameter(
    "Idempotency-Key",
    "Sent again with the same key within a day, the call gives the first answer again.",
    pattern=r"^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$",
)
_IF_MATCH = _parameter("If-Match", "Make the call only while the item has one of these ETags; 412 otherwise.")
_IF_NONE_MATCH = _parameter("If-None-Match", "Give the item only if it has none of these ETags; 304 otherwise.")
_TAG = "The version that the answer shows."
_REPLAYED = "`true` where this is the answer of a call before."
_RETRY = {"Retry-After": "So many seconds are to pass before the call is sent again."}
_LIMITS = {
    "RateLimit": "How many requests are left, of the token and of the address.",
    "RateLimit-Policy": "How many there are a second.",
}


def parameters(manners: Manners) -> Iterator[dict[str, Any]]:
    """The headers that a call takes, as a description has them."""
    if manners.keyed:
        yield _KEY
    if manners.conditional:
        yield _IF_MATCH if manners.changes else _IF_NONE_MATCH


def refusals(manners: Manners) -> Iterator[int]:
    """The statuses with which a call is refused because of these headers, or of a rate limit."""
    if manners.keyed:
        yield from (409, 422)
    if manners.conditional:
        yield 412
    yield 429


def answers(manners: Manners) -> Iterator[int]:
    """The statuses of answers without a body that are no refusals."""
    if manners.conditional and not manners.changes:
        yield 304


def headers(manners: Manners, status: int) -> dict[str, Any]:
    """The headers of an answer, as a description has them."""
    found: dict[str, str] = {}
    if status < 400 and manners.tagged:
        found["ETag"] = _TAG
    if status < 300 and manners.keyed:
        found["Idempotent-Replayed"] = _REPLAYED
    if status == 429:
        found |= _LIMITS
    if status in (409, 429, 503):
        found |= _RETRY
    return {name: {"description": words, "schema": {"type": "string"}} for name, words in found.items()}
