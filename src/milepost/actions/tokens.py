"""Tokens: sign in with one, add, list, revoke."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from milepost.actions import people, trail
from milepost.actions.context import Actor, Context
from milepost.domain import ids, scope, token
from milepost.domain.errors import Conflict, NotFound, Unauthenticated
from milepost.domain.instants import Instant
from milepost.domain.scope import Scope
from milepost.domain.token import Token, TokenKind
from milepost.domain.values import name
from milepost.store import tokens
from milepost.store.engine import Database


def authenticate(database: Database, text: str, now: Instant) -> Actor:
    """The actor of a program's token. `Unauthenticated`: it is unknown, revoked or expired, or its user inactive."""
    return acting(database, text, now, TokenKind.PROGRAM)[0]


def acting(database: Database, text: str, now: Instant, *kinds: TokenKind) -> tuple[Actor, Token]:
    """The actor of a token of one of these kinds, and the token. Errors as in `authenticate`."""
    bearer = tokens.bearer(database, token.digest(text), token.account_of(text))
    if bearer is None or bearer.token.kind not in kinds:
        raise Unauthenticated("the token is not known here")
    if not bearer.token.holds_at(now):
        raise Unauthenticated(
            "the token is revoked" if bearer.token.revoked_at is not None else "the token has expired"
        )
    if not bearer.user_is_active:
        raise Unauthenticated("the token's user is no longer active")
    held = bearer.token
    actor = Actor(
        held.account_id, held.user_id, bearer.role, held.id, bearer.account_status, held.scopes, bearer.stale_days
    )
    return actor, held


def add(
    context: Context,
    email: str,
    title: str = "",
    expires_at: Instant | None = None,
    value: str | None = None,
    *,
    scopes: Iterable[Scope] = (),
    kind: TokenKind = TokenKind.PROGRAM,
    came_from: str = "",
    about: str = "",
) -> tuple[Token, str]:
    """A new token for a user, and its text, which is stored nowhere. `value` registers an existing text instead.
    Without `scopes` the token is for all that the user may do. It is revoked with the token that it `came_from`, and
    may be `about` a single key result.

    `NotFound` for an unknown address; `Conflict` where the text is registered already; `Invalid` for an invalid text.
    """
    user = people.by_email(context, email)
    text = token.issue(context.account_id) if value is None else token.brought(value, context.account_id)
    now = context.clock()
    with context.database.transaction():
        if value is not None and tokens.bearer(context.database, token.digest(text), None) is not None:
            raise Conflict("this token is registered already")
        made = Token(
            context.account_id,
            ids.new(now),
            user.id,
            name(title, "name"),
            token.digest(text),
            now,
            expires_at,
            scopes=scope.ordered(scopes),
            kind=kind,
            came_from=came_from,
            key_result_id=about,
        )
        tokens.records.insert(context.database, made)
        trail.leave(context, "token.added", made, None, shown(made))
    return made, text


def everyone(context: Context) -> list[Token]:
    """Every token of the account except those of sign-in links, the oldest first."""
    found = tokens.of_account(context.database, context.account_id)
    return [one for one in found if one.kind is not TokenKind.LINK]


def revoke(context: Context, token_id: str) -> Token:
    """Revoke a token, and the tokens of browsers that came from it; doing it again changes nothing. `NotFound` where
    the account has none of this id.
    """
    with context.database.transaction():
        before = tokens.records.find(context.database, context.account_id, token_id)
        if before is None:
            raise NotFound("token", token_id)
        if before.revoked_at is not None:
            return before
        now = context.clock()
        tokens.revoke(context.database, context.account_id, token_id, now)
        after = msgspec.structs.replace(before, revoked_at=now)
        trail.leave(context, "token.revoked", after, shown(before), shown(after))
        if before.kind is TokenKind.PROGRAM:
            for one in tokens.from_another(context.database, context.account_id, token_id):
                revoke(context, one.id)
    return after


def shown(made: Token) -> dict[str, object]:
    """A token as the audit keeps it: without its digest and the time of its last use, which is nobody's change."""
    return {key: value for key, value in msgspec.structs.asdict(made).items() if key not in ("digest", "last_used_at")}
