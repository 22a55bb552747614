"""The report of an import or a dry run: counts of each file, refusals, and remarks."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from milepost.domain.errors import Fault
from milepost.transfer.outcome import Outcome

HEADINGS = (
    "FILE",
    "FOUND",
    "TAKEN",
    "ALREADY THERE",
    "DIFFERS",
    "LEFT OUT",
    "REFUSED",
    "HISTORY ADDED",
    "HISTORY REFUSED",
    "GAPS CLOSED",
)


class Tally(msgspec.Struct):
    """The counts of one file. `differs`: existing records with other values than the file.
    `history_refused`: refused entries of key results that were taken."""

    file: str
    found: int = 0
    taken: int = 0
    already_there: int = 0
    differs: int = 0
    left_out: int = 0
    refused: int = 0
    history_added: int = 0
    history_refused: int = 0
    gaps_closed: int = 0

    def count(self, outcome: Outcome) -> None:
        """Count one item."""
        setattr(self, outcome, getattr(self, outcome) + 1)


class Remark(msgspec.Struct, frozen=True):
    """A message about a place: a file, the index of an item in it (from 0), a field of that. Only the file is sure."""

    file: str
    index: int | None
    field: str
    message: str

    def __str__(self) -> str:
        place = self.file if self.index is None else f"{self.file}[{self.index}]"
        return f"{place}{'.' if self.field else ''}{self.field}: {self.message}"


class UnknownOwner(msgspec.Struct):
    """An owner that is neither a user nor a team of the account: kept; `first` is one of its records."""

    account_id: str
    id: str
    records: int
    first: str


class Report(msgspec.Struct):
    """The report of one import, which is complete where there are no `problems`."""

    dry_run: bool
    files: list[Tally] = []
    problems: list[Remark] = []
    notes: list[Remark] = []
    unknown_owners: list[UnknownOwner] = []

    def lines(self) -> list[str]:
        """The remarks beside the counts."""
        owners = [
            f"{owner.first}: nobody here is {owner.id}, who owns {owner.records:,} record(s); kept as it is"
            for owner in self.unknown_owners
        ]
        return [*map(str, self.notes), *map(str, self.problems), *owners]

    def tally(self, file: str) -> Tally:
        """The counts of a file, made at the first call."""
        for found in self.files:
            if found.file == file:
                return found
        self.files.append(Tally(file))
        return self.files[-1]

    def refuse(self, file: str, index: int | None, faults: Iterable[Fault]) -> None:
        """Report what cannot be taken."""
        self.problems.extend(Remark(file, index, fault.field, fault.message) for fault in faults)

    def note(self, file: str, index: int | None, field: str, message: str) -> None:
        """Report what was taken with a change."""
        self.notes.append(Remark(file, index, field, message))

    def unknown_owner(self, account_id: str, owner_id: str, file: str, index: int) -> None:
        """Count a record whose owner nobody knows."""
        for found in self.unknown_owners:
            if (found.account_id, found.id) == (account_id, owner_id):
                found.records += 1
                return
        self.unknown_owners.append(UnknownOwner(account_id, owner_id, 1, f"{file}[{index}].ownerIds"))
