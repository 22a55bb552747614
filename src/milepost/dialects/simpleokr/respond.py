"""Answers of this dialect: 200 everywhere, with one object, a page of a list, or nothing but `{}`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from milepost.asgi.answer import Answer
from milepost.dialects.simpleokr import paging
from milepost.dialects.simpleokr.wire.shared import Removed

T = TypeVar("T")
D = TypeVar("D")

_encoder = msgspec.json.Encoder()


def item(shown: msgspec.Struct) -> Answer:
    """One object."""
    return Answer(200, _encoder.encode(shown))


def listing(
    page: Callable[[str | None, list[D]], msgspec.Struct],
    found: Sequence[T],
    token: str | None,
    encode: Callable[[T], D],
) -> Answer:
    """A page of a list, beside the token of the next. `page` is the type of such pages."""
    return Answer(200, _encoder.encode(page(token, [encode(one) for one in found[: paging.SIZE]])))


def removed() -> Answer:
    """What a deletion is answered with."""
    return Answer(200, _encoder.encode(Removed()))
