"""The check-in that closes the gap between a saved key result's own value and its saved history."""

from __future__ import annotations

from collections.abc import Sequence

from milepost.domain import check_in
from milepost.domain.change import ConfidenceChange, KeyResultChange, chosen
from milepost.domain.check_in import CheckIn
from milepost.domain.history import explained
from milepost.domain.instants import END, Instant
from milepost.domain.key_result import KeyResult
from milepost.domain.values import number, text
from milepost.transfer import derived_ids


def closing(
    key_result: KeyResult,
    history: Sequence[CheckIn],
    said: KeyResultChange,
    author: str,
    last_check_in_at: Instant | None,
) -> CheckIn | None:
    """One check-in that brings value and confidence from the end of the history to those of the key result itself;
    `None` where they agree.

    It is dated at the later of the last check-in's date (without one, the key result's own) and the newest entry, and
    comes after that.
    """
    told = explained(key_result, history)
    value = number(chosen(said.current, told.current), "current")
    confidence = _unexplained(said, told)
    if value == told.current and confidence is None:
        return None
    effective_at = key_result.created_at if last_check_in_at is None else last_check_in_at
    effective_at = max([effective_at, *(entry.effective_at for entry in history)])
    beside = [entry.recorded_at for entry in history if entry.effective_at == effective_at]
    recorded_at = min(END, max([effective_at, *(at + 1 for at in beside)]))
    return CheckIn(
        account_id=key_result.account_id,
        id=derived_ids.of_gap(key_result.id, effective_at, recorded_at, value),
        key_result_id=key_result.id,
        value=value,
        confidence=None if confidence is None else confidence.value,
        comment="" if confidence is None else text(confidence.reason or "", "confidence"),
        author_id=author if confidence is not None else "",
        effective_at=effective_at,
        recorded_at=recorded_at,
    )


def _unexplained(said: KeyResultChange, told: KeyResult) -> ConfidenceChange | None:
    asked = chosen(said.confidence, None)
    if asked is None:
        return None
    value = check_in.confidence(asked.value)
    if told.confidence is not None and told.confidence.value == value:
        return None
    return ConfidenceChange(value, asked.reason)
