"""Readers of cells: a text, a number, a moment, a kind of key result."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from milepost.domain import instants, values
from milepost.domain.errors import Invalid
from milepost.domain.instants import Instant
from milepost.domain.key_result import Kind
from milepost.transfer.table import days, numbers
from milepost.transfer.table.sheet import Cell

# 7/10, a confidence on the scale to ten.
_OF_TEN = re.compile(r"([0-9]{1,2}) ?/ ?10\Z")

# Kinds of key results, by the beginnings of the words that people write.
_KINDS = (
    ("stay above", Kind.STAY_ABOVE),
    ("stay below", Kind.STAY_BELOW),
    ("increase", Kind.INCREASE),
    ("decrease", Kind.DECREASE),
    ("reduce", Kind.DECREASE),
    ("at least", Kind.INCREASE),
    ("at most", Kind.DECREASE),
    ("between", Kind.IN_RANGE),
    ("in range", Kind.IN_RANGE),
    ("milestone", Kind.MILESTONE),
    ("done", Kind.MILESTONE),
    ("boolean", Kind.MILESTONE),
    ("binary", Kind.MILESTONE),
    ("yes no", Kind.MILESTONE),
    ("baseline", Kind.BASELINE),
    ("number", Kind.INCREASE),
    ("numeric", Kind.INCREASE),
    ("percent", Kind.INCREASE),
    ("currency", Kind.INCREASE),
)


def text(cell: Cell) -> str:
    """The cell as a spreadsheet shows it, stripped."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell == int(cell) and abs(cell) < 1e15:
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


def number(cell: Cell, field: str, *, has_decimal_commas: bool | None = False) -> float | None:
    """The number in a cell, `None` where it has none; `Invalid` naming the field where it is something else, or
    may be either of two. `has_decimal_commas`: 1,5 is one and a half, `None` where that is not known.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return values.number(cell, field)
    try:
        found = numbers.read(text(cell), has_decimal_commas)
    except numbers.Ambiguous as error:
        words = f"{_quoted(cell)} may be {error.thousands} or {error.decimals}: say which with --numbers"
        raise Invalid(field, words) from None
    except ValueError:
        raise Invalid(field, f"{_quoted(cell)} is no number") from None
    return None if found is None else values.number(found, field)


def share(cell: Cell, field: str, *, has_decimal_commas: bool | None = False) -> float | None:
    """A confidence, as a fraction or on the old scale to ten; `None` where the cell says nothing. 80 %, 80 and
    8/10 are 0.8. `Invalid` naming the field where it is no number.
    """
    if match := _OF_TEN.match(text(cell)):
        return int(match[1]) / 10
    found = number(cell, field, has_decimal_commas=has_decimal_commas)
    is_percent = found is not None and ((isinstance(cell, str) and "%" in cell) or 10 < found <= 100)
    return found / 100 if found is not None and is_percent else found


def moment(cell: Cell, field: str, *, month_first: bool | None = None) -> Instant | None:
    """The moment that a cell says, a bare day at its beginning in UTC, `None` where it is empty; `Invalid` naming the
    field where it is none, or may be either of two days. `month_first`: how 3/4/2026 is meant, where that is known.
    """
    if isinstance(cell, datetime):
        return instants.of(cell.replace(tzinfo=UTC))
    if isinstance(cell, date):
        return instants.of(datetime(cell.year, cell.month, cell.day, tzinfo=UTC))
    said = text(cell)
    if said.casefold() in numbers.NOTHING:
        return None
    try:
        return days.read(said, month_first)
    except days.Ambiguous:
        words = f"{_quoted(cell)} may be either of two days: say which with --dates, or write 2026-03-31"
        raise Invalid(field, words) from None
    except ValueError:
        words = f"{_quoted(cell)} is no date: write it as 2026-03-31, or format the cell as a date"
        raise Invalid(field, words) from None


def kind(cell: Cell, field: str) -> Kind | None:
    """The kind of a key result, `None` where the cell is empty; `Invalid` naming the field where it is unknown."""
    said = " ".join(re.findall(r"[a-z]+", text(cell).lower()))
    if not said:
        return None
    for words, found in _KINDS:
        if f" {words}" in f" {said}":
            return found
    raise Invalid(field, f"{_quoted(cell)} is none of {', '.join(words for words, _ in _KINDS)}")


def _quoted(cell: Cell) -> str:
    shown = text(cell)
    return f'"{shown[:60]}{"…" if len(shown) > 60 else ""}"'
