"""Saved lists on the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.dialects.gtmhub.wire import shared
from milepost.dialects.gtmhub.wire.selections import (
    ColumnDto,
    SelectionDto,
    decode_columns,
    decode_selection,
    encode_column,
    encode_selection,
)
from milepost.dialects.gtmhub.wire.shared import Date, date, with_extra
from milepost.domain.saved_list import SavedList, SavedListChange, Selection

# The domain's fields under this dialect's names, for errors.
NAMES = {"name": "title", "about": "listType", "selection": "filter", "owner_ids": "ownerId", "extra": ""}

# The one kind of list that can be loaded.
KEY_RESULT = "Key Result"


class ListDto(msgspec.Struct, rename="camel", gc=False):
    """A saved list."""

    id: str
    account_id: str
    columns: list[ColumnDto]
    created_by_id: str
    date_created: Date
    description: str
    filter: SelectionDto
    list_type: str
    modified_at: Date
    modified_by_id: str
    owner_id: str
    title: str


class ListTypeDto(msgspec.Struct, rename="camel"):
    """What a list can be of, and what its rules may say."""

    type: str
    operators: tuple[str, ...]
    dynamic_value_types: tuple[str, ...]


class ListBody(msgspec.Struct, rename="camel"):
    """The attributes of a list that mean something here; the rest is kept as it comes."""

    title: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    list_type: str | UnsetType | None = UNSET
    columns: list[dict[str, Any]] | UnsetType | None = UNSET
    filter: dict[str, Any] | UnsetType | None = UNSET
    owner_id: str | UnsetType | None = UNSET


# What a client may set although nothing is shown until it does: the order in which the list is loaded.
SORT = "sort"


def encode_list(one: SavedList, prose: Callable[[str], str] = str) -> ListDto:
    """A saved list, its description as `prose` makes it."""
    shown = ListDto(
        one.id,
        one.account_id,
        [encode_column(column) for column in one.columns],
        one.created_by,
        date(one.created_at),
        prose(one.description),
        encode_selection(one.selection),
        one.about,
        date(one.modified_at),
        one.modified_by,
        one.owner_id,
        one.name,
    )
    return with_extra(shown, one.extra)


def decode_new(raw: dict[str, Any], caller: str) -> SavedListChange:
    """POST: where no owner is named the list is the caller's; without a type it is one of key results."""
    given = _given(raw)
    given.setdefault("owner_id", caller)
    given["about"] = given.get("about") or KEY_RESULT
    return SavedListChange(**given, extra=_extra(raw))


def decode_whole(raw: dict[str, Any]) -> SavedListChange:
    """PUT: what is left out is set to the zero value of its type, the type to that of key results."""
    zero: dict[str, Any] = {
        "name": "",
        "description": "",
        "about": KEY_RESULT,
        "columns": (),
        "selection": Selection(),
        "owner_id": "",
    }
    return SavedListChange(**(zero | _given(raw)), extra=shared.unset_but(raw, {SORT: ""}) | _extra(raw))


def decode_part(raw: dict[str, Any]) -> SavedListChange:
    """PATCH: what is left out stays; columns and filter are replaced whole."""
    return SavedListChange(**_given(raw), extra=_extra(raw))


def _extra(raw: dict[str, Any]) -> dict[str, Any]:
    return shared.kept(shared.unknown(raw, ListBody, ListDto), {SORT: None})


def _given(raw: dict[str, Any]) -> dict[str, Any]:
    return shared.read(shared.named(shared.convert(raw, ListBody)), _READERS)


def _list_type(value: str) -> str:
    """The type in the vendor's own spelling, where it is the one that is known here."""
    return KEY_RESULT if "".join(value.split()).casefold() in ("keyresult", "keyresults") else value


_READERS: dict[str, tuple[str, Any]] = {
    "title": ("name", None),
    "list_type": ("about", _list_type),
    "columns": ("columns", decode_columns),
    "filter": ("selection", decode_selection),
    "owner_id": ("owner_id", shared.owner),
}
