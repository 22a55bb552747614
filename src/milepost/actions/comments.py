"""The comments of check-ins."""

from __future__ import annotations

import msgspec

from milepost.actions import access
from milepost.actions.context import Context
from milepost.domain.check_in import CheckIn
from milepost.domain.query import Page, Query, both
from milepost.domain.views import CommentView
from milepost.store import check_ins, key_results


def list_(context: Context, query: Query) -> Page[CommentView]:
    """The comments that a query asks for, in the order in which they were recorded unless it says otherwise. Check-ins
    without a comment are left out.
    """
    seen = msgspec.structs.replace(query, condition=both(access.visible(context), query.condition))
    with context.database.reading():
        page = check_ins.comments.page(
            context.database, context.account_id, seen, lambda found: _viewed(context, found)
        )
        return Page(_viewed(context, page.items), page.total)


def _viewed(context: Context, found: list[CheckIn]) -> list[CommentView]:
    spoken_of = {entry.key_result_id for entry in found}
    around = {one.id: one for one in key_results.records.several(context.database, context.account_id, spoken_of)}
    return [CommentView(entry, around[entry.key_result_id]) for entry in found]
