"""Saved lists in the database."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import bindparam, select

from milepost.domain.query import FieldType
from milepost.domain.saved_list import Column, SavedList, Selection
from milepost.store import rows
from milepost.store.engine import Database, Statement
from milepost.store.listing import Listing
from milepost.store.schema import saved_lists
from milepost.store.table import Records
from milepost.store.where import Scalar

_columns = msgspec.json.Decoder(tuple[Column, ...])
_selection = msgspec.json.Decoder(Selection)


def from_row(row: Any) -> SavedList:
    (
        account_id, list_id, name, description, about, columns, selection, owner_id, extra, created_at, created_by,
        modified_at, modified_by,
    ) = row  # fmt: skip
    return SavedList(
        account_id, list_id, name, description, about, _columns.decode(columns), _selection.decode(selection), owner_id,
        rows.load_object(extra), created_at, created_by, modified_at, modified_by,
    )  # fmt: skip


def to_row(one: SavedList) -> dict[str, Any]:
    return {
        "account_id": one.account_id,
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "about": one.about,
        "columns": rows.dump(one.columns),
        "selection": rows.dump(one.selection),
        "owner_id": one.owner_id,
        "extra": rows.dump(one.extra),
        "created_at": one.created_at,
        "created_by": one.created_by,
        "modified_at": one.modified_at,
        "modified_by": one.modified_by,
    }


_c = saved_lists.c
_TEXTS = ("account_id", "id", "name", "description", "about", "owner_id", "created_by", "modified_by")

listing = Listing(
    saved_lists,
    from_row,
    {
        **{(name,): Scalar(_c[name], FieldType.TEXT) for name in _TEXTS},
        **{(name,): Scalar(_c[name], FieldType.INSTANT) for name in ("created_at", "modified_at")},
    },
)

records = Records(saved_lists, from_row, to_row)

_owned = Statement(
    select(*_c)
    .where(_c.account_id == bindparam("account"), _c.owner_id == bindparam("owner"))
    .order_by(_c.created_at, _c.id)
)


def owned(database: Database, account_id: str, owner_id: str) -> list[SavedList]:
    """The saved lists that somebody owns, in order of creation."""
    return [from_row(row) for row in database.all(_owned, {"account": account_id, "owner": owner_id})]
