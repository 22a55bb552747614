"""Tokens in the database: their digests only."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, not_, select, update

from milepost.domain import scope
from milepost.domain.account import AccountStatus
from milepost.domain.people import Role
from milepost.domain.token import Token, TokenKind
from milepost.store.engine import Database, Statement
from milepost.store.schema import accounts, tokens, users
from milepost.store.table import Records


class Bearer(msgspec.Struct, frozen=True):
    """A token with what must be known of its user and account before anything else."""

    token: Token
    role: Role
    user_is_active: bool
    account_status: AccountStatus


_bearer = (
    select(*tokens.c, users.c.role, users.c.is_active, accounts.c.status)
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
    fields = list(row[:11])
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
        return row and Bearer(from_row(row), Role(row[11]), bool(row[12]), AccountStatus(row[13]))

    return database.remembered(("bearer", digest, account_id), read)


def of_account(database: Database, account_id: str) -> list[Token]:
    """Every token of the account, the oldest first."""
    return [from_row(row) for row in database.all(_of_account, {"account": account_id})]


def end(database: Database, account_id: str, token_id: str, at: int) -> None:
    """Have a token expire at a moment."""
    database.run(_end, {"account": account_id, "token": token_id, "at": at})


def revoke(database: Database, account_id: str, token_id: str, at: int) -> None:
    """Close a token for good."""
    database.run(_revoke, {"account": account_id, "token": token_id, "at": at})


def used(database: Database, account_id: str, token_id: str, at: int, after: int) -> None:
    """Note that it was used at a moment, unless it is known to have been used between `after` and then."""
    database.run(_used, {"account": account_id, "used": token_id, "at": at, "after": after})
