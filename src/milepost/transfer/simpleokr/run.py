"""The state of one import: the database, the account, the moment, and the report."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from milepost.actions import rollup
from milepost.actions.context import Context
from milepost.domain import ids
from milepost.store import audit, holders, objectives
from milepost.store.engine import Database
from milepost.transfer.simpleokr.report import Place, Report
from milepost.transfer.simpleokr.shown import Shown


class Start(StrEnum):
    """The start to assume for key results, which this API does not show."""

    ZERO = "zero"
    CURRENT = "current"


class Item(msgspec.Struct, frozen=True):
    """One item of a list: its place, its id, and its other attributes."""

    place: Place
    id: str
    shown: Shown


class LeftOut(Exception):
    """The record belongs to one that was removed here; the message says to which."""


class Run:
    """One import into one account, as the operator at work there. `start`: `None` where it follows from the type."""

    def __init__(self, context: Context, report: Report, start: Start | None) -> None:
        self.context = context
        self.now = context.clock()
        self.report = report
        self.start = start
        # Records that were removed here before this import stay removed.
        self.removed = audit.removed(context.database, context.account_id)
        # (place of an objective, id of its parent), where the parent must exist by the end of the import.
        self._awaited: list[tuple[Place, str]] = []
        self._owners: set[str] = set()
        self._touched: dict[str, None] = {}

    @property
    def database(self) -> Database:
        return self.context.database

    @property
    def account_id(self) -> str:
        return self.context.account_id

    def mention_owners(self, place: Place, owner_ids: Iterable[str]) -> None:
        """Report the owners that are neither users nor teams of the account."""
        unsure = [owner for owner in owner_ids if owner not in self._owners]
        held = holders.kinds(self.database, self.account_id, unsure)
        for owner in unsure:
            if held.get(owner) in ("user", "team"):
                self._owners.add(owner)
            else:
                self.report.unknown_owner(ids.as_uuid(owner), place)

    def await_parent(self, place: Place, parent_id: str) -> None:
        """Have an objective's parent reported if it is still missing at the end."""
        if objectives.records.find(self.database, self.account_id, parent_id) is None:
            self._awaited.append((place, parent_id))

    def mention_missing_parents(self) -> None:
        """Report, once everything is in, the parents that are still not here; the objectives keep them."""
        for place, parent_id in self._awaited:
            if objectives.records.find(self.database, self.account_id, parent_id) is None:
                said = f"there is no objective {ids.as_uuid(parent_id)}; kept as it is"
                self.report.note(place, "parent_objective_id", said)

    def touch(self, objective_id: str) -> None:
        """Have an objective's progress brought up to date before the transaction ends."""
        self._touched[objective_id] = None

    def settle(self) -> None:
        """Bring the objectives up to date that were touched."""
        rollup.objectives(self.context, self._touched, into_closed=True)
        self._touched.clear()
