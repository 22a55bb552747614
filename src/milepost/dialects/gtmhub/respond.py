"""Answers of this dialect: one object, a list in its wrapper, or nothing; reduced to the wanted fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

from milepost.asgi.answer import Answer
from milepost.dialects.gtmhub.wanted import Wanted
from milepost.dialects.gtmhub.wire.shared import Shown

T = TypeVar("T")

_encoder = msgspec.json.Encoder()

# Fields that come back whatever `fields` says, so that a client can identify a record.
_OF_ITEMS = ("id", "accountId")
_OF_LISTS = ("id",)

DEPRECATED = ((b"deprecation", b"@1609459200"),)


class Listing(msgspec.Struct, Generic[T], rename="camel"):
    """A list: `items` first, since a client takes the first value of the object. `totalCount` counts what the filter
    matches, whatever the page.
    """

    items: Sequence[T]
    total_count: int


def item(shown: Shown, wanted: Wanted | None = None, status: int = 200) -> Answer:
    """An answer with one object, which was made for it, reduced to the wanted fields."""
    if wanted is not None:
        shown = wanted.with_also(*_OF_ITEMS).reduced(shown)
    return Answer(status, _encoder.encode(shown))


def listing(
    shown: Sequence[Shown], total: int, wanted: Wanted | None = None, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> Answer:
    """An answer with a list in its wrapper, of objects that were made for it, each reduced to the wanted fields."""
    if wanted is not None:
        shown = wanted.with_also(*_OF_LISTS).reduced_each(shown)
    return Answer(200, _encoder.encode(Listing(shown, total)), headers=headers)


def nothing() -> Answer:
    """204."""
    return Answer(204)
