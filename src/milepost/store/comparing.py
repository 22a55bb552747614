"""Compares rows of two databases bit by bit, and tells their first difference."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import msgspec
from sqlalchemy import Table

from milepost.store.engine import Database

_encode = msgspec.msgpack.Encoder().encode


def same(target: Database, one: Any, other: Any) -> bool:
    """Whether values, or rows of them, are identical in a copy, as far as the target can tell them apart.

    Their encodings are compared: some equal values are not identical, such as 1 and 1.0, or 0.0 and -0.0.
    """
    return _encode(one) == _encode(other) or (not target.signs_zero and bool(one == other))


def difference(target: Database, table: Table, original: Sequence[Any], copied: Sequence[Any]) -> str:
    """The first difference, in words, of two chunks of rows that differ, both in the order of the key."""
    for before, after in zip_longest(original, copied):
        if after is None or (before is not None and _key(table, before) < _key(table, after)):
            return f"{table.name} at {key_of(table, before)} is missing in the copy"
        if before is None or _key(table, before) > _key(table, after):
            return f"{table.name} at {key_of(table, after)} is in the copy alone"
        pairs = zip(table.columns, before, after, strict=True)
        if others := [column.name for column, one, other in pairs if not same(target, one, other)]:
            return f"{table.name} at {key_of(table, before)} is not the same in the copy, in {', '.join(others)}"
    raise AssertionError("what is encoded otherwise differs somewhere")


def _key(table: Table, row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple([value for column, value in zip(table.columns, row, strict=True) if column.primary_key])


def key_of(table: Table, row: Sequence[Any]) -> str:
    """The key of a row, in words."""
    names = [column.name for column in table.columns if column.primary_key]
    return ", ".join(f"{name} {value}" for name, value in zip(names, _key(table, row), strict=True))
