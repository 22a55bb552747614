"""A table as it was read: rows of plain cells, the first of them the headings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import msgspec

Cell = str | float | bool | date | datetime

# At most this many cells are read of one file: more than a hundred thousand key results have.
CELLS = 5_000_000


class Sheet(msgspec.Struct, frozen=True):
    """One table. `rows` gives each row with its number as a spreadsheet shows it, from 1, and can be gone through once.
    `has_decimal_commas`: 1.500 is fifteen hundred here; `month_first`: 3/4/2026 is in March; `None` where that is not
    known. `is_ragged`: a row longer than the headings is one whose cells have slipped. `failed` are the
    numbers of the rows with a formula that has no value. `notes` are for whoever imports it.
    """

    name: str
    rows: Iterator[tuple[int, list[Cell]]]
    has_decimal_commas: bool | None = None
    month_first: bool | None = None
    is_ragged: bool = False
    failed: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()
