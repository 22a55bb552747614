"""The report of an import of tables, or of a dry run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from milepost.domain.errors import Fault, Invalid
from milepost.transfer.outcome import Outcome

# At most this many unknown owners are listed by name.
_OWNERS = 500
HEADINGS = ("SHEET", "FOUND", "TAKEN", "FURTHER DATES", "ALREADY THERE", "LEFT OUT", "REFUSED", "HISTORY ADDED")


class Tally(msgspec.Struct):
    """The counts of one sheet. `found`: rows that say something; `further`: rows that say the value of one more date
    of a key result; `left_out`: those whose record was deleted here.
    """

    sheet: str
    found: int = 0
    taken: int = 0
    further: int = 0
    already_there: int = 0
    left_out: int = 0
    refused: int = 0
    history_added: int = 0

    def count(self, outcome: Outcome) -> None:
        """Count one row."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    def add_history(self, noted: int, added: int) -> None:
        """Count check-ins: those that rows noted, and those that were added. The others were known already."""
        known = min(noted - added, self.further)
        self.history_added += added
        self.further -= known
        self.already_there += known


class Problem(msgspec.Struct, frozen=True):
    """A refusal: in a sheet, a row as a spreadsheet numbers it (0: the sheet itself), and a column."""

    sheet: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        row = f", row {self.row:,}" if self.row else ""
        column = f", {self.column}" if self.column else ""
        return f"{self.sheet}{row}{column}: {self.message}"


class Report(msgspec.Struct):
    """The report of one import, which is complete where there are no `problems`. `unmatched`: the unknown owners, each
    with the number of rows that name them.
    """

    dry_run: bool
    sheets: list[Tally] = []
    problems: list[Problem] = []
    notes: list[str] = []
    unmatched: dict[str, int] = {}

    def lines(self) -> list[str]:
        """The remarks beside the counts."""
        return [*self.notes, *map(str, self.problems), *self._owners()]

    def _owners(self) -> Iterator[str]:
        """The unknown owners, in one line: a list to work through."""
        named = [f"{one} ({rows:,} {'row' if rows == 1 else 'rows'})" for one, rows in self.unmatched.items()]
        if named:
            more = f" and {len(named) - _OWNERS:,} more" if len(named) > _OWNERS else ""
            yield f"owners whom nobody here is: {', '.join(named[:_OWNERS])}{more}"

    def note(self, words: str) -> None:
        """Add a remark, once."""
        if words not in self.notes:
            self.notes.append(words)

    def refuse(self, sheet: str, row: int, error: Invalid, headings: Mapping[str, str]) -> None:
        """Report what cannot be taken of a row, by the `headings` of its fields."""
        self.problems += [Problem(sheet, row, _shown(fault, headings), fault.message) for fault in error.faults]


# Fields that the rules and the columns name differently.
_CALLED = {"effective at": "date", "due at": "due", "cycle id": "cycle"}


def _shown(fault: Fault, headings: Mapping[str, str]) -> str:
    field = fault.field.replace("_", " ")
    field = _CALLED.get(field, field)
    return headings.get(field, field)
