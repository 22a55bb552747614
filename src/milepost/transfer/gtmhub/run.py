"""The state of one import: the database, the moment, the destination of records, and the report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from milepost.actions import rollup
from milepost.actions.context import Actor, Context, operator
from milepost.dialects.gtmhub.wire import shared
from milepost.domain.errors import Invalid
from milepost.domain.instants import Instant
from milepost.store import accounts, audit, cascades, holders, tasks
from milepost.store.engine import Database
from milepost.transfer.gtmhub.report import Report

FRONT_END = "import"


class Item(msgspec.Struct, frozen=True):
    """One item of a file: its place, its fields, its id, and the operator's context in its account."""

    file: str
    index: int
    raw: dict[str, Any]
    id: str
    context: Context


class Awaited(msgspec.Struct, frozen=True):
    """A parent that must exist by the end of the file, and the item that names it."""

    account_id: str
    parent_id: str
    file: str
    index: int


class Run:
    """One import. `account_id`: the account of everything; without it, `sole` is the account of items that name none.
    `actor`: the user of that account who imports, else the operator.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], Instant],
        report: Report,
        account_id: str | None = None,
        actor: Actor | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.now = clock()
        self.report = report
        self.account_id = account_id
        self._actor = actor
        self.sole: str | None = None
        # The index of each account in its file, by id.
        self.account_places: dict[str, int] = {}
        # The parents that the file of objectives names, by account and id, for circles that close later in the file.
        self.parents: dict[tuple[str, str], str] = {}
        # The parents of objectives, and those of key results.
        self.awaited: list[Awaited] = []
        self.awaited_metrics: list[Awaited] = []
        self._contexts: dict[str, Context] = {}
        self._removed: dict[str, frozenset[str]] = {}
        self._owners: set[tuple[str, str]] = set()
        self._touched: dict[str, set[str]] = {}
        self._counted: dict[str, set[str]] = {}

    def context(self, account_id: str) -> Context:
        """The importing actor's context in an account."""
        if account_id not in self._contexts:
            at_work = operator(self.database, account_id, self.clock)
            actor = at_work.actor if self._actor is None else self._actor
            self._contexts[account_id] = msgspec.structs.replace(at_work, actor=actor, front_end=FRONT_END)
        return self._contexts[account_id]

    def destination(self, raw: dict[str, Any]) -> Context:
        """The context in the account of an item; `Invalid` where that account is not here, or where none is named and
        there are several.
        """
        if self.account_id is not None:
            return self.context(self.account_id)
        named = raw.get("accountId")
        if named is None or named == "":
            if self.sole is None:
                raise Invalid("accountId", "is missing, and which account is meant is not clear: say it with --account")
            return self.context(self.sole)
        if not isinstance(named, str):
            raise Invalid("accountId", "must be text")
        account_id = shared.reference(named, "accountId")
        if account_id not in self._contexts and accounts.find(self.database, account_id) is None:
            raise Invalid(
                "accountId",
                f"there is no account {account_id}, neither in accounts.json nor in the database: "
                "say with --account where the records are to go",
            )
        return self.context(account_id)

    def removed(self, account_id: str) -> frozenset[str]:
        """The ids of records that were removed here before this import: they stay removed."""
        if account_id not in self._removed:
            self._removed[account_id] = audit.removed(self.database, account_id)
        return self._removed[account_id]

    def mention_owners(self, item: Item, owner_ids: Iterable[str]) -> None:
        """Report the owners that are neither users nor teams of the account, nor the account itself."""
        account = item.context.account_id
        unsure = [owner for owner in owner_ids if (account, owner) not in self._owners]
        held = holders.kinds(self.database, account, unsure)
        for owner in unsure:
            if held.get(owner) in ("user", "team", "account"):
                self._owners.add((account, owner))
            else:
                self.report.unknown_owner(account, owner, item.file, item.index)

    def touch(self, account_id: str, objective_id: str) -> None:
        """Have an objective's progress computed again before the transaction ends."""
        self._touched.setdefault(account_id, set()).add(objective_id)

    def recount(self, account_id: str, key_result_id: str) -> None:
        """Have a key result's children and tasks counted before the transaction ends."""
        self._counted.setdefault(account_id, set()).add(key_result_id)

    def settle(self) -> None:
        """Compute again what was touched. Sums stay as they were saved: the history explains them."""
        for account_id, key_result_ids in self._counted.items():
            cascades.recount(self.database, account_id, key_result_ids)
            for key_result_id in key_result_ids:
                tasks.recount(self.database, account_id, key_result_id)
        for account_id, objective_ids in self._touched.items():
            rollup.objectives(self.context(account_id), objective_ids, into_closed=True)
        self._touched.clear()
        self._counted.clear()
