"""Check-ins on the wire: snapshots, and the entries of a metric's history."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.dialects.gtmhub.wire import shared
from milepost.dialects.gtmhub.wire.shared import Date, date, number, with_extra
from milepost.domain import progress
from milepost.domain.check_in import CheckIn, Entry
from milepost.domain.errors import Invalid
from milepost.domain.key_result import KeyResult

# The domain's fields under this dialect's names, for errors.
NAMES = {
    "value": "actual",
    "effective_at": "checkInDate",
    "custom_fields": "customFields",
    "key_result_id": "metricId",
    "cycle_id": "sessionId",
    "objective_id": "goalId",
    "due_at": "dueDate",
    "extra": "",
}

_READ_ONLY = frozenset(
    {
        "id", "metricId", "accountId", "value", "metricValue", "confidenceValue", "createdAt", "updatedAt", "changedBy",
        "attainment",
    }
)  # fmt: skip


class HistoryDto(msgspec.Struct, rename="camel", gc=False):
    """An entry of `metricHistory`. `updatedAt` is the effective date, `createdAt` the time of recording."""

    id: str
    metric_id: str
    metric_value: float
    confidence_value: float | None
    comment: str
    changed_by: str
    created_at: Date
    updated_at: Date
    attainment: float
    custom_fields: dict[str, Any] | UnsetType


class SnapshotDto(msgspec.Struct, rename="camel", gc=False):
    """The answer to a check-in. Clients read `value` and `confidence`; the rest is a superset."""

    id: str
    metric_id: str
    account_id: str
    value: float
    metric_value: float
    confidence: float | None
    confidence_value: float | None
    comment: str
    check_in_date: Date
    created_at: Date
    updated_at: Date
    changed_by: str
    attainment: float
    custom_fields: dict[str, Any] | UnsetType


class CheckInBody(msgspec.Struct, rename="camel"):
    """A check-in to record. `actual` is required; without a date it counts as now."""

    actual: float | UnsetType | None = UNSET
    comment: str | UnsetType | None = UNSET
    confidence: float | UnsetType | None = UNSET
    check_in_date: str | UnsetType | None = UNSET
    custom_fields: dict[str, Any] | UnsetType | None = UNSET


class BulkBody(CheckInBody, rename="camel"):
    """One element of a bulk call: a check-in that names its metric."""

    metric_id: str | UnsetType | None = UNSET


class CommentBody(msgspec.Struct, rename="camel"):
    """The one attribute of a check-in that can change."""

    comment: str | UnsetType | None = UNSET


def encode_history(entry: CheckIn, key_result: KeyResult) -> HistoryDto:
    """An entry of the history; its attainment is that of its value for the present targets."""
    shown = HistoryDto(
        entry.id,
        entry.key_result_id,
        number(entry.value),
        entry.confidence,
        entry.comment,
        entry.author_id,
        date(entry.recorded_at),
        date(entry.effective_at),
        number(progress.of_value(key_result, entry.value) or 0.0),
        UNSET if entry.custom_fields is None else entry.custom_fields,
    )
    return with_extra(shown, entry.extra)


def encode_snapshot(entry: CheckIn, key_result: KeyResult) -> SnapshotDto:
    """A check-in as the answer to it."""
    value = number(entry.value)
    shown = SnapshotDto(
        id=entry.id,
        metric_id=entry.key_result_id,
        account_id=entry.account_id,
        value=value,
        metric_value=value,
        confidence=entry.confidence,
        confidence_value=entry.confidence,
        comment=entry.comment,
        check_in_date=date(entry.effective_at),
        created_at=date(entry.recorded_at),
        updated_at=date(entry.effective_at),
        changed_by=entry.author_id,
        attainment=number(progress.of_value(key_result, entry.value) or 0.0),
        custom_fields=UNSET if entry.custom_fields is None else entry.custom_fields,
    )
    return with_extra(shown, entry.extra)


def decode_check_in(raw: dict[str, Any]) -> Entry:
    """The entry in the body of a check-in."""
    return _entry(raw, CheckInBody)


def decode_bulk(raw: list[Any]) -> list[tuple[str, Entry] | Invalid]:
    """(metric id, entry) of each element, or the reason why it cannot be read."""
    return [_element(one) for one in raw]


def _element(raw: Any) -> tuple[str, Entry] | Invalid:
    try:
        if not isinstance(raw, dict):
            raise Invalid("", "must be an object")
        metric_id = raw.get("metricId")
        if not isinstance(metric_id, str):
            raise Invalid("metricId", "is required")
        return shared.reference(metric_id, "metricId"), _entry(raw, BulkBody)
    except Invalid as error:
        return error


def _entry(raw: dict[str, Any], kind: type[CheckInBody]) -> Entry:
    given = shared.named(shared.convert(raw, kind))
    if "actual" not in given:
        raise Invalid("actual", "is required")
    return Entry(
        value=given["actual"],
        confidence=given.get("confidence"),
        comment=given.get("comment", ""),
        effective_at=shared.read_date(given.get("check_in_date"), "checkInDate"),
        custom_fields=given.get("custom_fields"),
        extra=shared.unknown(raw, kind, _READ_ONLY),
    )
