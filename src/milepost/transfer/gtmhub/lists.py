"""lists.json: saved lists. One that cannot be loaded here is kept all the same, and reported."""

from __future__ import annotations

import msgspec

from milepost.actions import trail
from milepost.dialects.gtmhub import loadable
from milepost.dialects.gtmhub.wire.lists import NAMES, decode_new
from milepost.domain.errors import Invalid
from milepost.domain.saved_list import blank, revised
from milepost.store import saved_lists
from milepost.transfer.gtmhub import reading
from milepost.transfer.gtmhub.run import Item, Run

__all__ = ["NAMES", "add"]


def add(run: Run, item: Item) -> None:
    """Add the saved list."""
    change = decode_new(item.raw, "")
    reading.required(change.name, "name")
    made = reading.making(item.raw, item.id, run.now)
    bare = msgspec.structs.replace(
        blank(item.context.account_id, item.id, at=made.created_at, by=made.created_by),
        modified_at=made.modified_at,
        modified_by=made.modified_by,
    )
    one = revised(bare, change)
    saved_lists.records.insert(run.database, one)
    trail.leave(item.context, "saved_list.added", one, None, one)
    run.mention_owners(item, one.owner_ids)
    try:
        loadable.require(change)
    except Invalid as error:
        for fault in error.faults:
            said = f"{fault.message}; kept as it is, but the list cannot be loaded so"
            run.report.note(item.file, item.index, fault.field, said)
