"""The conditions under which a saved list can be loaded, checked with every change and import."""

from __future__ import annotations

from msgspec import UNSET

from milepost.dialects.gtmhub import query, rule_bounds
from milepost.dialects.gtmhub.tables import METRIC
from milepost.dialects.gtmhub.wire.lists import KEY_RESULT, SORT
from milepost.domain.errors import Invalid
from milepost.domain.saved_list import SavedListChange, checked_selection


def require(change: SavedListChange) -> None:
    """`Invalid`, with the place of the fault, where a list could not be loaded after a change."""
    if change.about is not UNSET:
        require_type(change.about)
    if change.selection is not UNSET:
        rule_bounds.condition(checked_selection(change.selection, "filter"), None)
    sort = change.extra.get(SORT, UNSET)
    if sort is UNSET:
        return
    if not isinstance(sort, str):
        raise Invalid(SORT, "must be text: names of fields with commas between them")
    query.query({SORT: sort}, METRIC)


def require_type(about: str) -> None:
    """`Invalid` for a list of anything but key results."""
    if about != KEY_RESULT:
        raise Invalid("listType", f"must be {KEY_RESULT}: there are lists of nothing else yet")
