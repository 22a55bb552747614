"""The filter language: relaxed JSON with MongoDB's operators, decoded to the domain's conditions, within limits.

`matching.holds` defines the meaning of conditions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from milepost.dialects.gtmhub import relaxed
from milepost.dialects.gtmhub.fields import Table
from milepost.dialects.gtmhub.operators import Reader
from milepost.domain.errors import Invalid
from milepost.domain.query import EVERYTHING, Condition

DEPTH_LIMIT = 20
OPERAND_LIMIT = 1_000
PATTERN_LIMIT = 20


def condition(text: str, table: Table) -> Condition:
    """The condition of a filter's text for a table; `Invalid` naming the place of a fault. An empty text is no
    condition.
    """
    if not text.strip():
        return EVERYTHING
    asked = relaxed.parse(text)
    budget = _Budget()
    budget.measure(asked, 1)
    return Reader(table).object(asked, "")


class _Budget:
    """Refuses filters that are deeper than 20, have more than 1,000 operands (lists and objects count), or more than 20
    regular expressions, each of which has to be run on every record.
    """

    def __init__(self) -> None:
        self._operands = 0
        self._patterns = 0

    def measure(self, value: Any, depth: int) -> None:
        if depth > DEPTH_LIMIT:
            raise Invalid("filter", f"is nested deeper than {DEPTH_LIMIT} levels")
        self._operands += 1
        if self._operands > OPERAND_LIMIT:
            raise Invalid("filter", f"has more than {OPERAND_LIMIT:,} operands")
        if isinstance(value, dict):
            self._patterns += "$regex" in value
            if self._patterns > PATTERN_LIMIT:
                raise Invalid("filter", f"has more than {PATTERN_LIMIT} regular expressions")
            self._inside(value.values(), depth)
        elif isinstance(value, list):
            self._inside(value, depth)

    def _inside(self, values: Iterable[Any], depth: int) -> None:
        for value in values:
            self.measure(value, depth + isinstance(value, dict | list))
