"""An account: one company, with everything that belongs to it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from milepost.domain.instants import Instant

# After so many days without a check-in nobody knows how a key result is, unless the account says otherwise.
STALE_DAYS = 7


class AccountStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Account(msgspec.Struct, frozen=True):
    """A company. `domain` is its short name in addresses; `extra` keeps what came in unknown fields; a key result about
    which nobody has said anything for more than `stale_days` is stale.
    """

    id: str
    name: str
    domain: str
    status: AccountStatus
    created_at: Instant
    extra: dict[str, Any] = {}
    stale_days: int = STALE_DAYS
