"""Readers for what most saved records have: an id, dates, the people who made and changed them."""

from __future__ import annotations

from typing import Any

import msgspec

from milepost.dialects.gtmhub.wire import shared
from milepost.domain import ids, instants, values
from milepost.domain.errors import Invalid
from milepost.domain.instants import SECOND, Instant
from milepost.domain.values import NAME_LIMIT

# Gtmhub did not exist before: an id whose first digits say an earlier moment was not made by a clock.
_FOUNDED = instants.parse("2010-01-01T00:00:00Z", "")


class Making(msgspec.Struct, frozen=True):
    """Who made a record and who changed it last, and when."""

    created_at: Instant
    created_by: str
    modified_at: Instant
    modified_by: str


def own_id(raw: dict[str, Any], field: str = "id") -> str:
    """The id of an item; `Invalid` without one, or where it is spelled like none."""
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
    """Who did something, whether anybody here knows them or not; "" where nobody is named."""
    value = text(raw, field)
    return ids.parse(value, field) if ids.is_id(value) else value


def moment(raw: dict[str, Any], field: str) -> Instant | None:
    """A date, `None` where it is the zero time, "", null or missing."""
    value = raw.get(field)
    if value is not None and not isinstance(value, str):
        raise Invalid(field, "was expected to be a date in text")
    return shared.read_date(value, field)


def making(raw: dict[str, Any], record_id: str, now: Instant) -> Making:
    """Who and when, of the four fields that say so.

    A record without `dateCreated` (Gtmhub shows none of sessions) is as old as its id, which begins with the second of
    its making, where that can be; else it is new. So a second attempt gives it the same date as the first.
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
    """`Invalid` where a saved record lacks what every one of its kind has."""
    if given is msgspec.UNSET:
        raise Invalid(field, "is required")


def unread(raw: Any, known: frozenset[str]) -> dict[str, Any]:
    """What an object inside a record holds beside the fields that are read from it."""
    return shared.unknown(raw, known) if isinstance(raw, dict) else {}


def _second_of(record_id: str, now: Instant) -> Instant | None:
    if len(record_id) != 24:
        return None
    second = int(record_id[:8], 16) * SECOND
    return second if _FOUNDED <= second <= now else None
