"""The audit trail: one record for every change, numbered per account without gaps.

The record itself says who changed which record, when, and through which front end and token. The values before and
after (which may name people) are a payload that is stored separately.
"""

from __future__ import annotations

from typing import Any

import msgspec

from milepost.domain.instants import Instant


class AuditRecord(msgspec.Struct, frozen=True):
    """One change. `actor_id` and `token_id` are "" where the operator acted on the command line."""

    account_id: str
    number: int
    at: Instant
    actor_id: str
    front_end: str
    token_id: str
    action: str
    kind: str
    record_id: str
    before: Any = None
    after: Any = None
