"""Authentication: a bearer token, and the account header that must agree with it."""

from __future__ import annotations

from collections.abc import Mapping

from milepost.actions import tokens
from milepost.actions.context import Actor
from milepost.domain.errors import Forbidden, Invalid, Unauthenticated
from milepost.domain.instants import Instant
from milepost.store.engine import Database

HEADER = "gtmhub-accountid"


def actor(database: Database, headers: Mapping[str, str], now: Instant) -> Actor:
    """The actor of the request's token; `Unauthenticated` without a valid one."""
    scheme, _, text = headers.get("authorization", "").partition(" ")
    text = text.strip()
    if scheme.lower() != "bearer" or not text:
        raise Unauthenticated("send the header Authorization: Bearer <token>")
    return tokens.authenticate(database, text, now)


def require_account(who: Actor, headers: Mapping[str, str], *, named: bool) -> None:
    """`Invalid` where the account header is missing although required (`named`); `Forbidden` where it names another
    account.
    """
    account = headers.get(HEADER, "").strip()
    if not account:
        if named:
            raise Invalid("gtmhub-accountId", "send this header with the id of your account")
        return
    if account.lower() != who.account_id:
        raise Forbidden("the token belongs to another account than the header gtmhub-accountId names")
