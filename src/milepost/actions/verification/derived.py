"""Computes derived values anew, by the rules of the actions that store them, and compares."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from milepost.actions import rollup
from milepost.actions.verification.discrepancy import Discrepancy
from milepost.actions.verification.replay import BENEATH, SAVED
from milepost.domain import history, progress
from milepost.domain.check_in import CheckIn
from milepost.domain.cycle import CycleState
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective
from milepost.domain.people import User, email_key
from milepost.store import cascades, cycles, derived, key_results, objectives, users
from milepost.store.engine import Database
from milepost.store.notebook import Notebook

_EXPLAINED = ("current", "attainment", "confidence", "last_check_in_at", "check_in_count")
_MEANS = ("attainment", "children_attainment", "beneath_attainment")
_COUNTS = ("key_result_count", "beneath_count")


class Derived:
    """The derived values of one account. Every method raises `Discrepancy` for the first wrong one."""

    def __init__(self, database: Database, account_id: str, notebook: Notebook) -> None:
        self._database = database
        self._account_id = account_id
        self._notes = notebook
        rows = cycles.records.each(database, account_id)
        self._closed = {key for key, row in rows if cycles.from_row(row).state is CycleState.CLOSED}

    def require(self) -> None:
        """All derived values are right."""
        for found in derived.wrong(self._database, self._account_id):
            raise self._wrong(found.table, found.id, found.column, found.stands, found.should)
        self._require_users()
        self._require_key_results()
        self._require_objectives()

    def _require_users(self) -> None:
        for user_id, row in users.records.each(self._database, self._account_id):
            self._compare("users", user_id, "email_key", row[-1], _key(users.from_row(row)))

    def _require_key_results(self) -> None:
        """Each key result agrees with its history, and each with children is their sum."""
        told = _Groups(derived.histories(self._database, self._account_id), attrgetter("key_result_id"))
        owners = _Groups(derived.owned(self._database, self._account_id, "key_results"), itemgetter(0))
        for key, row in key_results.records.each(self._database, self._account_id):
            one = key_results.from_row(row)
            expected = _explained(one, told.of(key))
            for field in _EXPLAINED:
                self._compare("key_results", key, field, getattr(one, field), getattr(expected, field))
            self._require_owners("key_results", one, row[key_results.OWNER_ID], owners)
            if one.child_count and one.cycle_id not in self._closed:
                self._require_sum(one)

    def _require_sum(self, one: KeyResult) -> None:
        """The sum is right. A sum from an import, or from an earlier version that did not add up, is not checked: it
        stays as it was saved until a key result beneath it changes, and only its own history has to explain it.
        """
        beneath = cascades.children(self._database, self._account_id, one.id)
        placed = (self._notes.find(BENEATH, child.id) for child in beneath)
        if self._notes.find(SAVED, one.id) or not all(note and note.said == one.id for note in placed):
            return
        total = progress.total(child.current for child in beneath)
        self._compare("key_results", one.id, "current", one.current, total, [child.current for child in beneath])

    def _require_objectives(self) -> None:
        """Each objective agrees with its key results and children; in a closed cycle it may keep older values."""
        owners = _Groups(derived.owned(self._database, self._account_id, "objectives"), itemgetter(0))
        for key, row in objectives.records.each(self._database, self._account_id):
            one = objectives.from_row(row)
            self._require_owners("objectives", one, row[objectives.OWNER_ID], owners)
            if one.cycle_id in self._closed:
                continue
            expected = rollup.rolled_up(self._database, self._account_id, one)
            for field in (*_COUNTS, *_MEANS):
                self._compare("objectives", key, field, getattr(one, field), getattr(expected, field), (1.0,))

    def _require_owners(self, table: str, one: KeyResult | Objective, first: Any, owners: _Groups) -> None:
        self._compare(table, one.id, "owner_id", first, one.owner_id)
        indexed = sorted(owner for _, owner in owners.of(one.id))
        self._compare(table, one.id, "its entries in the index of owners", indexed, sorted(set(one.owner_ids)))

    def _compare(
        self, table: str, record_id: str, column: str, stands: Any, should: Any, parts: Iterable[float] | None = None
    ) -> None:
        """`parts`: the numbers that were added up. The order of adding is unknown, so the last digits may differ."""
        if stands == should or (parts is not None and _close(stands, should, parts)):
            return
        raise self._wrong(table, record_id, column, stands, should)

    def _wrong(self, table: str, record_id: str, column: str, stands: Any, should: Any) -> Discrepancy:
        what = f"{column} does not follow from the records that it is computed from"
        return Discrepancy(self._account_id, table, record_id, what, repr(stands), repr(should))


class _Groups:
    """The entries of a sequence in ascending order of keys, one key after another."""

    def __init__(self, everything: Iterator[Any], key: Any) -> None:
        self._groups = groupby(everything, key)
        self._next = next(self._groups, None)

    def of(self, key: str) -> Iterator[Any]:
        """The entries of a key. Keys have to be asked for in ascending order."""
        while self._next is not None and self._next[0] < key:
            self._next = next(self._groups, None)
        if self._next is not None and self._next[0] == key:
            yield from self._next[1]


def _explained(one: KeyResult, entries: Iterable[CheckIn]) -> KeyResult:
    newest: CheckIn | None = None
    confident: CheckIn | None = None
    count = 0
    for newest in entries:
        confident = newest if newest.confidence is not None else confident
        count += 1
    return history.settled(one, newest, confident, count)


def _key(user: User) -> str:
    return email_key(user.email) or f" {user.id}"


def _close(stands: Any, should: Any, parts: Iterable[float]) -> bool:
    if not (isinstance(stands, float) and isinstance(should, float)):
        return False
    return math.isclose(stands, should, rel_tol=1e-9, abs_tol=1e-9 * max(map(abs, parts), default=0.0))
