"""The context of an action, its first argument: the actor, the database and the clock."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from milepost.domain.account import STALE_DAYS, AccountStatus
from milepost.domain.instants import Instant
from milepost.domain.people import Capability, Role
from milepost.domain.scope import Scope, reach
from milepost.store.engine import Database


class Actor(msgspec.Struct, frozen=True):
    """A user acting in an account. The operator on the command line acts as an admin without a user or a token.

    `token_id` is the id of the token, or of the signing key, that signed the actor in; `scopes` are its scopes, empty
    for no limit; `stale_days` is the account's.
    """

    account_id: str
    user_id: str
    role: Role
    token_id: str = ""
    account_status: AccountStatus = AccountStatus.ACTIVE
    scopes: tuple[Scope, ...] = ()
    stale_days: int = STALE_DAYS

    @property
    def reach(self) -> frozenset[Capability]:
        """The capabilities of the actor."""
        return reach(self.role, self.scopes)


class Context(msgspec.Struct, frozen=True):
    """The database, the actor, the clock, and the front end that the audit names."""

    database: Database
    actor: Actor
    clock: Callable[[], Instant]
    front_end: str

    @property
    def account_id(self) -> str:
        """The one account that this actor can reach."""
        return self.actor.account_id

    @property
    def user_id(self) -> str:
        """The acting user, "" for the operator."""
        return self.actor.user_id


def operator(database: Database, account_id: str, clock: Callable[[], Instant]) -> Context:
    """The context of the server's operator, in one of its accounts."""
    return Context(database, Actor(account_id, "", Role.ADMIN), clock, "cli")
