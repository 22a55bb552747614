"""Ids for check-ins that came without one. A second import of the same check-in gives the same id."""

from __future__ import annotations

import hashlib

from milepost.domain.check_in import CheckIn
from milepost.domain.instants import Instant


def of_entry(entry: CheckIn, repeat: int) -> str:
    """The id of an entry from its key result, dates and value; `repeat` numbers entries that
    agree in all of these, from 0."""
    return _digits("entry", entry.key_result_id, entry.effective_at, entry.recorded_at, entry.value, repeat)


def of_gap(key_result_id: str, effective_at: Instant, recorded_at: Instant, value: float) -> str:
    """The id of the check-in that closes a gap: never the id of an entry, even of one with the same data."""
    return _digits("gap", key_result_id, effective_at, recorded_at, value)


def _digits(*parts: str | float) -> str:
    return hashlib.sha256("\n".join(map(repr, parts)).encode()).hexdigest()[:24]
