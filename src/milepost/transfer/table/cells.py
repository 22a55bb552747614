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
    r"([0-9]{4})([-/]?)([0-9]{2})\2([0-9]{2})(?:[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?)?\Z"
)
# The day first or the month, as the country has it, perhaps with a time.
_EITHER = re.compile(r"([0-9]{1,2})([-/])([0-9]{1,2})\2([0-9]{4})(?:[ T][0-9:]+(?: ?[AaPp][Mm])?)?\Z")
_DAY_MONTH = re.compile(r"([0-9]{1,2})\.?[ -]([a-z]{3,9})\.?[ ,-]+([0-9]{4})\Z", re.IGNORECASE)
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.? ([0-9]{1,2}),? ([0-9]{4})\Z", re.IGNORECASE)
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
# Whatever stands around a number: gaps within it, a percent sign, currencies.
_BESIDE = re.compile(r"[\s\u00a0\u202f'\u2019%€$£¥]")
# What stands for a minus where a program has set a text.
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?\Z")
_GROUPED_BY_POINTS = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]*)?\Z")

# How a value is judged, by how words begin in what people write.
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
    said = _BESIDE.sub("", text(cell)).translate(_MINUS)
    if not said:
        return None
    if not said.isascii() or "_" in said:  # which a program would take for digits, or for nothing
        raise Invalid(field, f"{_quoted(cell)} is no number")
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


def share(cell: Cell, field: str, *, has_decimal_commas: bool = False) -> float | None:
    """As `number`, for what may be written as a percentage: 80 % is 0.8."""
    found = number(cell, field, has_decimal_commas=has_decimal_commas)
    return found / 100 if found is not None and isinstance(cell, str) and "%" in cell else found


def moment(cell: Cell, field: str, *, month_first: bool | None = None) -> Instant | None:
    """The moment that a cell says, a bare day at its beginning in UTC, `None` where it is empty; `Invalid` naming the
    field where it is none, or may be either of two days. `month_first`: how 3/4/2026 is meant, where that is known.
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
            year, _, month, day, *times = match.groups()
            hour, minute, second = (int(part or 0) for part in times)
            return instants.of(datetime(int(year), int(month), int(day), hour, minute, second, tzinfo=UTC))
        if (found := _day(said, field, month_first)) is not None:
            return instants.of(datetime(found.year, found.month, found.day, tzinfo=UTC))
    except ValueError:
        pass
    raise Invalid(field, f"{_quoted(cell)} is no date: write it as 2026-03-31, or format the cell as a date")


def _day(said: str, field: str, month_first: bool | None) -> date | None:
    """The day of a text, `None` where it is none; `ValueError` where there is no such day, `Invalid` where there are
    two.
    """
    if match := _DAY_FIRST.match(said):
        return date(int(match[3]), int(match[2]), int(match[1]))
    if match := _EITHER.match(said):
        one, other, year = int(match[1]), int(match[3]), int(match[4])
        if month_first is None and one != other and max(one, other) <= len(_MONTHS):
            raise Invalid(field, f'"{said}" may be either of two days: say which with --dates, or write 2026-03-31')
        is_month_first = other > len(_MONTHS) if month_first is None else month_first
        return date(year, one, other) if is_month_first else date(year, other, one)
    if match := _DAY_MONTH.match(said):
        return date(int(match[3]), _month(match[2]), int(match[1]))
    if match := _MONTH_DAY.match(said):
        return date(int(match[3]), _month(match[1]), int(match[2]))
    return None


def _month(word: str) -> int:
    """The month of an English name, or of its first letters; `ValueError`."""
    said = "sep" if word.lower() == "sept" else word.lower()
    for number, name in enumerate(_MONTHS, 1):
        if name.startswith(said):
            return number
    raise ValueError(word)


def kind(cell: Cell, field: str) -> Kind | None:
    """How a value is to be judged, `None` where the cell is empty; `Invalid` naming the field where it says something
    else.
    """
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
