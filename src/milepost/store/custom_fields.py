"""Definitions of custom fields in the database."""

from __future__ import annotations

from typing import Any

from milepost.domain.custom_field import CustomField
from milepost.domain.query import FieldType
from milepost.store import rows
from milepost.store.listing import Listing
from milepost.store.schema import custom_fields
from milepost.store.table import Records
from milepost.store.where import Scalar


def from_row(row: Any) -> CustomField:
    account_id, field_id, name, label, description, type_, created, modified, extra = row
    return CustomField(
        account_id, field_id, name, label, description, type_, created, modified, rows.load_object(extra)
    )


def to_row(one: CustomField) -> dict[str, Any]:
    return {
        "account_id": one.account_id,
        "id": one.id,
        "name": one.name,
        "label": one.label,
        "description": one.description,
        "type": one.type,
        "created_at": one.created_at,
        "modified_at": one.modified_at,
        "extra": rows.dump(one.extra),
    }


_TEXTS = ("account_id", "id", "name", "label", "description", "type")

listing = Listing(
    custom_fields,
    from_row,
    {
        **{(name,): Scalar(custom_fields.c[name], FieldType.TEXT) for name in _TEXTS},
        **{(name,): Scalar(custom_fields.c[name], FieldType.INSTANT) for name in ("created_at", "modified_at")},
    },
)

records = Records(custom_fields, from_row, to_row)
