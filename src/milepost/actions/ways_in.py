"""People manage their own ways in: the tokens and keys of their programs, and their browsers.

Admins see and close everybody's. Nobody makes a way in for another person, except a link that signs a browser in.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from milepost.actions import access, keys, people, signing_in, tokens
from milepost.actions.context import Context
from milepost.domain import scope
from milepost.domain.errors import Conflict, Fault, Invalid, NotFound
from milepost.domain.instants import Instant
from milepost.domain.key import Key
from milepost.domain.people import GRANTS, Capability, User
from milepost.domain.scope import OPENS, Scope
from milepost.domain.token import Token, TokenKind
from milepost.store import keys as stored_keys
from milepost.store import tokens as stored_tokens
from milepost.store import users
from milepost.store.vault import Vault

# At most this many tokens, the newest, are shown.
SHOWN = 200


class WaysIn(msgspec.Struct, frozen=True):
    """The valid tokens and keys, the newest first, and their users, by id."""

    tokens: tuple[Token, ...]
    keys: tuple[Key, ...]
    people: dict[str, User]


def held(context: Context, *, everybodys: bool = False) -> WaysIn:
    """The actor's own, or everybody's, which takes an admin: the newest 200 tokens, and all keys."""
    access.require(context, Capability.ADMINISTER if everybodys else Capability.READ)
    database, account, whose = context.database, context.account_id, "" if everybodys else context.user_id
    with database.reading():
        found = stored_tokens.holding(database, account, whose, context.clock(), SHOWN)
        held_keys = [one for one in reversed(keys.everyone(context)) if one.revoked_at is None]
        signing = [one for one in held_keys if everybodys or one.user_id == whose]
        whose_they_are = {one.user_id for one in found} | {one.user_id for one in signing}
        known = users.records.several(database, account, whose_they_are)
    return WaysIn(tuple(found), tuple(signing), {one.id: one for one in known})


def offered(context: Context) -> tuple[Scope, ...]:
    """The scopes that a token of the actor may have: those that open no more than the role grants."""
    return tuple(one for one in Scope if OPENS[one] <= GRANTS[context.actor.role])


def add_token(
    context: Context, title: str, expires_at: Instant | None = None, scopes: Iterable[Scope] = ()
) -> tuple[Token, str]:
    """A new token for the actor, and its text, which is stored nowhere.

    `Invalid` without a name, for a scope that is not `offered`, or for an expiry that has passed; `Forbidden` with a
    limited token.
    """
    wanted = _require_own(context, title, scopes, expires_at)
    own = people.get(context, context.user_id)
    return tokens.add(context, own.email, title.strip(), expires_at, scopes=wanted)


def add_key(context: Context, vault: Vault, title: str, scopes: Iterable[Scope] = ()) -> tuple[Key, str]:
    """A new signing key for the actor, and its secret; errors as in `add_token`. `CannotUnseal` where no secret can be
    kept.
    """
    wanted = _require_own(context, title, scopes)
    own = people.get(context, context.user_id)
    return keys.add(context, vault, own.email, title.strip(), scopes=wanted, everywhere=False)


def revoke_token(context: Context, token_id: str) -> Token:
    """Close a token or sign a browser out, for good: one's own or, as an admin, anybody's. `NotFound` for others."""
    access.require_unlimited(context)
    standing = stored_tokens.records.find(context.database, context.account_id, token_id)
    if standing is None or standing.kind is TokenKind.LINK or not _may_close(context, standing.user_id):
        raise NotFound("token", token_id)
    return tokens.revoke(context, token_id)


def revoke_key(context: Context, key_id: str) -> Key:
    """Close a signing key for good: one's own or, as an admin, anybody's. `NotFound` for others."""
    access.require_unlimited(context)
    standing = stored_keys.records.find(context.database, context.account_id, key_id)
    if standing is None or not _may_close(context, standing.user_id):
        raise NotFound("key", key_id)
    return keys.revoke(context, standing.credential)


def link(context: Context, user_id: str) -> str:
    """A code that signs a browser in as a user, once, within fifteen minutes; admins only. `Conflict` for an
    inactive user, or one without an address.
    """
    access.require(context, Capability.ADMINISTER)
    user = people.get(context, user_id)
    if not user.is_active:
        raise Conflict(f"{user.name} is not active: a link would open nothing")
    if not user.email:
        raise Conflict(f"{user.name} has no address: write one down first")
    return signing_in.link(context, user.email)


def _require_own(
    context: Context, title: str, scopes: Iterable[Scope], expires_at: Instant | None = None
) -> tuple[Scope, ...]:
    """The scopes of a token or key that the actor makes; errors as in `add_token`."""
    access.require_unlimited(context)
    wanted = scope.ordered(scopes)
    faults = [] if title.strip() else [Fault("name", "is required: it tells this one from your others")]
    if expires_at is not None and expires_at <= context.clock():
        faults.append(Fault("expires_at", "must lie ahead: it would open nothing"))
    if beyond := [one for one in wanted if one not in offered(context)]:
        faults.append(Fault("scopes", f"a {context.actor.role} may do less than {', '.join(beyond)}"))
    if faults:
        raise Invalid.of(faults)
    return wanted


def _may_close(context: Context, user_id: str) -> bool:
    return user_id == context.user_id or Capability.ADMINISTER in context.actor.reach
