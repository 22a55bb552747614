"""An account: one company, with everything that belongs to it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from milepost.domain.instants import Instant


class AccountStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Account(msgspec.Struct, frozen=True):
    """A company. `domain` is its short name in addresses; `extra` keeps what came in unknown fields."""

    id: str
    name: str
    domain: str
    status: AccountStatus
    created_at: Instant
    extra: dict[str, Any] = {}
