"""Numbers as people write them: with gaps, percent signs and currencies, and with a comma or a point for decimals."""

from __future__ import annotations

import re
from collections.abc import Iterable

from milepost.transfer.table.sheet import Cell

# Signs that are ignored in a number: gaps, a percent sign, currencies.
_BESIDE = re.compile(r"[\s\u00a0\u202f'\u2019%€$£¥]")
# Typographic signs for a minus.
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-"})
# Words that people write in place of a missing value.
NOTHING = frozenset({"", "-", "--", "?", "n/a", "na", "n.a.", "tbd", "none", "nil", "\N{EM DASH}"})
# One mark with three digits behind it: thousands to some, decimals to others. A group of thousands never follows a 0.
_EITHER = re.compile(r"[+-]?[1-9][0-9]{0,2}([.,])[0-9]{3}\Z")
_BY_COMMAS = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?\Z")
_BY_POINTS = re.compile(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+(,[0-9]*)?\Z")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+([.,]?)[0-9]*|([.,])[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\Z")


class Ambiguous(ValueError):
    """A text that is one number to some and another to others; both as they would be written without a doubt."""

    def __init__(self, thousands: str, decimals: str) -> None:
        super().__init__(thousands, decimals)
        self.thousands, self.decimals = thousands, decimals


def read(text: str, has_decimal_commas: bool | None) -> float | None:
    """The number of a text, `None` where it says that there is none; `ValueError` where it is something else.
    `has_decimal_commas`: 1,5 is one and a half, and 1.500 fifteen hundred, `None` where that is not known; then
    `Ambiguous` of what may be either.
    """
    said = _stripped(text)
    if said.casefold() in NOTHING:
        return None
    if not said.isascii() or "_" in said:  # which a program would take for digits, or for nothing
        raise ValueError(text)
    if match := _EITHER.match(said):
        thousands, decimals = said.replace(match[1], ""), said.replace(",", ".")
        if has_decimal_commas is None:
            raise Ambiguous(thousands, decimals)
        return float(decimals if has_decimal_commas is (match[1] == ",") else thousands)
    if _BY_COMMAS.match(said):
        return float(said.replace(",", ""))
    if _BY_POINTS.match(said):
        return float(said.replace(".", "").replace(",", "."))
    if _PLAIN.match(said):
        return float(said.replace(",", "."))
    raise ValueError(text)


def has_decimal_commas(rows: Iterable[list[Cell]], likely: bool | None) -> bool | None:
    """Whether the numbers of a table have commas for decimals: as those of them tell that can be read in one way only,
    in columns that are mostly numbers. `likely` where none does; `None` where they differ.
    """
    columns: dict[int, _Column] = {}
    for row in rows:
        for place, cell in enumerate(row):
            if isinstance(cell, str) and cell:
                columns.setdefault(place, _Column()).meet(_stripped(cell))
    numeric = [one for one in columns.values() if one.numbers * 2 >= one.texts]
    has_commas, has_points = any(one.commas for one in numeric), any(one.points for one in numeric)
    if has_commas and has_points:
        return None
    return has_commas if has_commas or has_points else likely


class _Column:
    """What the texts of a column look like."""

    def __init__(self) -> None:
        self.texts = self.numbers = 0
        self.commas = self.points = False

    def meet(self, said: str) -> None:
        self.texts += 1
        if not said.isascii():
            return
        if _EITHER.match(said):
            self.numbers += 1
        elif match := _BY_COMMAS.match(said):
            self._count(by_commas=False, tells=True)
        elif match := _BY_POINTS.match(said):
            self._count(by_commas=True, tells=True)
        elif match := _PLAIN.match(said):
            mark = match[1] or match[2]
            self._count(by_commas=mark == ",", tells=bool(mark))

    def _count(self, *, by_commas: bool, tells: bool) -> None:
        self.numbers += 1
        self.commas |= tells and by_commas
        self.points |= tells and not by_commas


def _stripped(text: str) -> str:
    return _BESIDE.sub("", text).translate(_MINUS)
