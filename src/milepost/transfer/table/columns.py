"""What the columns of a table mean: by their headings, or as the operator says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

import msgspec

from milepost.domain.errors import Invalid
from milepost.transfer.table import cells
from milepost.transfer.table.sheet import Cell, Sheet

F = TypeVar("F", bound=StrEnum)


class Field(StrEnum):
    """What a column can hold. The value is what the operator calls it."""

    CYCLE = "cycle"
    OBJECTIVE = "objective"
    NAME = "name"
    TASK = "task"
    DESCRIPTION = "description"
    OWNER = "owner"
    KIND = "kind"
    START = "start"
    TARGET = "target"
    CURRENT = "current"
    WEIGHT = "weight"
    DUE = "due"
    TAGS = "tags"
    DATE = "date"
    COMMENT = "comment"
    CONFIDENCE = "confidence"
    EMAIL = "email"
    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    LANGUAGE = "language"


# Headings, without case, gaps and signs, that mean a field wherever they stand.
_HEADINGS: dict[str, Field] = {
    heading: field
    for field, headings in {
        Field.CYCLE: "cycle session quarter period timeperiod timeframe",
        Field.OBJECTIVE: "objective objectivename objectivetitle goal goalname goaltitle",
        Field.NAME: "keyresult keyresultname keyresulttitle kr krname metric metricname",
        Field.TASK: "task taskname todo initiative",
        Field.DESCRIPTION: "description details",
        Field.OWNER: "owner owneremail assignee responsible",
        Field.KIND: "kind type operator targetoperator targettype",
        Field.START: "start startvalue initial initialvalue startingvalue from",
        Field.TARGET: "target targetvalue to",
        Field.CURRENT: "current currentvalue actual actualvalue value",
        Field.WEIGHT: "weight",
        Field.DUE: "due duedate deadline",
        Field.TAGS: "tag tags label labels",
        Field.DATE: "date checkindate updatedate updated lastupdated asof",
        Field.COMMENT: "comment comments note notes checkinnote checkinnotes",
        Field.CONFIDENCE: "confidence",
        Field.EMAIL: "email emailaddress mail",
        Field.FIRST_NAME: "firstname givenname",
        Field.LAST_NAME: "lastname surname familyname",
        Field.LANGUAGE: "language",
    }.items()
    for heading in headings.split()
}
# What a table that Milepost has written says of its rows beside what they hold: the value is that of the last check-in.
_DERIVED: dict[str, Field | None] = {"attainment": None, "lastcheckin": Field.DATE, "checkins": None}
# So many rows may stand before the headings: a title, an empty line.
BEFORE = 10


class Contents(StrEnum):
    """What the rows of a table are."""

    PEOPLE = "people"
    KEY_RESULTS = "key results"
    TASKS = "tasks"


class Layout(msgspec.Struct, frozen=True):
    """Which column holds what, from 0. `others` are columns of headings that mean nothing here; `headings`, what those
    that mean something are called; `head`, all of them in their order. `month_first` is the sheet's.
    """

    contents: Contents
    places: Mapping[Field, int]
    others: Mapping[str, int]
    headings: Mapping[str, str]
    head: tuple[str, ...]
    month_first: bool | None = None

    def cell(self, row: list[Cell], field: Field) -> Cell:
        """A row's cell of a field, "" where there is none."""
        place = self.places.get(field)
        return "" if place is None or place >= len(row) else row[place]


def asked(words: tuple[str, ...], fields: type[F]) -> dict[str, F | None]:
    """By heading, which of the fields the operator wants it to mean, `None` for none: of words such as
    "Key result=name". `Invalid` where a word says something else.
    """
    found: dict[str, F | None] = {}
    for word in words:
        heading, separator, field = word.rpartition("=")
        try:
            found[plain(heading)] = fields(field.strip().lower()) if field.strip() else None
        except ValueError:
            separator = ""
        if not separator or not heading.strip():
            raise Invalid("map", f'"{word}" should be HEADING=FIELD, where FIELD is one of {", ".join(fields)}')
    return found


def layout(sheet: Sheet, wanted: Mapping[str, Field | None]) -> Layout | None:
    """How a sheet is laid out, its rows gone through up to the headings; `None` where none are found among the first
    ten rows.
    """
    for number, row in sheet.rows:
        ours = wanted
        if {plain(cells.text(cell)) for cell in row} >= _DERIVED.keys():
            ours = {**_DERIVED, **wanted}
        places, others = found(row, ours, _HEADINGS)
        if contents := _contents(places):
            names = {field.value: cells.text(row[place]) for field, place in places.items()}
            head = tuple(map(cells.text, row))
            return Layout(contents, places, others, names, head, sheet.month_first)
        if number > BEFORE:
            break
    return None


def require_columns(wanted: Mapping[str, object], heads: Sequence[Iterable[str]]) -> None:
    """`Invalid` where the operator says what a heading means that none of the tables has; `heads` are the headings of
    each. Whoever writes it wrong would else find the column among those that mean nothing.
    """
    known = {plain(name) for names in heads for name in names}
    missing = [name for name in wanted if name not in known]
    if heads and missing:
        there = ", ".join(dict.fromkeys(name for names in heads for name in names if name))
        raise Invalid("map", f'no column is called "{missing[0]}": there are {there}')


def found(
    row: list[Cell], wanted: Mapping[str, F | None], headings: Mapping[str, F]
) -> tuple[dict[F, int], dict[str, int]]:
    """Where the fields stand in a row of headings, as the operator wants them, else as headings mean; and where the
    headings stand that mean nothing.
    """
    places: dict[F, int] = {}
    others: dict[str, int] = {}
    for place, cell in enumerate(row):  # first what the operator says: it counts before what headings mean
        if (field := wanted.get(plain(cells.text(cell)))) is not None:
            places.setdefault(field, place)
    for place, cell in enumerate(row):
        heading = cells.text(cell)
        if not heading or plain(heading) in wanted:
            continue
        field = headings.get(plain(heading))
        if field is not None and field not in places:
            places[field] = place
        else:
            others[_free(heading, others)] = place
    return places, others


def _free(heading: str, taken: Mapping[str, int]) -> str:
    """A heading, numbered where another column has it."""
    number, name = 1, heading
    while name in taken:
        number += 1
        name = f"{heading} {number}"
    return name


def _contents(places: Mapping[Field, int]) -> Contents | None:
    if Field.NAME in places:
        return Contents.KEY_RESULTS
    if Field.TASK in places:
        return Contents.TASKS
    return Contents.PEOPLE if Field.EMAIL in places else None


def plain(heading: str) -> str:
    """A heading for comparison: neither case nor gaps and signs count."""
    return re.sub(r"[\W_]", "", heading.casefold())
