"""Finds values that do not fit their column: the store writes none, but SQLite accepts them from other programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, Double, Integer, Table

from milepost.domain.values import storable


class Misfit(msgspec.Struct, frozen=True):
    """A value that does not fit its column: where it is, and what it is, in words."""

    row: Sequence[Any]
    column: str
    what: str


def misfit(table: Table, rows: Sequence[Sequence[Any]]) -> Misfit | None:
    """The first value in these rows that does not fit its column, or `None`."""
    for row in rows:
        for column, value in zip(table.columns, row, strict=True):
            if what := _amiss(column, value):
                return Misfit(row, column.name, what)
    return None


def _amiss(column: Column[Any], value: Any) -> str:
    """What is wrong with a value; "" for nothing."""
    if value is None:
        return "" if column.nullable else "nothing"
    if isinstance(column.type, Double):
        return "" if isinstance(value, float) else "no number"
    if isinstance(column.type, Integer):
        if not isinstance(value, int):
            return "no whole number"
        bits = 63 if isinstance(column.type, BigInteger) else 31
        return "" if -(2**bits) <= value < 2**bits else "a number that is too large"
    if not isinstance(value, str):
        return "no text"
    return "" if storable(value) else "a text with a NUL in it"
