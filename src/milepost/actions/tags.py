"""The tags of objectives and key results, with the number of records that have each."""

from __future__ import annotations

from milepost.actions import access
from milepost.actions.context import Context
from milepost.domain import matching
from milepost.domain.errors import Invalid
from milepost.domain.query import Page, Query, both
from milepost.domain.views import TagUse
from milepost.store import tags

# At most this many tags are examined for one list.
TAGS_LIMIT = 50_000


def list_(context: Context, query: Query) -> Page[TagUse]:
    """The tags that a query asks for; by title unless it says otherwise."""
    used = tags.used(context.database, context.account_id, TAGS_LIMIT + 1)
    if len(used) > TAGS_LIMIT:
        raise Invalid("filter", f"the account has more than {TAGS_LIMIT:,} tags: ask for those of its records instead")
    condition = both(access.visible(context), query.condition)
    return matching.page(used, condition, query, lambda tag: tag.title.casefold())
