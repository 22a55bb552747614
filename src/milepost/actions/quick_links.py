"""Links whose holder can check in to one key result, and do nothing else: for scripts and shortcuts."""

from __future__ import annotations

import msgspec

from milepost.actions import access, check_ins, key_results, people, tokens
from milepost.actions.context import Actor, Context
from milepost.domain.check_in import Entry
from milepost.domain.errors import Invalid, NotFound
from milepost.domain.instants import Instant
from milepost.domain.people import Capability
from milepost.domain.scope import Scope
from milepost.domain.token import Token, TokenKind
from milepost.store import tokens as stored
from milepost.store.engine import Database


class Said(msgspec.Struct, frozen=True):
    """A check-in through a link. `number` is the new value, or an increment of it."""

    number: float
    is_increment: bool
    comment: str


def add(context: Context, key_result_id: str, title: str) -> tuple[Token, str]:
    """A new link's token, and its text, which is stored nowhere. The link checks in as the user who made it.

    `Invalid` without a name; `NotFound` where there is no such key result; `Forbidden` with a limited token.
    """
    access.require(context, Capability.CHECK_IN)
    access.require_unlimited(context)
    if not title.strip():
        raise Invalid("name", "is required: say what uses the link")
    key_results.find(context, key_result_id)
    own = people.get(context, context.user_id)
    return tokens.add(
        context, own.email, title.strip(), scopes=(Scope.CHECK_IN,), kind=TokenKind.QUICK, about=key_result_id
    )


def of(context: Context, key_result_id: str) -> list[Token]:
    """The valid links of a key result, the newest first."""
    return stored.about(context.database, context.account_id, key_result_id)


def revoke(context: Context, key_result_id: str, token_id: str) -> None:
    """Close a link for good: one's own or, as an admin, anybody's. `NotFound` for others."""
    access.require(context, Capability.CHECK_IN)
    with context.database.transaction():
        mine = {one.id for one in of(context, key_result_id) if one.user_id == context.user_id}
        if token_id not in mine and Capability.ADMINISTER not in context.actor.reach:
            raise NotFound("link", token_id)
        tokens.revoke(context, token_id)


def presented(database: Database, text: str, now: Instant) -> tuple[Actor, Token]:
    """The actor of a link's token, and the token. `Unauthenticated`."""
    return tokens.acting(database, text, now, TokenKind.QUICK)


def say(context: Context, key_result_id: str, said: Said) -> None:
    """Record a check-in through a link; the errors are those of any check-in."""
    with context.database.transaction():
        standing = key_results.find(context, key_result_id).current if said.is_increment else 0.0
        check_ins.record(context, key_result_id, Entry(value=standing + said.number, comment=said.comment))
