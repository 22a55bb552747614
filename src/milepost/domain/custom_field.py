"""The definition of a custom field: what the values that stand under its name in key results and objectives mean."""

from __future__ import annotations

from typing import Any

import msgspec

from milepost.domain.instants import Instant


class CustomField(msgspec.Struct, frozen=True):
    """A definition. Nothing is decided by it here: it is kept for those who show the values. `extra` holds the rest."""

    account_id: str
    id: str
    name: str
    label: str
    description: str
    type: str
    created_at: Instant
    modified_at: Instant
    extra: dict[str, Any] = {}
