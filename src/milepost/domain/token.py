"""API tokens: random texts that act for a user. Only their SHA-256 is kept.

A token made here reads `mp_<account>_<secret>`: it carries its account, so that even its look-up reads by account, and
it has no dots, because a published client tries to decode tokens of three dot-separated parts.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from enum import StrEnum

import msgspec

from milepost.domain import ids
from milepost.domain.errors import Invalid
from milepost.domain.instants import Instant
from milepost.domain.scope import Scope

_OURS = re.compile(r"mp_([0-9a-f]{24}|[0-9a-f]{32})_[0-9a-f]{48}\Z")
_BROUGHT = re.compile(r"[\x21-\x7e]{16,4096}\Z")


class TokenKind(StrEnum):
    """The holder of a token: a program, a signed-in browser, a link that signs in once, or a link that checks in."""

    PROGRAM = "program"
    BROWSER = "browser"
    LINK = "link"
    QUICK = "quick"


class Token(msgspec.Struct, frozen=True):
    """A token of one user. `expires_at` is `None` if it never expires, `revoked_at` unless it is revoked. Without
    `scopes` it has all rights of the user. `last_used_at` is `None` before its first use, and exact to an hour.
    `came_from`: the token that it came with, and ends with. `key_result_id`: the only key result that it is about.
    """

    account_id: str
    id: str
    user_id: str
    name: str
    digest: str
    created_at: Instant
    expires_at: Instant | None = None
    revoked_at: Instant | None = None
    scopes: tuple[Scope, ...] = ()
    last_used_at: Instant | None = None
    kind: TokenKind = TokenKind.PROGRAM
    came_from: str = ""
    key_result_id: str = ""

    def holds_at(self, now: Instant) -> bool:
        """Whether the token is valid at this moment."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def issue(account_id: str) -> str:
    """A new random token text for an account, with 192 random bits."""
    return f"mp_{account_id.replace('-', '')}_{secrets.token_hex(24)}"


def digest(text: str) -> str:
    """The SHA-256 of a token in hex digits, which is stored in its place."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def account_of(text: str) -> str | None:
    """The account that a token of our own making names; `None` for a token that was brought along."""
    match = _OURS.match(text)
    return ids.from_digits(match.group(1)) if match else None


def brought(text: str, account_id: str) -> str:
    """An existing token that may be registered for an account; `Invalid` says why not."""
    if not _BROUGHT.match(text):
        raise Invalid("value", "a token is 16 to 4,096 printable ASCII characters without spaces")
    if account_of(text) not in (None, account_id):
        raise Invalid("value", "Milepost made this token for another account, and its text says so: make a new one")
    return text
