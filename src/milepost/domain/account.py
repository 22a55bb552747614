"""An account: one company, with everything that belongs to it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from milepost.domain.instants import Instant

# A key result is stale after more than this many days without a check-in, unless the account sets another number.
STALE_DAYS = 7


class AccountStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Account(msgspec.Struct, frozen=True):
    """A company. `domain` is its short name in addresses; `extra` keeps unknown fields; a key result without a check-in
    for more than `stale_days` is stale.
    """

    id: str
    name: str
    domain: str
    status: AccountStatus
    created_at: Instant
    extra: dict[str, Any] = {}
    stale_days: int = STALE_DAYS
