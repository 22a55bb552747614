"""Accounts: the operator adds, suspends and resumes them; their members read their own, and admins revise it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import UNSET, UnsetType

from milepost.actions import access, trail
from milepost.actions.context import Context, operator
from milepost.domain import ids
from milepost.domain.account import Account, AccountStatus
from milepost.domain.change import chosen
from milepost.domain.errors import Conflict, Invalid, NotFound
from milepost.domain.instants import Instant
from milepost.domain.people import Capability
from milepost.domain.values import name
from milepost.store import accounts
from milepost.store.engine import Database

# With more days than a year has, a key result would hardly ever count as silent.
MOST_STALE_DAYS = 366


class AccountChange(msgspec.Struct, frozen=True, kw_only=True):
    """The wanted changes of an account; a field that is `UNSET` stays."""

    name: str | UnsetType = UNSET
    stale_days: int | UnsetType = UNSET


def get(context: Context) -> Account:
    """The actor's own account."""
    return find(context.database, context.account_id)


def find(database: Database, account_id: str) -> Account:
    """The account; `NotFound` where this server holds none of this id."""
    account = accounts.find(database, account_id)
    if account is None:
        raise NotFound("account", account_id)
    return account


def everyone(database: Database) -> list[Account]:
    """Every account on this server, the oldest first."""
    return accounts.everyone(database)


def only(database: Database) -> Account:
    """The account where there is just one; `Invalid` where there is none or a choice."""
    found = accounts.everyone(database)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Invalid("account", "this database has no account yet: make one with `milepost account add NAME`")
    known = ", ".join(f"{account.id} ({account.name})" for account in found)
    raise Invalid("account", f"this database has several accounts, say which with --account: {known}")


def add(database: Database, clock: Callable[[], Instant], title: str, account_id: str | None = None) -> Account:
    """A new account, under an id of its own unless one is given. `Conflict` where that is taken."""
    now = clock()
    if not title.strip():
        raise Invalid("name", "is required")
    wanted = ids.new(now) if account_id is None else ids.parse(account_id, "id")
    account = Account(wanted, name(title, "name"), short_name(title), AccountStatus.ACTIVE, now)
    return keep(operator(database, account.id, clock), account)


def keep(context: Context, account: Account) -> Account:
    """Add an account as it is given. `Conflict` where its id is taken."""
    with context.database.transaction():
        if accounts.find(context.database, account.id) is not None:
            raise Conflict(f"there is an account {account.id} already")
        accounts.insert_one(context.database, account)
        trail.leave(context, "account.added", account, None, account)
    return account


def set_status(context: Context, status: AccountStatus) -> Account:
    """Suspend the context's account (every call but reads of the account itself is refused), or resume it."""
    with context.database.transaction():
        before = get(context)
        accounts.set_status(context.database, before.id, status)
        after = get(context)
        if after != before:
            trail.leave(context, f"account.{status}", after, before, after)
    return after


def revise(context: Context, change: AccountChange) -> Account:
    """The context's account after a change.

    `Invalid` without a name, or where the days are not from 1 to 366.
    """
    access.require(context, Capability.ADMINISTER)
    with context.database.transaction():
        before = get(context)
        days, title = chosen(change.stale_days, before.stale_days), chosen(change.name, before.name)
        if not 1 <= days <= MOST_STALE_DAYS:
            raise Invalid("stale_days", f"is a number of days from 1 to {MOST_STALE_DAYS}")
        if not title.strip():
            raise Invalid("name", "is required")
        after = msgspec.structs.replace(before, name=name(title, "name"), stale_days=days)
        if after != before:
            accounts.revise(context.database, after.id, after.name, after.stale_days)
            trail.leave(context, "account.revised", after, before, after)
    return after


def short_name(title: str) -> str:
    """The domain of an account made from its name: its letters and digits in lower case, joined by hyphens."""
    words = "".join(letter if letter.isalnum() else " " for letter in title.lower()).split()
    return "-".join(words)[:63]
