"""Answers of this dialect: one object, a list in its wrapper, or nothing; only the fields that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET

from milepost.asgi.answer import Answer
from milepost.dialects.gtmhub.query import Wanted
from milepost.dialects.gtmhub.wire.shared import Shown, all_fields

T = TypeVar("T")

_encoder = msgspec.json.Encoder()

# What comes back whatever `fields` says: of an item, so that a client knows what it holds.
_OF_ITEMS: Wanted = {"id": None, "accountId": None}
_OF_LISTS: Wanted = {"id": None}

DEPRECATED = ((b"deprecation", b"@1609459200"),)


class Listing(msgspec.Struct, Generic[T], rename="camel"):
    """A list: `items` first, since a client takes the first value of the object. `totalCount` counts what the filter
    matches, whatever the page.
    """

    items: Sequence[T]
    total_count: int


def item(shown: Shown, wanted: Wanted | None = None, status: int = 200) -> Answer:
    """One object, made for this answer: of it, only what is `wanted`."""
    if wanted is not None:
        (shown,) = _reduced([shown], wanted | _OF_ITEMS)
    return Answer(status, _encoder.encode(shown))


def listing(
    shown: Sequence[Shown], total: int, wanted: Wanted | None = None, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> Answer:
    """A list in its wrapper, of objects made for this answer: of each, only what is `wanted`."""
    if wanted is not None:
        shown = _reduced(shown, wanted | _OF_LISTS)
    return Answer(200, _encoder.encode(Listing(shown, total)), headers=headers)


def nothing() -> Answer:
    """204."""
    return Answer(204)


def _reduced(shown: Sequence[Shown], wanted: Wanted) -> Sequence[Shown]:
    """The wanted part of each object. Most are structs, of which what is not wanted is taken away in place."""
    names = frozenset(wanted)
    parts = [(name, part) for name, part in wanted.items() if part is not None]
    for kind in {type(one) for one in shown}:
        if not issubclass(kind, msgspec.Struct):
            continue
        attributes, unwanted = _plan(kind, names)
        alike = [one for one in shown if type(one) is kind]
        for attribute in unwanted:
            for one in alike:
                setattr(one, attribute, UNSET)
        for attribute, part in [(attributes[name], part) for name, part in parts if name in attributes]:
            for one in alike:
                setattr(one, attribute, picked(getattr(one, attribute), part))
    return [one if isinstance(one, msgspec.Struct) else picked(one, wanted) for one in shown]


@lru_cache(maxsize=128)
def _plan(kind: type[msgspec.Struct], wanted: frozenset[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The attributes of a kind of object by their names on the wire, and those that are not wanted."""
    attributes = dict(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))
    return attributes, tuple([attribute for name, attribute in attributes.items() if name not in wanted])


def picked(value: Any, wanted: Wanted) -> Any:
    """The wanted part of an object, in the object's own order; of a list, of each of its objects."""
    if isinstance(value, list | tuple):
        return [picked(one, wanted) for one in value]
    if isinstance(value, msgspec.Struct):
        value = all_fields(value)
    if not isinstance(value, dict):
        return value
    return {
        name: one if (part := wanted[name]) is None else picked(one, part)
        for name, one in value.items()
        if name in wanted
    }
