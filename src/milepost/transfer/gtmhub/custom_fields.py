"""customFields.json: the definitions of custom fields. Gtmhub calls the id of a definition `_id`."""

from __future__ import annotations

from milepost.actions import trail
from milepost.dialects.gtmhub.wire.custom_fields import NAMES, decode_custom_field
from milepost.domain.custom_field import CustomField
from milepost.domain.values import document, name, text
from milepost.store import custom_fields
from milepost.transfer.gtmhub import reading
from milepost.transfer.gtmhub.run import Item, Run

__all__ = ["NAMES", "add"]


def add(run: Run, item: Item) -> None:
    """Add the definition."""
    texts, extra = decode_custom_field(item.raw)
    made = reading.making(item.raw, item.id, run.now)
    field = CustomField(
        account_id=item.context.account_id,
        id=item.id,
        name=name(texts["name"], "name"),
        label=name(texts["label"], "label"),
        description=text(texts["description"], "description"),
        type=name(texts["type"], "type"),
        created_at=made.created_at,
        modified_at=reading.moment(item.raw, "lastModified") or made.created_at,
        extra=document(extra, "extra"),
    )
    custom_fields.records.insert(run.database, field)
    trail.leave(item.context, "custom_field.added", field, None, field)
