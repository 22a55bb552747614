"""Page tokens: opaque texts with the list, and the record after which the next page begins.

A page begins after a place in the order of creation, not at a count, so that it stays right while records come and go.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from milepost.domain.errors import Invalid
from milepost.domain.instants import BEGINNING, END
from milepost.domain.query import EVERYTHING, Condition, Place, Query

SIZE = 100
PARAMETER = "page_token"


class Dated(Protocol):
    """A record with its date of creation."""

    @property
    def created_at(self) -> int: ...

    @property
    def id(self) -> str: ...


class _Token(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    created_at: int
    id: str
    list: str


def asked(query: Mapping[str, str], of: str, condition: Condition = EVERYTHING) -> Query:
    """The requested page with one record more, which shows whether another page follows. `of`: the list with its
    filter; `Invalid` for a token of another list.
    """
    text = query.get(PARAMETER, "")
    after = _place(text, _digest(of)) if text else None
    return Query(condition, limit=SIZE + 1, after=after, counted=False)


def next_token(found: Sequence[Dated], of: str) -> str | None:
    """The token of the page after the first records found, `None` after the last page."""
    if len(found) <= SIZE:
        return None
    last = found[SIZE - 1]
    return _text(_Token(last.created_at, last.id, _digest(of)))


def _digest(of: str) -> str:
    return hashlib.sha256(of.encode()).hexdigest()[:16]


def _text(token: _Token) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(token)).decode().rstrip("=")


def _place(text: str, of: str) -> Place:
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        token = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=_Token)
    except (ValueError, binascii.Error, RecursionError):
        raise _bad() from None
    if token.list != of or _text(token) != text or not BEGINNING <= token.created_at <= END:
        raise _bad()
    return Place(token.created_at, token.id)


def _bad() -> Invalid:
    return Invalid(PARAMETER, "is not one that this list gave: begin again without it")
