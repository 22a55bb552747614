"""Loading a saved list: its parameters in body and address, and the rows of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, cast

import msgspec
from msgspec import UNSET, UnsetType

from milepost.dialects.gtmhub import query
from milepost.dialects.gtmhub.wire import shared
from milepost.dialects.gtmhub.wire.lists import SORT
from milepost.dialects.gtmhub.wire.selections import decode_columns, decode_selection
from milepost.dialects.gtmhub.wire.shared import Shown
from milepost.domain.errors import Invalid
from milepost.domain.saved_list import Column, SavedList, Selection, checked_columns, checked_selection

# The published client asks for no further page, so that it gets as many as one page may have.
LIMIT = str(query.LIMIT)
_LIMITS = ("limit", "take")
ELEMENT_LIMIT = 200_000


class LoadBody(msgspec.Struct, rename="camel"):
    """What may be asked of a list other than it says itself; the rest is passed over."""

    columns: list[dict[str, Any]] | UnsetType | None = UNSET
    filter: dict[str, Any] | UnsetType | None = UNSET
    sort: str | UnsetType | None = UNSET
    skip: int | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    take: int | UnsetType | None = UNSET


class RowDto(TypedDict):
    """A metric of a list: its id, and each column under its `fieldName`."""

    id: str


def decode(
    raw: dict[str, Any], standing: SavedList, parameters: Mapping[str, str]
) -> tuple[tuple[Column, ...], Selection, dict[str, str]]:
    """The columns, the selection and the query parameters of a load: the body's, else the list's own. Where both name
    a parameter, the address counts before the body.
    """
    given = shared.named(shared.convert(raw, LoadBody))
    columns, selection = standing.columns, standing.selection
    if "columns" in given:
        columns = checked_columns(decode_columns(given["columns"]), "columns")
    if "filter" in given:
        selection = checked_selection(decode_selection(given["filter"], selection), "filter")
    said = {name: str(given[name]) for name in ("sort", "skip", *_LIMITS) if name in given}
    own = standing.extra.get(SORT)
    asked = {name: parameters[name] for name in ("filter", "sort", "skip", *_LIMITS) if name in parameters}
    together = ({SORT: own} if isinstance(own, str) else {}) | said | asked
    if any(name in parameters for name in _LIMITS):
        for name in set(_LIMITS) - parameters.keys():
            together.pop(name, None)
    elif not any(name in together for name in _LIMITS):
        together["limit"] = LIMIT
    return columns, selection, together


class Rows:
    """The rows of a loaded list. `Invalid` once columns have looked at 200,000 elements of lists: for example a day of
    the trend for many columns and metrics.
    """

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self._columns = columns
        self._left = ELEMENT_LIMIT

    def encode(self, metric: Shown) -> RowDto:
        """The id of a metric, and each column by its name. Fields that the metric lacks are left out."""
        whole = shared.all_fields(metric)
        row = {"id": whole["id"]}
        for column in self._columns:
            if (value := self._cell(whole, column)) is not UNSET:
                row[column.field] = value
        return cast(RowDto, row)

    def _cell(self, whole: dict[str, Any], column: Column) -> Any:
        """A field of the metric as it is shown, a part of one (`assignee.name`), or a custom field of this name."""
        custom = whole.get("customFields", {})
        if column.extra.get("customField") is True:
            return custom.get(column.field.removeprefix("customFields."), UNSET)
        found = self._reached(whole, "id" if column.field == "_id" else column.field)
        return custom.get(column.field, UNSET) if found is UNSET else found

    def _reached(self, value: Any, path: str) -> Any:
        """The value at a dotted path; through a list, the values in each of its elements."""
        if isinstance(value, msgspec.Struct):
            value = shared.all_fields(value)
        if isinstance(value, list | tuple):
            self._left -= len(value)
            if self._left < 0:
                raise Invalid(
                    "columns",
                    f"look into lists of more than {ELEMENT_LIMIT:,} elements: ask for fewer such columns or metrics",
                )
            return [found for one in value if (found := self._reached(one, path)) is not UNSET]
        if not isinstance(value, dict):
            return UNSET
        if path in value:
            return value[path]
        head, _, rest = path.partition(".")
        return self._reached(value[head], rest) if rest and head in value else UNSET
