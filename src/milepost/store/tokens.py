"""Tokens in the database: their digests only."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, not_, or_, select, update

from milepost.domain import scope
from milepost.domain.account import AccountStatus
from milepost.domain.people import Role
from milepost.domain.token import Token, TokenKind
from milepost.store.engine import Database, Statement
from milepost.store.schema import accounts, tokens, users
from milepost.store.table import Records

_MOST_ABOUT = 100


class Bearer(msgspec.Struct, frozen=True):
    """A token with those values of its user and account that are needed to admit a request."""

    token: Token
    role: Role
    user_is_active: bool
    account_status: AccountStatus
    stale_days: int


_bearer = (
    select(*tokens.c, users.c.role, users.c.is_active, accounts.c.status, accounts.c.stale_days)
    .join_from(tokens, users, and_(users.c.account_id == tokens.c.account_id, users.c.id == tokens.c.user_id))
    .join(accounts, accounts.c.id == tokens.c.account_id)
)
_by_digest = Statement(
    _bearer.where(tokens.c.account_id == bindparam("account"), tokens.c.digest == bindparam("digest"))
)
# A token that was brought along does not name its account: every account's index is asked in turn.
_by_digest_anywhere = Statement(
    _bearer.where(tokens.c.account_id.in_(select(accounts.c.id)), tokens.c.digest == bindparam("digest"))
)
_of_account = Statement(
    select(*tokens.c).where(tokens.c.account_id == bindparam("account")).order_by(tokens.c.created_at, tokens.c.id)
)
# "" stands for any user. Links to sign in are never listed.
_holding = Statement(
    select(*tokens.c)
    .where(
        tokens.c.account_id == bindparam("account"),
        or_(bindparam("user") == "", tokens.c.user_id == bindparam("user")),
        tokens.c.kind != TokenKind.LINK.value,
        tokens.c.revoked_at.is_(None),
        or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > bindparam("now")),
    )
    .order_by(tokens.c.created_at.desc(), tokens.c.id.desc())
    .limit(bindparam("limit"))
)
_that_hold = select(*tokens.c).where(tokens.c.account_id == bindparam("account"), tokens.c.revoked_at.is_(None))
_from_another = Statement(_that_hold.where(tokens.c.came_from == bindparam("other")))
_about = Statement(
    _that_hold.where(tokens.c.key_result_id == bindparam("key_result"))
    .order_by(tokens.c.created_at.desc(), tokens.c.id.desc())
    .limit(bindparam("limit"))
)
_end = Statement(
    update(tokens)
    .where(tokens.c.account_id == bindparam("account"), tokens.c.id == bindparam("token"))
    .values(expires_at=bindparam("at"))
)
_revoke = Statement(
    update(tokens)
    .where(tokens.c.account_id == bindparam("account"), tokens.c.id == bindparam("token"))
    .values(revoked_at=bindparam("at"))
)

_used = Statement(
    update(tokens)
    .where(tokens.c.account_id == bindparam("account"), tokens.c.id == bindparam("used"))
    .where(tokens.c.last_used_at.is_(None) | not_(tokens.c.last_used_at.between(bindparam("after"), bindparam("at"))))
    .values(last_used_at=bindparam("at"))
)


def from_row(row: Any) -> Token:
    fields = list(row[:13])
    fields[8], fields[10] = scope.read(fields[8]), TokenKind(fields[10])
    return Token(*fields)


def to_row(token: Token) -> dict[str, Any]:
    return {**msgspec.structs.asdict(token), "scopes": scope.written(token.scopes)}


records = Records(tokens, from_row, to_row)


def bearer(database: Database, digest: str, account_id: str | None) -> Bearer | None:
    """The token with this digest, of the account that its text names or, where it names none, of any."""

    def read() -> Bearer | None:
        statement = _by_digest if account_id else _by_digest_anywhere
        row = database.one(statement, {"digest": digest, "account": account_id})
        return row and Bearer(from_row(row), Role(row[13]), bool(row[14]), AccountStatus(row[15]), row[16])

    return database.remembered(("bearer", digest, account_id), read)


def of_account(database: Database, account_id: str) -> list[Token]:
    """Every token of the account, the oldest first."""
    return [from_row(row) for row in database.all(_of_account, {"account": account_id})]


def holding(database: Database, account_id: str, user_id: str, now: int, limit: int) -> list[Token]:
    """The tokens of one user ("" for any) that are valid now, the newest first; without links to sign in."""
    values = {"account": account_id, "user": user_id, "now": now, "limit": limit}
    return [from_row(row) for row in database.all(_holding, values)]


def from_another(database: Database, account_id: str, token_id: str) -> list[Token]:
    """The tokens that came with this one, without revoked ones."""
    return [from_row(row) for row in database.all(_from_another, {"account": account_id, "other": token_id})]


def about(database: Database, account_id: str, key_result_id: str) -> list[Token]:
    """The tokens about one key result, without revoked ones, the newest first: a hundred at most."""
    values = {"account": account_id, "key_result": key_result_id, "limit": _MOST_ABOUT}
    return [from_row(row) for row in database.all(_about, values)]


def end(database: Database, account_id: str, token_id: str, at: int) -> None:
    """Have a token expire at a moment."""
    database.run(_end, {"account": account_id, "token": token_id, "at": at})


def revoke(database: Database, account_id: str, token_id: str, at: int) -> None:
    """Revoke a token."""
    database.run(_revoke, {"account": account_id, "token": token_id, "at": at})


def used(database: Database, account_id: str, token_id: str, at: int, after: int) -> None:
    """Record that a token was used at a moment, unless a use between `after` and then is recorded already."""
    database.run(_used, {"account": account_id, "used": token_id, "at": at, "after": after})
