"""What the columns of an export of Viva Goals mean: their headings vary with its version and with who exported."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from milepost.transfer.table import cells, columns
from milepost.transfer.table.sheet import Cell, Sheet


class Field(StrEnum):
    """What a column can hold. The value is what the operator calls it."""

    TITLE = "title"
    TYPE = "type"
    ID = "id"
    PARENT = "parent"
    PARENT_ID = "parent id"
    OWNER = "owner"
    EMAIL = "owner email"
    PERIOD = "time period"
    DESCRIPTION = "description"
    START = "start"
    TARGET = "target"
    CURRENT = "current"
    PROGRESS = "progress"
    STATUS = "status"
    BEGINS = "start date"
    DUE = "due date"
    TAGS = "tags"
    NOTE = "check-in note"
    NOTED = "check-in date"


_HEADINGS: dict[str, Field] = {
    heading: field
    for field, headings in {
        Field.TITLE: "title name okrtitle okr okrname objectivetitle",
        Field.TYPE: "type okrtype itemtype entitytype objectivetype objecttype kind goaltype",
        Field.ID: "id okrid objectiveid itemid entityid",
        Field.PARENT: "parent parenttitle parentname parentokr parentobjective alignedto alignment alignswith",
        Field.PARENT_ID: "parentid parentokrid parentobjectiveid alignedtoid",
        Field.OWNER: "owner owners ownername assignee",
        Field.EMAIL: "owneremail owneremails ownerupn emailofowner",
        Field.PERIOD: "timeperiod period timeframe cycle quarter timeperiodname",
        Field.DESCRIPTION: "description details",
        Field.START: "start startvalue startingvalue initialvalue metricstart startedat",
        Field.TARGET: "target targetvalue metrictarget goalvalue",
        Field.CURRENT: "current currentvalue actual actualvalue value metricvalue metriccurrent latestvalue",
        Field.PROGRESS: "progress progresspercent percentcomplete completion currentprogress overallprogress",
        Field.STATUS: "status currentstatus okrstatus",
        Field.BEGINS: "startdate begins startson",
        Field.DUE: "duedate enddate endson deadline",
        Field.TAGS: "tags tag labels",
        Field.NOTE: "checkinnote checkinnotes note notes latestnote lastcheckinnote latestcheckinnote comment",
        Field.NOTED: "checkindate lastcheckindate lastcheckin latestcheckin latestcheckindate lastupdated "
        "lastupdateddate lastcheckinon",
    }.items()
    for heading in headings.split()
}


class Layout(msgspec.Struct, frozen=True):
    """Which column holds what, from 0. `others`: headings that mean nothing here. `names`: headings as they
    stand; `head`: all of them. `has_fractions`: progress is said in fractions, not in percent."""

    places: Mapping[Field, int]
    others: Mapping[str, int]
    names: Mapping[Field, str]
    head: tuple[str, ...]
    has_fractions: bool = False

    def cell(self, row: list[Cell], field: Field) -> Cell:
        """A row's cell of a field, "" where there is none."""
        place = self.places.get(field)
        return "" if place is None or place >= len(row) else row[place]


def layout(sheet: Sheet, wanted: Mapping[str, Field | None]) -> Layout | str:
    """How a sheet is laid out, its rows gone through up to the headings; where no title and type are among the first
    ten rows, what is to be done about that.
    """
    most, head = 0, list[str]()
    for number, row in sheet.rows:
        places, others = columns.found(row, wanted, _HEADINGS)
        if len(places) > most:
            most, head = len(places), [text for cell in row if (text := cells.text(cell))]
        if Field.TITLE in places and Field.TYPE in places:
            names = {field: cells.text(row[place]) for field, place in places.items()}
            return Layout(places, others, names, tuple(map(cells.text, row)))
        if number > columns.BEFORE:
            break
    if not head:
        return "has no columns Title and Type among its first rows: say which with --map"
    return (
        f"has no columns for both title and type among {', '.join(head)}: say which with --map 'HEADING=title' and "
        "--map 'HEADING=type'; a table without types is taken by `milepost import table`"
    )
