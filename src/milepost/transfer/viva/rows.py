"""The rows of an export, each with its kind and its parent row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from milepost.domain.errors import Invalid
from milepost.transfer.table import cells
from milepost.transfer.table.run import plain
from milepost.transfer.table.sheet import Cell, Sheet
from milepost.transfer.viva.columns import Field, Layout

_WORD = re.compile(r"\w+")
# Separates several parents in one cell.
_BETWEEN = re.compile(r"[;\n|]|,(?=\s)")


class Kind(StrEnum):
    """What a row is."""

    OBJECTIVE = "objective"
    KEY_RESULT = "key result"
    TASK = "task"


# By words that types hold, the first that is found counts: a "key result" may be called "KR (metric)".
_KINDS = (
    ("key result", Kind.KEY_RESULT),
    ("keyresult", Kind.KEY_RESULT),
    ("kr", Kind.KEY_RESULT),
    ("milestone", Kind.KEY_RESULT),
    ("outcome", Kind.KEY_RESULT),
    ("kpi", Kind.KEY_RESULT),
    ("metric", Kind.KEY_RESULT),
    ("initiative", Kind.TASK),
    ("project", Kind.TASK),
    ("task", Kind.TASK),
    ("deliverable", Kind.TASK),
    ("objective", Kind.OBJECTIVE),
    ("goal", Kind.OBJECTIVE),
    ("big bet", Kind.OBJECTIVE),
    ("pillar", Kind.OBJECTIVE),
)


class Row(msgspec.Struct, frozen=True, eq=False):
    """One row: its place, and its cells."""

    sheet: Sheet
    layout: Layout
    number: int
    cells: list[Cell]

    def cell(self, field: Field) -> Cell:
        """The cell of a field, "" where there is none."""
        return self.layout.cell(self.cells, field)

    def text(self, field: Field) -> str:
        """The cell of a field as text."""
        return cells.text(self.cell(field))

    def kind(self) -> Kind:
        """What the row is; `Invalid` where its type says nothing that is known."""
        said = self.text(Field.TYPE)
        words = f" {' '.join(_WORD.findall(said.casefold()))} "
        for word, kind in _KINDS:
            if f" {word} " in words or f" {word}s " in words:
                return kind
        raise Invalid(Field.TYPE, f'"{said[:60]}" is none of objective, key result and initiative')


class Tree:
    """All rows of a file, in any order."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = list(rows)
        self._by_id = {row.text(Field.ID): row for row in reversed(self.rows) if row.text(Field.ID)}
        self._by_title: dict[str, list[Row]] = {}
        for row in self.rows:
            self._by_title.setdefault(plain(row.text(Field.TITLE)), []).append(row)

    def parent(self, row: Row) -> Row | None:
        """The row that one stands beneath, by id, else by title; `None` where it names none. `Invalid` where the file
        has no such row, or several.
        """
        given, named = row.text(Field.PARENT_ID), row.text(Field.PARENT)
        ids = [one.strip() for one in _BETWEEN.split(f"{given};{named}")]
        for one in (given, named, *ids):
            if one in self._by_id:
                return self._by_id[one]
        if not named:
            if given:
                raise Invalid(Field.PARENT_ID, f'"{given[:60]}" is no id in this file')
            return None
        alike = self._by_title.get(plain(self.parent_named(row)), [])
        period = plain(row.text(Field.PERIOD))
        found = [one for one in alike if plain(one.text(Field.PERIOD)) == period] or alike
        if len({_identity(one) for one in found}) != 1:
            raise Invalid(Field.PARENT, f'{len(found) or "no"} rows have the title "{named[:60]}": one was expected')
        return found[0]

    def parent_named(self, row: Row) -> str:
        """The title of the parent that a row names; of several in one cell the first that there is."""
        named = row.text(Field.PARENT)
        if plain(named) not in self._by_title:
            parts = (one.strip() for one in _BETWEEN.split(named))
            return next((one for one in parts if one and plain(one) in self._by_title), named)
        return named

    def downward(self) -> Iterator[Row]:
        """The rows in an order in which one comes after the row above it; of a circle, in that of the file."""
        done: set[int] = set()
        for row in self.rows:
            path: list[Row] = []
            one: Row | None = row
            while one is not None and id(one) not in done:
                done.add(id(one))
                path.append(one)
                one = self._above(one)
            yield from reversed(path)

    def _above(self, row: Row) -> Row | None:
        try:
            return self.parent(row)
        except Invalid:
            return None


def _identity(row: Row) -> tuple[str, ...]:
    """The key shared by all rows of one record, such as those of its check-ins."""
    if given := row.text(Field.ID):
        return (given,)
    return tuple(plain(row.text(one)) for one in (Field.TITLE, Field.TYPE, Field.PERIOD, Field.PARENT))
