"""What an answer depends on beside its records: the address, the moment, and how prose is to be formatted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from milepost.dialects.gtmhub.wire.shared import AssigneeDto, assignee
from milepost.domain import progress
from milepost.domain.account import STALE_DAYS
from milepost.domain.cycle import Cycle
from milepost.domain.instants import Instant
from milepost.domain.people import Assignee


class Scene(msgspec.Struct):
    """`format` turns marked-up text into what the client asked for; `None` leaves all text as it is. `stale_days`: how
    long a key result of the account may be silent.
    """

    base_url: str
    now: Instant
    format: Callable[[str], str] | None = None
    stale_days: int = STALE_DAYS
    _expected: dict[str, float] = {}
    _assignees: dict[str, AssigneeDto] = {}

    def expected(self, cycle: Cycle) -> float:
        """The attainment that is expected by now; computed once a cycle."""
        found = self._expected.get(cycle.id)
        if found is None:
            found = self._expected[cycle.id] = progress.expected(cycle, self.now)
        return found

    def assignee(self, one: Assignee) -> AssigneeDto:
        """An owner on the wire; made once, however many records he owns."""
        found = self._assignees.get(one.id)
        if found is None:
            found = self._assignees[one.id] = assignee(one)
        return found

    def prose(self, text: str) -> str:
        """A description as the client wants it."""
        return self.format(text) if self.format and text else text

    def fields(self, custom_fields: dict[str, Any]) -> dict[str, Any]:
        """Custom fields, their texts as the client wants them."""
        if self.format is None:
            return custom_fields
        return {key: self.prose(value) if isinstance(value, str) else value for key, value in custom_fields.items()}
