"""What a saved list must say to be loaded: asked of every change, and of what an import brings."""

from __future__ import annotations

from msgspec import UNSET

from milepost.dialects.gtmhub import query, rule_bounds
from milepost.dialects.gtmhub.tables import METRIC
from milepost.dialects.gtmhub.wire.lists import KEY_RESULT, SORT
from milepost.domain.errors import Invalid
from milepost.domain.saved_list import SavedListChange, checked_selection


def require(change: SavedListChange) -> None:
    """`Invalid` where a list could not be loaded with what a change sets: it names the place."""
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
