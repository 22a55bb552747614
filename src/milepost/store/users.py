"""Users in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select

from milepost.domain.people import Named, Role, User, email_key
from milepost.domain.query import FieldType
from milepost.store import rows
from milepost.store.engine import Database, Statement
from milepost.store.listing import Listing
from milepost.store.schema import users
from milepost.store.table import Records
from milepost.store.where import Scalar

_of_account = users.c.account_id == bindparam("account")
_by_email = Statement(select(*users.c).where(_of_account, users.c.email_key == bindparam("key")))
_by_client = Statement(select(*users.c).where(_of_account, users.c.client_id == bindparam("client")).limit(1))
_all = Statement(select(*users.c).where(_of_account).order_by(users.c.created_at, users.c.id))
_named = select(users.c.id, users.c.name, users.c.email, users.c.is_active).where(_of_account)
_everybody_named = Statement(_named)
_first_named = Statement(
    _named.where(users.c.is_active == 1).order_by(func.lower(users.c.name), users.c.id).limit(bindparam("most"))
)
_count = Statement(select(func.count()).select_from(users).where(_of_account))


def from_row(row: Any) -> User:
    (
        account_id,
        user_id,
        email,
        first,
        last,
        name,
        language,
        picture,
        client_id,
        role,
        active,
        created,
        modified,
        extra,
    ) = row[:14]
    return User(
        account_id, user_id, email, first, last, name, language, picture, client_id, Role(role), bool(active),
        created, modified, rows.load_object(extra),
    )  # fmt: skip


def to_row(user: User) -> dict[str, Any]:
    return {
        "account_id": user.account_id,
        "id": user.id,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "name": user.name,
        "language": user.language,
        "picture": user.picture,
        "client_id": user.client_id,
        "role": user.role,
        "is_active": int(user.is_active),
        "created_at": user.created_at,
        "modified_at": user.modified_at,
        "extra": rows.dump(user.extra),
        "email_key": email_key(user.email) or f" {user.id}",  # unique, and no address: those have no leading space
    }


def _text(name: str) -> Scalar:
    return Scalar(users.c[name], FieldType.TEXT)


listing = Listing(
    users,
    from_row,
    {
        **{(name,): _text(name) for name in ("account_id", "id", "email", "first_name", "last_name", "name")},
        **{(name,): _text(name) for name in ("language", "picture", "client_id")},
        ("is_active",): Scalar(users.c.is_active, FieldType.FLAG),
        ("created_at",): Scalar(users.c.created_at, FieldType.INSTANT),
        ("modified_at",): Scalar(users.c.modified_at, FieldType.INSTANT),
    },
)

records = Records(users, from_row, to_row)


def by_email(database: Database, account_id: str, email: str) -> User | None:
    """The user with an address, whatever its case."""
    row = database.one(_by_email, {"account": account_id, "key": email_key(email)})
    return None if row is None else from_row(row)


def by_client(database: Database, account_id: str, client_id: str) -> User | None:
    """The user with this subject at a sign-in service."""
    row = database.one(_by_client, {"account": account_id, "client": client_id})
    return None if row is None else from_row(row)


def everyone(database: Database, account_id: str) -> list[User]:
    """Every user of the account, in order of creation."""
    return [from_row(row) for row in database.all(_all, {"account": account_id})]


def named(database: Database, account_id: str, first: int = 0) -> list[Named]:
    """Every user, in no order; or only the `first` active ones by name, where that is not 0."""
    if first:
        found = database.all(_first_named, {"account": account_id, "most": first})
    else:
        found = database.all(_everybody_named, {"account": account_id})
    return [Named(user_id, name, email, bool(active)) for user_id, name, email, active in found]


def count(database: Database, account_id: str) -> int:
    """How many users the account has."""
    return int(database.one(_count, {"account": account_id})[0])
