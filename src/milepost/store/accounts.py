"""Accounts in the database: the only table without an account column, since it lists the accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from milepost.domain.account import Account, AccountStatus
from milepost.store import rows
from milepost.store.engine import Database, Statement
from milepost.store.schema import accounts

_COLUMNS = [column.name for column in accounts.c]

_get = Statement(select(*accounts.c).where(accounts.c.id == bindparam("account")))
_all = Statement(select(*accounts.c).order_by(accounts.c.created_at, accounts.c.id))
# The id is the parameter `account`, which names the account in every statement.
_PARAMETERS = ["account" if name == "id" else name for name in _COLUMNS]
_insert = Statement(insert(accounts).values(dict(zip(_COLUMNS, map(bindparam, _PARAMETERS), strict=True))))
_revise = Statement(
    update(accounts)
    .where(accounts.c.id == bindparam("account"))
    .values(name=bindparam("new_name"), stale_days=bindparam("days"))
)
_set_status = Statement(
    update(accounts).where(accounts.c.id == bindparam("account")).values(status=bindparam("new_status"))
)


def from_row(row: Any) -> Account:
    account_id, name, domain, status, created_at, extra, stale_days = row
    return Account(account_id, name, domain, AccountStatus(status), created_at, rows.load_object(extra), stale_days)


def find(database: Database, account_id: str) -> Account | None:
    """The account, or `None`."""
    row = database.one(_get, {"account": account_id})
    return None if row is None else from_row(row)


def each(database: Database, account_id: str) -> Iterator[tuple[str, Any]]:
    """(id, row) of the account, as from `Records.each` for other tables."""
    for row in database.all(_get, {"account": account_id}):
        yield row[0], row


def everyone(database: Database) -> list[Account]:
    """Every account on this server, the oldest first: for its operator only."""
    return [from_row(row) for row in database.all(_all, {})]


def insert_one(database: Database, account: Account) -> None:
    """Add an account."""
    values = (
        account.id, account.name, account.domain, account.status, account.created_at, rows.dump(account.extra),
        account.stale_days,
    )  # fmt: skip
    database.run(_insert, dict(zip(_PARAMETERS, values, strict=True)))


def set_status(database: Database, account_id: str, status: AccountStatus) -> None:
    """Suspend or resume an account."""
    database.run(_set_status, {"account": account_id, "new_status": status})


def revise(database: Database, account_id: str, name: str, stale_days: int) -> None:
    """Set the name of an account, and after how many days without a check-in its key results are stale."""
    database.run(_revise, {"account": account_id, "new_name": name, "days": stale_days})
