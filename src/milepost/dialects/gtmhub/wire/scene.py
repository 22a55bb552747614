"""What an answer depends on besides its records: the address, the time, and the formatting of texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from milepost.dialects.gtmhub import plain_text
from milepost.dialects.gtmhub.wire.shared import AssigneeDto, assignee
from milepost.domain import progress
from milepost.domain.account import STALE_DAYS
from milepost.domain.cycle import Cycle
from milepost.domain.errors import Invalid
from milepost.domain.instants import Instant
from milepost.domain.people import Assignee

# The budgets of one answer: each of these costs memory, or time for which others wait.
DAYS_LIMIT = 1_000_000
LETTERS_LIMIT = 20_000_000
MARKS_LIMIT = 100_000


class Scene(msgspec.Struct):
    """`format` turns marked-up text into what the client asked for; `None` leaves all text as it is. `stale_days`: how
    long a key result of the account may be silent.
    """

    base_url: str
    now: Instant
    format: Callable[[str], str] | None = None
    stale_days: int = STALE_DAYS
    _days: int = 0
    _letters: int = 0
    _marks: int = 0
    _expected: dict[str, float] = {}
    _assignees: dict[str, AssigneeDto] = {}

    def expected(self, cycle: Cycle) -> float:
        """The attainment that is expected by now; computed once a cycle."""
        found = self._expected.get(cycle.id)
        if found is None:
            found = self._expected[cycle.id] = progress.expected(cycle, self.now)
        return found

    def assignee(self, one: Assignee) -> AssigneeDto:
        """An owner on the wire; made once, however many records it owns."""
        found = self._assignees.get(one.id)
        if found is None:
            found = self._assignees[one.id] = assignee(one)
        return found

    def prose(self, text: str) -> str:
        """A description in the wanted format. `Invalid` where an answer has too many letters, or too much markup."""
        self._letters += len(text)
        if self._letters > LETTERS_LIMIT:
            raise _too_many(LETTERS_LIMIT, "letters of descriptions and custom fields")
        if not (self.format and text):
            return text
        self._marks += plain_text.marks(text)
        if self._marks > MARKS_LIMIT:
            raise _too_many(MARKS_LIMIT, "marks of markup to be taken out")
        return self.format(text)

    def take_days(self, count: int) -> None:
        """Count the days of one more trend. `Invalid` where an answer has too many."""
        self._days += count
        if self._days > DAYS_LIMIT:
            raise _too_many(DAYS_LIMIT, "days of trends")

    def fields(self, custom_fields: dict[str, Any]) -> dict[str, Any]:
        """Custom fields, with texts in the wanted format."""
        return {key: self.prose(value) if isinstance(value, str) else value for key, value in custom_fields.items()}


def _too_many(limit: int, what: str) -> Invalid:
    return Invalid("limit", f"asks for more than {limit:,} {what} at once: ask for fewer records, or for other fields")
