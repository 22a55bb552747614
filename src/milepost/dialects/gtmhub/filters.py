"""The filter language: relaxed JSON with MongoDB's operators, decoded to the domain's conditions, within limits.

What a condition means is the domain's business (`matching.holds`).
"""

from __future__ import annotations

from typing import Any

from milepost.dialects.gtmhub import relaxed
from milepost.dialects.gtmhub.fields import Table
from milepost.dialects.gtmhub.operators import Reader
from milepost.domain.errors import Invalid
from milepost.domain.query import EVERYTHING, Condition

DEPTH_LIMIT = 20
OPERAND_LIMIT = 1_000


def condition(text: str, table: Table) -> Condition:
    """The condition that a filter's text means for a table's records; `Invalid` naming the place of a fault.

    An empty text is no condition.
    """
    if not text.strip():
        return EVERYTHING
    asked = relaxed.parse(text)
    if not isinstance(asked, dict):
        raise Invalid("filter", "must be an object, such as {name: {$in: [...]}}")
    budget = _Budget()
    budget.measure(asked, 1)
    return Reader(table).object(asked, "")


class _Budget:
    """Refuses filters that are deeper than 20 or have more than 1,000 operands."""

    def __init__(self) -> None:
        self._operands = 0

    def measure(self, value: Any, depth: int) -> None:
        if depth > DEPTH_LIMIT:
            raise Invalid("filter", f"is nested deeper than {DEPTH_LIMIT} levels")
        if isinstance(value, dict):
            for item in value.values():
                self.measure(item, depth + isinstance(item, dict | list))
        elif isinstance(value, list):
            for item in value:
                self.measure(item, depth + isinstance(item, dict | list))
        else:
            self._operands += 1
            if self._operands > OPERAND_LIMIT:
                raise Invalid("filter", f"has more than {OPERAND_LIMIT:,} operands")
