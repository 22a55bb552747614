"""Readers for the common fields of saved records: id, dates, and the people who made and changed them."""

from __future__ import annotations

from typing import Any

import msgspec

from milepost.dialects.gtmhub.wire import shared
from milepost.domain import ids, instants, values
from milepost.domain.errors import Invalid
from milepost.domain.instants import SECOND, Instant
from milepost.domain.values import NAME_LIMIT

# Gtmhub did not exist before: an id whose first digits mean an earlier moment does not hold a time.
_FOUNDED = instants.parse("2010-01-01T00:00:00Z", "")


class Making(msgspec.Struct, frozen=True):
    """Who made a record and who changed it last, and when."""

    created_at: Instant
    created_by: str
    modified_at: Instant
    modified_by: str


def own_id(raw: dict[str, Any], field: str = "id") -> str:
    """The id of an item; `Invalid` where it is missing or malformed."""
    value = raw.get(field)
    if not isinstance(value, str) or not value:
        raise Invalid(field, "is required: 24 lower-case hex digits, or a UUID")
    return ids.parse(value, field)


def text(raw: dict[str, Any], field: str, limit: int = NAME_LIMIT) -> str:
    """A text, "" where it is null or missing."""
    value = raw.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid(field, "was expected to be text")
    return values.text(value, field, limit)


def person(raw: dict[str, Any], field: str) -> str:
    """The id of a person, known here or not; "" where nobody is named."""
    value = text(raw, field)
    return ids.parse(value, field) if ids.is_id(value) else value


def moment(raw: dict[str, Any], field: str) -> Instant | None:
    """A date, `None` where it is the zero time, "", null or missing."""
    value = raw.get(field)
    if value is not None and not isinstance(value, str):
        raise Invalid(field, "was expected to be a date in text")
    return shared.read_date(value, field)


def making(raw: dict[str, Any], record_id: str, now: Instant) -> Making:
    """Who made and changed a record, and when, from its four fields.

    A record without `dateCreated` (Gtmhub shows none for sessions) gets the date in its id, which begins with the
    second of its making, if that is plausible; else `now`. So a second import gives the same date as the first.
    """
    created_at = moment(raw, "dateCreated") or _second_of(record_id, now) or now
    created_by = person(raw, "createdById")
    modified_at = moment(raw, "modifiedAt")
    return Making(
        created_at,
        created_by,
        created_at if modified_at is None else modified_at,
        person(raw, "modifiedById") or created_by,
    )


def required(given: Any, field: str) -> None:
    """`Invalid` where a saved record lacks a field that all of its kind have."""
    if given is msgspec.UNSET:
        raise Invalid(field, "is required")


def unread(raw: Any, known: frozenset[str]) -> dict[str, Any]:
    """The fields of a nested object that are not read."""
    return shared.unknown(raw, known) if isinstance(raw, dict) else {}


def _second_of(record_id: str, now: Instant) -> Instant | None:
    if len(record_id) != 24:
        return None
    second = int(record_id[:8], 16) * SECOND
    return second if _FOUNDED <= second <= now else None
