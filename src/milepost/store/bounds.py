"""How much a list may look at: beyond that it is refused, with advice on what to ask for instead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Table

from milepost.domain.errors import TooMuch
from milepost.domain.query import Condition, leaves
from milepost.store import where
from milepost.store.engine import Database, OverBudget
from milepost.store.engine.budget import More, take

# At most this many rows are looked at one by one for a list; a narrower condition in SQL leaves fewer.
SCAN_LIMIT = 200_000
# At most this many comparisons are made on them: a condition of many parts is evaluated part by part on each row.
WORK_LIMIT = 1_000_000


def most_rows(condition: Condition) -> int:
    """How many rows a condition may be evaluated on, one by one."""
    return min(SCAN_LIMIT, WORK_LIMIT // max(1, leaves(condition)))


def unbounded(_rows: int) -> None:
    """A `More` without bounds."""


class Bounds:
    """The bounds of the lists of one table."""

    def __init__(self, table: Table, columns: where.Columns) -> None:
        indexed = {index.columns[1].name for index in table.indexes} | {"id"}
        self._narrowing = [
            path
            for path, column in columns.items()
            if isinstance(column, where.Members) or getattr(column.expression, "name", "") in indexed
        ]

    @contextmanager
    def within(self, database: Database) -> Iterator[More]:
        """Limit what SQL may look at: `TooMuch` beyond that."""
        try:
            with database.budget() as more:
                yield more
        except OverBudget as error:
            raise TooMuch("looks at too many records, to filter or to sort them", self._narrowing) from error

    def require(self, most: int, count: int) -> None:
        """`TooMuch` where more rows than `most` have to be looked at one by one; `Hurried` where there is no time."""
        if count > most:
            raise TooMuch(f"looks at more than {most:,} records one by one", self._narrowing)
        take(count)
