"""Signing keys: a credential, which names its user, and a secret that the user's programs sign their requests with.

A key made here has the credential `mk_<account>_<digits>`: it carries its account, so that even its look-up reads by
account. Neither half holds a space, `&` or `=`, which mean something in the header that a signature travels in.
"""

from __future__ import annotations

import hmac
import re
import secrets

import msgspec

from milepost.domain import ids
from milepost.domain.errors import Fault, Invalid
from milepost.domain.instants import Instant
from milepost.domain.scope import Scope
from milepost.domain.values import storable

_OURS = re.compile(r"mk_([0-9a-f]{24}|[0-9a-f]{32})_[0-9a-f]{16}\Z")
_BROUGHT = re.compile(r"[\x21-\x25\x27-\x7e]{1,200}\Z")

_SHORTEST_SECRET = 8
_LONGEST_SECRET = 4_096


class Key(msgspec.Struct, frozen=True):
    """A signing key of one user. `revoked_at` is `None` until it is revoked, which empties `sealed_secret`. `scopes`
    and `last_used_at` mean the same as in `Token`.
    """

    account_id: str
    id: str
    user_id: str
    name: str
    credential: str
    sealed_secret: str
    created_at: Instant
    revoked_at: Instant | None = None
    scopes: tuple[Scope, ...] = ()
    last_used_at: Instant | None = None


def issue(account_id: str) -> tuple[str, str]:
    """A new random credential for an account, and its secret of 256 random bits."""
    return f"mk_{account_id.replace('-', '')}_{secrets.token_hex(8)}", secrets.token_hex(32)


def account_of(credential: str) -> str | None:
    """The account that a credential of our own making names; `None` for one that was brought along."""
    match = _OURS.match(credential)
    return ids.from_digits(match.group(1)) if match else None


def brought(credential: str, secret: str, account_id: str) -> tuple[str, str]:
    """An existing pair that may be registered for an account; `Invalid` says why not, and repeats no secret."""
    faults = []
    if not _BROUGHT.match(credential):
        faults.append(Fault("credential", "a credential is 1 to 200 printable ASCII characters without spaces and &"))
    elif account_of(credential) not in (None, account_id):
        faults.append(
            Fault(
                "credential", "Milepost made this credential for another account, and its text says so: make a new one"
            )
        )
    if not _SHORTEST_SECRET <= len(secret) <= _LONGEST_SECRET:
        faults.append(Fault("secret", f"a secret is {_SHORTEST_SECRET} to {_LONGEST_SECRET:,} characters long"))
    elif not storable(secret) or secret.splitlines() != [secret]:
        faults.append(Fault("secret", "a secret is one line of text"))
    if faults:
        raise Invalid.of(faults)
    return credential, secret


def signature(secret: str, message: bytes) -> str:
    """The HMAC-SHA256 of a message under a secret, in lower-case hex digits."""
    return hmac.digest(secret.encode(), message, "sha256").hex()
