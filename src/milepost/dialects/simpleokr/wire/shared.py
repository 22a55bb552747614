"""The common parts of this dialect's objects: ids, moments, and attributes that may be null."""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from milepost.domain import ids, instants
from milepost.domain.errors import Invalid
from milepost.domain.instants import SECOND, Instant

# RFC 3339, in UTC, whole seconds.
Moment: TypeAlias = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Uuid: TypeAlias = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]
DecimalText: TypeAlias = Annotated[str, Meta(pattern=r"^-?[0-9]+\.[0-9]{2,}$")]


class Removed(msgspec.Struct):
    """What a deletion is answered with: an object with nothing in it."""


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


def moment(instant: Instant) -> str:
    """An instant as RFC 3339 in UTC, to the whole second."""
    return instants.written(instant - instant % SECOND)


def reference(record_id: str) -> str | None:
    """The UUID of a record, null for none."""
    return ids.as_uuid(record_id) if record_id else None


def record_id(text: str) -> str | None:
    """The id of a UUID in either case; `None` where the text is none."""
    lowered = text.lower()
    return ids.from_uuid(lowered) if _UUID.match(lowered) else None


def decode_reference(text: str, name: str) -> str:
    """The id of a UUID, "" for none; `Invalid` naming the attribute where it is neither."""
    if not text:
        return ""
    found = record_id(text)
    if found is None:
        raise Invalid(name, "must be the id of a record, which is a UUID")
    return found
