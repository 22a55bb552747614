"""A check-in: the value of a key result at a moment, as somebody reports it. A history consists of check-ins only."""

from __future__ import annotations

from typing import Any

import msgspec

from milepost.domain.errors import Invalid
from milepost.domain.instants import SECOND, Instant
from milepost.domain.values import document, number, text

CLOCK_TOLERANCE = 5 * 60 * SECOND
CONFIDENCE_LIMIT = 10.0


class CheckIn(msgspec.Struct, frozen=True):
    """One entry of the history. `effective_at` is the moment of the value, `recorded_at` that of its recording.

    `confidence` is `None` where the author gave none; 0 to 1, or 0 to 10 from clients of the old scale.
    """

    account_id: str
    id: str
    key_result_id: str
    value: float
    confidence: float | None
    comment: str
    author_id: str
    effective_at: Instant
    recorded_at: Instant
    custom_fields: dict[str, Any] | None = None
    extra: dict[str, Any] = {}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A check-in to record, before it has an id, an author and a time of recording."""

    value: float
    confidence: float | None = None
    comment: str = ""
    effective_at: Instant | None = None
    custom_fields: dict[str, Any] | None = None
    extra: dict[str, Any] = {}


def precedence(entry: CheckIn) -> tuple[Instant, Instant, str]:
    """The order of history: by effective date, then by time of recording. The last one gives the current value."""
    return (entry.effective_at, entry.recorded_at, entry.id)


def confidence(value: float, field: str = "confidence") -> float:
    """A confidence that can be kept: 0 to 10 (a client's scale may be 0-1 or the old 0-10); else `Invalid`."""
    value = number(value, field)
    if not 0.0 <= value <= CONFIDENCE_LIMIT:
        raise Invalid(field, "must lie between 0 and 1 (or 0 and 10 on the old scale)")
    return value


def effective(asked: Instant | None, now: Instant) -> Instant:
    """The effective date of an entry: now unless given; up to five minutes ahead of now counts as now."""
    if asked is None:
        return now
    if asked > now + CLOCK_TOLERANCE:
        raise Invalid("effective_at", "lies in the future")
    return min(asked, now)


def checked(entry: Entry, now: Instant) -> Entry:
    """The entry with every value checked, dated now at the latest; `Invalid` names the first field in error."""
    return Entry(
        value=number(entry.value, "value"),
        confidence=None if entry.confidence is None else confidence(entry.confidence),
        comment=text(entry.comment, "comment"),
        effective_at=effective(entry.effective_at, now),
        custom_fields=None if entry.custom_fields is None else document(entry.custom_fields, "custom_fields"),
        extra=document(entry.extra, "extra"),
    )
