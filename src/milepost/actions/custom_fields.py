"""Definitions of custom fields: an import brings them, everybody reads them."""

from __future__ import annotations

import msgspec

from milepost.actions import access
from milepost.actions.context import Context
from milepost.domain.custom_field import CustomField
from milepost.domain.query import Page, Query, both
from milepost.store import custom_fields


def list_(context: Context, query: Query) -> Page[CustomField]:
    """The definitions that a query asks for."""
    seen = msgspec.structs.replace(query, condition=both(access.visible(context), query.condition))
    return custom_fields.listing.page(context.database, context.account_id, seen, list)
