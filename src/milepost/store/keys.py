"""Signing keys in the database: their secrets sealed, and erased once they are revoked."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, delete, not_, select, update

from milepost.domain import scope
from milepost.domain.account import AccountStatus
from milepost.domain.key import Key
from milepost.domain.people import Role
from milepost.store.engine import Database, Statement
from milepost.store.schema import accounts, keys, users
from milepost.store.table import Records


class Signer(msgspec.Struct, frozen=True):
    """A valid key with those values of its user and account that are needed to admit a request."""

    key: Key
    role: Role
    user_is_active: bool
    account_status: AccountStatus
    stale_days: int


_everywhere = keys.c.account_id.in_(select(accounts.c.id))
_signer = (
    select(*keys.c, users.c.role, users.c.is_active, accounts.c.status, accounts.c.stale_days)
    .join_from(keys, users, and_(users.c.account_id == keys.c.account_id, users.c.id == keys.c.user_id))
    .join(accounts, accounts.c.id == keys.c.account_id)
    .where(keys.c.credential == bindparam("credential"), keys.c.revoked_at.is_(None))
)
_by_credential = Statement(_signer.where(keys.c.account_id == bindparam("account")))
# A credential that was brought along does not name its account: every account's index is asked in turn.
_by_credential_anywhere = Statement(_signer.where(_everywhere))
_in_account = select(*keys.c).where(keys.c.account_id == bindparam("account"))
_find = Statement(_in_account.where(keys.c.credential == bindparam("credential")))
_of_account = Statement(_in_account.order_by(keys.c.created_at, keys.c.id))
_holding = Statement(
    select(*keys.c)
    .where(_everywhere, keys.c.revoked_at.is_(None))
    .order_by(keys.c.account_id, keys.c.created_at, keys.c.id)
)
_reseal = Statement(
    update(keys)
    .where(keys.c.account_id == bindparam("account"), keys.c.id == bindparam("key"))
    .values(sealed_secret=bindparam("sealed"))
)
_revoke = Statement(
    update(keys)
    .where(keys.c.account_id == bindparam("account"), keys.c.id == bindparam("key"))
    .values(revoked_at=bindparam("at"), sealed_secret="")
)
_clear = Statement(
    delete(keys).where(
        keys.c.account_id == bindparam("account"),
        keys.c.credential == bindparam("credential"),
        keys.c.revoked_at.is_not(None),
    )
)

_used = Statement(
    update(keys)
    .where(keys.c.account_id == bindparam("account"), keys.c.id == bindparam("used"))
    .where(keys.c.last_used_at.is_(None) | not_(keys.c.last_used_at.between(bindparam("after"), bindparam("at"))))
    .values(last_used_at=bindparam("at"))
)


def from_row(row: Any) -> Key:
    fields = list(row[:10])
    fields[8] = scope.read(fields[8])
    return Key(*fields)


def to_row(key: Key) -> dict[str, Any]:
    return {**msgspec.structs.asdict(key), "scopes": scope.written(key.scopes)}


records = Records(keys, from_row, to_row)


def signer(database: Database, credential: str, account_id: str | None) -> Signer | None:
    """The valid key with this credential: of the account that the credential names or, where none, of any."""
    statement = _by_credential if account_id else _by_credential_anywhere
    row = database.one(statement, {"credential": credential, "account": account_id})
    if row is None:
        return None
    return Signer(from_row(row), Role(row[10]), bool(row[11]), AccountStatus(row[12]), row[13])


def find(database: Database, account_id: str, credential: str) -> Key | None:
    """The account's key with this credential, revoked or not."""
    row = database.one(_find, {"account": account_id, "credential": credential})
    return None if row is None else from_row(row)


def of_account(database: Database, account_id: str) -> list[Key]:
    """Every key of the account, the oldest first."""
    return [from_row(row) for row in database.all(_of_account, {"account": account_id})]


def holding(database: Database) -> list[Key]:
    """Every key on this server that is not revoked: for its operator only."""
    return [from_row(row) for row in database.all(_holding, {})]


def reseal(database: Database, key: Key, sealed_secret: str) -> None:
    """Replace the sealed secret of a key."""
    database.run(_reseal, {"account": key.account_id, "key": key.id, "sealed": sealed_secret})


def revoke(database: Database, key: Key, at: int) -> None:
    """Revoke a key, and erase its secret."""
    database.run(_revoke, {"account": key.account_id, "key": key.id, "at": at})


def clear(database: Database, account_id: str, credential: str) -> None:
    """Remove the account's revoked key with this credential, if there is one, so that it can be registered anew."""
    database.run(_clear, {"account": account_id, "credential": credential})


def used(database: Database, account_id: str, key_id: str, at: int, after: int) -> None:
    """Record that a key was used at a moment, unless a use between `after` and then is recorded already."""
    database.run(_used, {"account": account_id, "used": key_id, "at": at, "after": after})
