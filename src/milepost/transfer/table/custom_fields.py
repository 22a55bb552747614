"""Unknown columns: their values become custom fields, which are defined, so that clients show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from milepost.actions import trail
from milepost.actions.context import Context
from milepost.dialects.gtmhub.wire.custom_fields import of_key_results
from milepost.domain import ids
from milepost.domain.custom_field import CustomField
from milepost.store import custom_fields
from milepost.transfer.table import cells
from milepost.transfer.table.sheet import Cell


def values(places: Mapping[str, int], row: list[Cell]) -> dict[str, Any]:
    """The values of a row in such columns; dates as text, without empty cells."""
    found = {heading: row[place] for heading, place in places.items() if place < len(row)}
    return {
        heading: cell if isinstance(cell, int | float) else cells.text(cell)
        for heading, cell in found.items()
        if cells.text(cell)
    }


def define(context: Context, used: Mapping[str, Any]) -> None:
    """Define the custom fields of these names, unless the account has one of the name; `used` holds a value of each."""
    database, account_id = context.database, context.account_id
    rows = custom_fields.records.each(database, account_id)
    known = {custom_fields.records.from_row(row).name for _, row in rows}
    for name, value in used.items():
        if name in known:
            continue
        now = context.clock()
        kind = "number" if isinstance(value, int | float) and not isinstance(value, bool) else "text"
        field = CustomField(account_id, ids.new(now), name, name, "", kind, now, now, of_key_results())
        custom_fields.records.insert(database, field)
        trail.leave(context, "custom_field.added", field, None, field)
