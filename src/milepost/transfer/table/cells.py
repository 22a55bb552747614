"""What a cell says: numbers, dates and texts as people write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from milepost.domain import instants, values
from milepost.domain.errors import Invalid
from milepost.domain.instants import Instant
from milepost.domain.key_result import Kind
from milepost.transfer.table.sheet import Cell

_DAY_FIRST = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})\Z")
_YEAR_FIRST = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?)?\Z"
)
# Whatever stands around a number: gaps within it, a percent sign, currencies.
_BESIDE = re.compile(r"[\s\u00a0\u202f'\u2019%€$£¥]")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?\Z")
_GROUPED_BY_POINTS = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]*)?\Z")

# How a value is judged, by words that begin what people write; the longer ones first.
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
    ("baseline", Kind.BASELINE),
    ("number", Kind.INCREASE),
    ("percent", Kind.INCREASE),
    ("currency", Kind.INCREASE),
)


def text(cell: Cell) -> str:
    """The cell as it is shown, without gaps around it."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell == int(cell) and abs(cell) < 1e15:
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


def number(cell: Cell, field: str, *, has_decimal_commas: bool = False) -> float | None:
    """The number that a cell says, `None` where it is empty; `Invalid` naming the field where it is none."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return values.number(cell, field)
    said = _BESIDE.sub("", text(cell))
    if not said:
        return None
    if _GROUPED_BY_POINTS.match(said) and (has_decimal_commas or "," in said):
        said = said.replace(".", "").replace(",", ".")
    elif _GROUPED.match(said) and not has_decimal_commas:
        said = said.replace(",", "")
    elif said.count(",") == 1:
        said = said.replace(",", ".")
    try:
        return values.number(float(said), field)
    except ValueError:
        raise Invalid(field, f"{_quoted(cell)} is no number") from None


def moment(cell: Cell, field: str) -> Instant | None:
    """The moment that a cell says, a bare day at its beginning in UTC, `None` where it is empty; `Invalid` naming the
    field where it is none, or may be either of two days.
    """
    if isinstance(cell, datetime):
        return instants.of(cell.replace(tzinfo=UTC))
    if isinstance(cell, date):
        return instants.of(datetime(cell.year, cell.month, cell.day, tzinfo=UTC))
    said = text(cell)
    if not said:
        return None
    if (whole := instants.read(said)) is not None:
        return whole
    try:
        if match := _YEAR_FIRST.match(said):
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
            return instants.of(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
        if match := _DAY_FIRST.match(said):
            day, month, year = (int(part) for part in match.groups())
            return instants.of(datetime(year, month, day, tzinfo=UTC))
    except ValueError:
        pass
    raise Invalid(field, f"{_quoted(cell)} is no date: write it as 2026-03-31, or format the cell as a date")


def kind(cell: Cell, field: str) -> Kind | None:
    """How a value is to be judged, `None` where the cell is empty; `Invalid` naming the field where it says something
    else.
    """
    said = " ".join(re.findall(r"[a-z]+", text(cell).lower()))
    if not said:
        return None
    for words, found in _KINDS:
        if words in said:
            return found
    raise Invalid(field, f"{_quoted(cell)} is none of {', '.join(words for words, _ in _KINDS)}")


def _quoted(cell: Cell) -> str:
    shown = text(cell)
    return f'"{shown[:60]}{"…" if len(shown) > 60 else ""}"'
