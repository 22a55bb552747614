"""The report of an import or a dry run: counts of each list, refusals, and remarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from milepost.domain.errors import Fault
from milepost.transfer.outcome import Outcome


class Tally(msgspec.Struct):
    """The counts of one list, over all its pages and cycles."""

    list: str
    found: int = 0
    taken: int = 0
    already_there: int = 0
    left_out: int = 0
    refused: int = 0

    def count(self, outcome: Outcome) -> None:
        """Count one item."""
        self.found += 1
        setattr(self, outcome, getattr(self, outcome) + 1)


class Place(msgspec.Struct, frozen=True):
    """An item of a list: its index from 0 and, where the list is one of several by cycle, that cycle's id."""

    list: str
    cycle: str
    index: int

    def __str__(self) -> str:
        return f"{self.list}[{self.index}]{f' of cycle {self.cycle}' if self.cycle else ''}"


class Remark(msgspec.Struct, frozen=True):
    """A message about an attribute of an item, "" for the item itself."""

    place: Place
    attribute: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}{f', {self.attribute}' if self.attribute else ''}: {self.message}"


class Difference(msgspec.Struct):
    """Records of a list that differ from the stored ones, which were left as they are. `first` is one of them, and
    differs in `attributes`.
    """

    list: str
    records: int
    first: Place
    attributes: Sequence[str]


class UnknownOwner(msgspec.Struct):
    """An assignee or team that the account does not hold: kept. `first` is one of its objectives."""

    id: str
    records: int
    first: Place


class Report(msgspec.Struct):
    """The report of one import, which is complete where there are no `problems`. `account_id`: the account of all
    records, "" where a dry run would have made one. `started_at_zero`: the number of new key results that got a start
    of zero by default; `without_admin`: nobody in the account is an active admin.
    """

    dry_run: bool
    account_id: str = ""
    lists: list[Tally] = []
    problems: list[Remark] = []
    notes: list[Remark] = []
    differences: list[Difference] = []
    unknown_owners: list[UnknownOwner] = []
    started_at_zero: int = 0
    without_admin: bool = False

    def tally(self, name: str) -> Tally:
        """The counts of a list, which begin with the first call."""
        for found in self.lists:
            if found.list == name:
                return found
        self.lists.append(Tally(name))
        return self.lists[-1]

    def refuse(self, place: Place, faults: Iterable[Fault]) -> None:
        """Report what cannot be taken."""
        self.problems.extend(Remark(place, fault.field, fault.message) for fault in faults)

    def note(self, place: Place, attribute: str, message: str) -> None:
        """Report what was taken with a change."""
        self.notes.append(Remark(place, attribute, message))

    def differs(self, place: Place, attributes: Sequence[str]) -> None:
        """Count a record that differs from the stored one."""
        for found in self.differences:
            if found.list == place.list:
                found.records += 1
                return
        self.differences.append(Difference(place.list, 1, place, attributes))

    def unknown_owner(self, owner_id: str, place: Place) -> None:
        """Count an objective whose owner nobody knows."""
        for found in self.unknown_owners:
            if found.id == owner_id:
                found.records += 1
                return
        self.unknown_owners.append(UnknownOwner(owner_id, 1, place))
