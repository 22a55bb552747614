"""Signing a browser in and out: by a link that works once, or by a token that the user pastes."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from milepost.actions import people, tokens, trail
from milepost.actions.context import Actor, Context
from milepost.domain.account import Account, AccountStatus
from milepost.domain.instants import DAY, SECOND, Instant
from milepost.domain.people import User
from milepost.domain.token import Token, TokenKind
from milepost.store import accounts as stored_accounts
from milepost.store import tokens as stored
from milepost.store import users
from milepost.store.engine import Database

# A link is opened soon after it was asked for. A browser stays signed in while it is used: its token is renewed.
LINK_HOLDS = 15 * 60 * SECOND
BROWSER_HOLDS = 14 * DAY
# A browser's token is replaced after a day. The old one holds a little longer, for requests already sent with it.
_RENEWED_AFTER, _OVERLAP = DAY, 60 * SECOND
_FRONT_END = "web"


def link(context: Context, email: str) -> str:
    """A token for a link that signs its user in once, within fifteen minutes. `NotFound`."""
    _, text = tokens.add(context, email, "sign-in link", context.clock() + LINK_HOLDS, kind=TokenKind.LINK)
    return text


def known(database: Database, email: str) -> list[tuple[User, Account]]:
    """The active users with an address, one of each account that is not suspended, and their accounts.

    Only A to Z may differ in case. Other letters that fold to the same ones, as ß and ss do, may be somebody else's
    address.
    """
    wanted = _spelling(email)
    found = (
        (users.by_email(database, account.id, email), account)
        for account in stored_accounts.everyone(database)
        if account.status is AccountStatus.ACTIVE
    )
    return [
        (user, account)
        for user, account in found
        if user is not None and user.is_active and _spelling(user.email) == wanted
    ]


def vouched(database: Database, clock: Callable[[], Instant], user: User) -> str:
    """A token for a link, as `link` gives it, for a user whom another service has identified."""
    return link(Context(database, Actor(user.account_id, user.id, user.role), clock, _FRONT_END), user.email)


def presented(database: Database, text: str, now: Instant) -> tuple[Actor, Token]:
    """The actor whom the token of a link or a program would sign in, and the token. `Unauthenticated`."""
    return tokens.acting(database, text, now, TokenKind.LINK, TokenKind.PROGRAM)


def enter(database: Database, clock: Callable[[], Instant], text: str) -> str:
    """A browser's token in exchange for a link's token, which is used up by this, or for a program's.

    `Unauthenticated` for an invalid token. A browser's token gets the scopes of the program's token, and ends when that
    expires or is revoked.
    """
    with database.transaction():
        actor, shown = presented(database, text, clock())
        context = Context(database, actor, clock, _FRONT_END)
        if shown.kind is TokenKind.LINK:
            tokens.revoke(context, shown.id)
            return _added(context, shown, "")
        return _added(context, shown, shown.id)


def held(database: Database, text: str, now: Instant) -> tuple[Actor, Token]:
    """The actor of a browser's token, and the token. `Unauthenticated`."""
    return tokens.acting(database, text, now, TokenKind.BROWSER)


def is_old(token: Token, now: Instant) -> bool:
    """Whether a browser's token is due for replacement; one that was replaced is not."""
    replaced = token.expires_at is not None and token.expires_at - now <= _OVERLAP
    return not replaced and now - token.created_at > _RENEWED_AFTER


def renewed(context: Context, token_id: str) -> str:
    """The token that replaces a browser's, for at most two weeks from now; the old one holds for another minute. ""
    where it has been replaced meanwhile: a page and its pictures are requested at the same time.
    """
    with context.database.transaction():
        old, now = stored.records.find(context.database, context.account_id, token_id), context.clock()
        if old is None or not old.holds_at(now) or not is_old(old, now):
            return ""
        ends = now + _OVERLAP
        stored.end(context.database, old.account_id, old.id, ends)
        after = msgspec.structs.replace(old, expires_at=ends)
        trail.leave(context, "token.ended", after, tokens.shown(old), tokens.shown(after))
        return _added(context, old, old.came_from)


def leave(context: Context) -> None:
    """Sign out the calling browser."""
    tokens.revoke(context, context.actor.token_id)


def _spelling(email: str) -> bytes:
    return email.strip().encode("utf-8", "surrogatepass").lower()


def _added(context: Context, like: Token, came_from: str) -> str:
    user = people.get(context, like.user_id)
    ends = context.clock() + BROWSER_HOLDS
    first = stored.records.find(context.database, context.account_id, came_from) if came_from else None
    if first is not None and first.expires_at is not None:
        ends = min(ends, first.expires_at)
    return tokens.add(
        context, user.email, "browser", ends, scopes=like.scopes, kind=TokenKind.BROWSER, came_from=came_from
    )[1]
