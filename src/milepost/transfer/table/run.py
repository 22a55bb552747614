"""The state of one import: the account, its records by name, and the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from milepost.actions import cycles, objectives, people
from milepost.actions.context import Context
from milepost.actions.cycles import CycleChange
from milepost.domain import instants
from milepost.domain.change import ObjectiveChange
from milepost.domain.cycle import Cycle
from milepost.domain.errors import Invalid
from milepost.domain.people import User
from milepost.store import cycles as stored_cycles
from milepost.store import key_results as stored_key_results
from milepost.store import objectives as stored_objectives
from milepost.transfer.outcome import Outcome
from milepost.transfer.table import quarters
from milepost.transfer.table.earlier import Earlier
from milepost.transfer.table.report import Report

V = TypeVar("V")

# Several owners in one cell, and an address behind a name.
_BETWEEN = re.compile(r"[,;\n]")
# Stands between two names; and a remark on a person.
_AND = re.compile(r"\s*[&/+]\s*|\s+(?:and|und|et)\s+")
_ASIDE = re.compile(r"\s*\([^()]*\)\Z")
_ADDRESS = re.compile(r"<([^<>]+)>\Z")


class Run:
    """One import. `cycle_name`: the cycle of rows that name none; `fallback`: the address, or "", of the owner of
    records whose owners are unknown.
    """

    def __init__(self, context: Context, report: Report, cycle_name: str, fallback: str) -> None:
        self.context = context
        self.report = report
        self.cycle_name = cycle_name
        self._fallback = people.by_email(context, fallback) if fallback else None
        self._people: dict[str, User | None] = {}
        self._earlier = Earlier(context)
        # The entries that the current row has added to the lookups: (lookup, key).
        self._fresh: list[tuple[dict[str, Any], str]] = []
        self._begun: list[str] = []
        # By key result that this import has made: its sheet, its row, and a fingerprint of the row's cells.
        self.rows: dict[str, tuple[str, int, int]] = {}
        rows = stored_cycles.records.each(context.database, context.account_id)
        standing = [stored_cycles.records.from_row(row) for _, row in rows]
        self._cycles = {plain(one.name): one for one in standing}
        by_id = {one.id: one for one in standing}
        for name, made in self._earlier.cycles:
            if made in by_id:
                self._cycles.setdefault(plain(name), by_id[made])
        self._objectives: dict[str, dict[str, str]] = {}
        self._key_results: dict[str, dict[str, str]] = {}
        for user in people.everyone(context):
            self.meet(user)

    def attempt(
        self, sheet: str, number: int, take: Callable[[], Outcome], headings: Mapping[str, str] | None = None
    ) -> Outcome:
        """The outcome of a row: that of `take`, or refused, which is reported and leaves nothing behind. `headings`:
        the names of the columns of fields.
        """
        self._fresh.clear()
        try:
            with self.context.database.transaction():
                return take()
        except Invalid as error:
            for known, key in self._fresh:  # rolled back with the row
                known.pop(key, None)
            self.report.refuse(sheet, number, error, headings or {})
            return Outcome.REFUSED

    def cycle(self, name: str) -> Cycle:
        """The cycle of a name, made with the dates that its name says where there is none."""
        if plain(name) not in self._cycles:
            starts_at, ends_at = quarters.dates(name) or (None, None)
            change = CycleChange(name=name, starts_at=starts_at, ends_at=ends_at)
            self.know(self._cycles, plain(name), cycles.add(self.context, change))
            self._begun.append(plain(name))
        return self._cycles[plain(name)]

    def objective(self, cycle: Cycle, change: ObjectiveChange) -> tuple[str, Outcome]:
        """The id of the cycle's objective of the name that a change says; it is made so where there is none."""
        known, name = self._known_objectives(cycle.id), plain(str(change.name))
        if name in known:
            return known[name], Outcome.ALREADY_THERE
        self.know(known, name, objectives.add(self.context, cycle.id, change).objective.id)
        return known[name], Outcome.TAKEN

    def objective_named(self, name: str, cycle_name: str) -> str:
        """The id of the one objective of a name, in a cycle or in whichever ("") it is; `Invalid` where there is none,
        or several.
        """
        cycles_here = [one for one in self._cycles.values() if not cycle_name or plain(one.name) == plain(cycle_name)]
        known = (self._known_objectives(cycle.id) for cycle in cycles_here)
        found = {one[plain(name)] for one in known if plain(name) in one}
        if len(found) != 1:
            raise Invalid("objective", f'{len(found) or "none"} here of the name "{name[:60]}": one was expected')
        return found.pop()

    def key_results(self, objective_id: str) -> dict[str, str]:
        """The ids of the objective's key results by name; `know` adds one."""
        known = self._key_results.get(objective_id)
        if known is None:
            database, account = self.context.database, self.context.account_id
            standing = stored_key_results.in_objectives(database, account, [objective_id])
            known = self._key_results[objective_id] = {plain(one.name): one.id for one in standing}
            for name, made in self._earlier.key_results(objective_id):
                known.setdefault(plain(name), made)
        return known

    def owners(self, said: str) -> tuple[str, ...]:
        """The ids of those whom a cell names, by address or whole name; the fallback's where nobody is found."""
        found: dict[str, None] = {}
        for one in self._named(said):
            if (user := self._person(one)) is not None:
                found[user.id] = None
                continue
            if plain(one) in self._people:
                self.report.note(f"several here are called {one}: write the address")
            self.report.unmatched[one] = self.report.unmatched.get(one, 0) + 1
        if not found and self._fallback is not None:
            return (self._fallback.id,)
        return tuple(found)

    def knows_all(self, said: str) -> bool:
        """Whether all people that a cell names are known."""
        return all(self._person(one) is not None for one in self._named(said))

    def _named(self, said: str) -> list[str]:
        """The names in a cell: a single one, plain or as "Last, First", else those between separators."""
        if self._person(said) is not None:
            return [said]
        last, comma, first = said.partition(",")
        if comma and self._person(turned := f"{first.strip()} {last.strip()}") is not None:
            return [turned]
        parts = [one.strip() for one in _BETWEEN.split(said)]
        return [
            name
            for one in parts
            if one
            for name in ([one] if self._person(one) is not None else filter(None, map(str.strip, _AND.split(one))))
        ]

    def _person(self, said: str) -> User | None:
        """The user with this address, or the only one with this whole name; remarks in parentheses are ignored."""
        address = _ADDRESS.search(said)
        plainly = plain(address[1] if address else said)
        return self._people.get(plainly) or self._people.get(plain(_ASIDE.sub("", plainly)))

    def knows(self, email: str) -> bool:
        """Whether somebody here has the address."""
        return plain(email) in self._people

    def meet(self, user: User) -> None:
        """Remember a user by address, and by name where no other has it."""
        name = plain(user.name)
        self._people[name] = None if name in self._people else user
        if user.email:
            self._people[plain(user.email)] = user

    def is_removed(self, record_id: str) -> bool:
        """Whether a record that an import made was deleted here since: it stays deleted."""
        return record_id in self._earlier.removed

    def know(self, known: dict[str, V], key: str, value: V) -> None:
        """Remember a record of the current row, unless the row is refused after all."""
        known[key] = value
        self._fresh.append((known, key))

    def made(self) -> list[str]:
        """The remarks on the cycles that were made, and on all that have no dates."""
        begun = [self._cycles[name] for name in dict.fromkeys(self._begun) if name in self._cycles]
        makes = "would make" if self.report.dry_run else "made"
        dated = [f"{makes} the cycle {one.name}: {_days(one)}" for one in begun if one.starts_at is not None]
        every = {one.id: one for one in self._cycles.values()}.values()
        undated = [one.name for one in every if one.starts_at is None and one.ends_at is None]
        return [*dated, *(f"the cycle {name} has no dates: its name says none" for name in undated)]

    def _known_objectives(self, cycle_id: str) -> dict[str, str]:
        if cycle_id not in self._objectives:
            standing = stored_objectives.of_cycle(self.context.database, self.context.account_id, cycle_id)
            known = self._objectives[cycle_id] = {plain(one.name): one.id for one in standing}
            for name, made in self._earlier.objectives(cycle_id):
                known.setdefault(plain(name), made)
        return self._objectives[cycle_id]


def _days(cycle: Cycle) -> str:
    zone = instants.zone(cycle.time_zone)
    first, last = (instants.local_day(one, zone) for one in (cycle.starts_at, cycle.ends_at) if one is not None)
    return f"{first} to {last}"


def plain(name: str) -> str:
    """A name for comparison: neither case nor gaps count."""
    return " ".join(name.split()).casefold()
