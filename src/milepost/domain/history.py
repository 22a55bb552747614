"""The values derived from a key result's history: its current value, confidence, attainment and counts."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from milepost.domain import progress
from milepost.domain.check_in import CheckIn, precedence
from milepost.domain.key_result import Confidence, KeyResult


def extended(key_result: KeyResult, entry: CheckIn) -> KeyResult | None:
    """The key result after one more check-in; `None` where another has the same date: then its history decides."""
    last, confidence = key_result.last_check_in_at, key_result.confidence
    if last == entry.effective_at:
        return None
    if confidence is not None and entry.confidence is not None and confidence.at == entry.effective_at:
        return None
    if last is None or entry.effective_at > last:
        key_result = valued(key_result, entry.value)
        last = entry.effective_at
    if entry.confidence is not None and (confidence is None or entry.effective_at > confidence.at):
        confidence = _said(entry)
    return msgspec.structs.replace(
        key_result, last_check_in_at=last, confidence=confidence, check_in_count=key_result.check_in_count + 1
    )


def settled(key_result: KeyResult, newest: CheckIn | None, confident: CheckIn | None, count: int) -> KeyResult:
    """The key result whose newest check-in is `newest`, and whose newest one with a confidence is `confident`."""
    return msgspec.structs.replace(
        valued(key_result, key_result.start if newest is None else newest.value),
        last_check_in_at=None if newest is None else newest.effective_at,
        confidence=None if confident is None else _said(confident),
        check_in_count=count,
    )


def explained(key_result: KeyResult, history: Sequence[CheckIn]) -> KeyResult:
    """The key result with all values derived from its whole history."""
    newest = max(history, key=precedence, default=None)
    confident = max((entry for entry in history if entry.confidence is not None), key=precedence, default=None)
    return settled(key_result, newest, confident, len(history))


def valued(key_result: KeyResult, value: float) -> KeyResult:
    """The key result at a value, with the attainment that follows."""
    return msgspec.structs.replace(key_result, current=value, attainment=progress.of_value(key_result, value))


def _said(entry: CheckIn) -> Confidence:
    return Confidence(entry.confidence or 0.0, entry.effective_at, entry.comment, entry.author_id)
