"""What the columns of a table mean: by their headings, or as the operator says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain, islice, zip_longest
from typing import TypeVar

import msgspec

from milepost.domain.errors import Invalid
from milepost.transfer.table import cells, quarters
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


# Headings, without case, gaps and signs, that always mean a field.
_HEADINGS: dict[str, Field] = {
    heading: field
    for field, headings in {
        Field.CYCLE: "cycle session quarter period timeperiod timeframe",
        Field.OBJECTIVE: "objective objectives objectivename objectivetitle goal goals goalname goaltitle",
        Field.NAME: "keyresult keyresults keyresultname keyresulttitle kr krs krname metric metrics metricname",
        Field.TASK: "task tasks taskname todo todos initiative initiatives",
        Field.DESCRIPTION: "description details",
        Field.OWNER: "owner owners owneremail krowner keyresultowner assignee assignees responsible",
        Field.KIND: "kind type krtype keyresulttype operator targetoperator targettype",
        Field.START: "start startvalue initial initialvalue startingvalue baseline baselinevalue from",
        Field.TARGET: "target targets targetvalue goalvalue endvalue to",
        Field.CURRENT: "current currentvalue actual actualvalue achieved value",
        Field.WEIGHT: "weight",
        Field.DUE: "due duedate deadline",
        Field.TAGS: "tag tags label labels",
        Field.DATE: "date checkindate lastcheckindate updatedate updated lastupdated lastupdate asof",
        Field.COMMENT: "comment comments note notes checkinnote checkinnotes checkincomment lastcheckincomment",
        Field.CONFIDENCE: "confidence",
        Field.EMAIL: "email emailaddress mail",
        Field.FIRST_NAME: "firstname givenname",
        Field.LAST_NAME: "lastname surname familyname",
        Field.LANGUAGE: "language",
    }.items()
    for heading in headings.split()
}
# The second meaning of a heading, if another column has its first: a goal beside an objective is a number.
_BESIDE: dict[str, Field] = {"goal": Field.TARGET}
# Derived columns of a table that Milepost has written; its values are those of the last check-ins.
_DERIVED: dict[str, Field | None] = {"attainment": None, "lastcheckin": Field.DATE, "checkins": None}
_ENDING = re.compile(r"\.\w{1,4}\Z")
# At most this many headings are listed of a sheet that has no known one.
_SHOWN = 12
# The headings are among the first rows, this many: a title or an empty line may precede them.
BEFORE = 10


class Contents(StrEnum):
    """What the rows of a table are."""

    PEOPLE = "people"
    KEY_RESULTS = "key results"
    TASKS = "tasks"


class NothingKnown(Invalid):
    """A sheet without the columns that its rows need to mean anything here."""


class Layout(msgspec.Struct, frozen=True):
    """Which column holds what, from 0. `others` are columns of headings that mean nothing here; `headings`, what those
    that mean something are called; `head`, all of them in their order; `rows`, what stands beneath, with the
    number of each. `cycle_name` is the name of the sheet where that speaks of a quarter or the like, and no column
    does. `month_first` is the sheet's.
    """

    contents: Contents
    places: Mapping[Field, int]
    others: Mapping[str, int]
    headings: Mapping[str, str]
    head: tuple[str, ...]
    rows: Iterator[tuple[int, list[Cell]]]
    month_first: bool | None = None
    cycle_name: str = ""

    def told(self) -> Iterator[str]:
        """The meanings found for the columns, in words."""
        taken = [
            f"{heading} is the {field}" for field, heading in self.headings.items() if plain(heading) != plain(field)
        ]
        if taken:
            yield ", ".join(taken)
        if self.others:
            yield f"kept as custom fields: {', '.join(self.others)}"

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


def layout(sheet: Sheet, wanted: Mapping[str, Field | None]) -> Layout:
    """How a sheet is laid out, its rows gone through up to the headings. `NothingKnown` where none are found among the
    first ten rows.
    """
    first = list(islice(sheet.rows, BEFORE))
    rows = [row for _, row in first]
    # A row of values may hold a word that is a heading, too: the row with most of them is the headings.
    known = [len(found(row, wanted, _HEADINGS)[0]) for row in rows]
    place = known.index(max(known)) if known else 0
    if not known or not _contents(found(rows[place], wanted, _HEADINGS)[0]):
        raise NothingKnown("", _nothing_known(rows, known, place))
    head, beneath = rows[place], place + 1
    if beneath < len(rows) and _are_headings(rows[beneath]):
        head, beneath = _put_together(head, rows[beneath]), beneath + 1
    return _laid_out(head, wanted, msgspec.structs.replace(sheet, rows=chain(first[beneath:], sheet.rows)))


def _nothing_known(rows: Sequence[list[Cell]], known: Sequence[int], place: int) -> str:
    """That a sheet has no column that makes its rows anything here, with the headings that it has."""
    longest = max(rows, key=len, default=[])
    seen = [one for cell in (rows[place] if known and known[place] else longest) if (one := cells.text(cell))]
    there = f" ({', '.join(one[:40] for one in seen[:_SHOWN])})" if seen else ""
    return f"has no column of key results, tasks or addresses among its first rows{there}: say which with --map"


def _laid_out(row: list[Cell], wanted: Mapping[str, Field | None], beneath: Sheet) -> Layout:
    if {plain(cells.text(cell)) for cell in row} >= _DERIVED.keys():
        wanted = {**_DERIVED, **wanted}
    places, others = found(row, wanted, _HEADINGS, _BESIDE)
    names = {field.value: cells.text(row[place]) for field, place in places.items()}
    head = tuple(map(cells.text, row))
    called = _ENDING.sub("", beneath.name)
    cycle = called if Field.CYCLE not in places and quarters.dates(called) else ""
    return Layout(_contents(places)[0], places, others, names, head, beneath.rows, beneath.month_first, cycle)


def _are_headings(row: list[Cell]) -> bool:
    """Whether a row beneath the headings goes on with them, as beneath one that several columns share."""
    said = [plain(one) for cell in row if (one := cells.text(cell))]
    return sum(one in _HEADINGS for one in said) * 2 >= len(said) > 1


def _put_together(above: list[Cell], below: list[Cell]) -> list[Cell]:
    """Two rows of headings as one: the lower one counts first."""
    longer = zip_longest(above, below, fillvalue="")
    return [lower if cells.text(lower) else upper for upper, lower in longer]


def require_columns(wanted: Mapping[str, object], heads: Sequence[Iterable[str]]) -> None:
    """`Invalid` where the operator says what a heading means that none of the tables has; `heads` are the headings of
    each. Otherwise a misspelled heading would silently be an unknown column.
    """
    known = {plain(name) for names in heads for name in names}
    missing = [name for name in wanted if name not in known]
    if heads and missing:
        there = ", ".join(dict.fromkeys(name for names in heads for name in names if name))
        raise Invalid("map", f'no column is called "{missing[0]}": there are {there}')


def found(
    row: list[Cell], wanted: Mapping[str, F | None], headings: Mapping[str, F], beside: Mapping[str, F] | None = None
) -> tuple[dict[F, int], dict[str, int]]:
    """Where the fields stand in a row of headings, as the operator wants them, else as headings mean, or `beside`
    another that means the same; and where the headings stand that mean nothing.
    """
    places: dict[F, int] = {}
    others: dict[str, int] = {}
    for place, cell in enumerate(row):  # the operator's words come before the headings
        if (field := wanted.get(plain(cells.text(cell)))) is not None:
            if field in places:
                raise Invalid("", f"two columns cannot both be the {field}: pass over one, as in --map HEADING=")
            places[field] = place
    unknown: list[tuple[str, int]] = []
    for place, cell in enumerate(row):
        heading = cells.text(cell)
        if not heading or plain(heading) in wanted:
            continue
        field = headings.get(plain(heading))
        if field is not None and field not in places:
            places[field] = place
        else:
            unknown.append((heading, place))
    for heading, place in list(unknown):
        second = (beside or {}).get(plain(heading))
        if second is not None and second not in places:
            places[second] = place
            unknown.remove((heading, place))
    # A known column may also be kept as a custom field under its heading.
    taken = {cells.text(row[place]) for place in places.values()}
    for heading, place in unknown:
        others[_free(heading, taken)] = place
    return places, others


def _free(heading: str, taken: set[str]) -> str:
    """A heading, numbered where another column has it: `taken` are those of others, and from now on this one."""
    number, name = 1, heading
    while name in taken:
        number += 1
        name = f"{heading} {number}"
    taken.add(name)
    return name


_BY_COLUMN = {Field.NAME: Contents.KEY_RESULTS, Field.TASK: Contents.TASKS, Field.EMAIL: Contents.PEOPLE}


def _contents(places: Mapping[Field, int]) -> list[Contents]:
    """The possible contents of rows with such columns, the likeliest first; empty where there are none."""
    return [contents for field, contents in _BY_COLUMN.items() if field in places]


def plain(heading: str) -> str:
    """A heading for comparison: neither case nor gaps and signs count."""
    return re.sub(r"[\W_]", "", heading.casefold())
