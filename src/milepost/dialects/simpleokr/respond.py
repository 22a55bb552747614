"""Answers of this dialect: always 200, with one object, a page of a list, or `{}`."""

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
    """An answer with one object."""
    return Answer(200, _encoder.encode(shown))


def listing(
    page: Callable[[str | None, list[D]], msgspec.Struct],
    found: Sequence[T],
    token: str | None,
    encode: Callable[[T], D],
) -> Answer:
    """An answer with a page of a list, and the token of the next page. `page`: the type of such pages."""
    return Answer(200, _encoder.encode(page(token, [encode(one) for one in found[: paging.SIZE]])))


def removed() -> Answer:
    """The answer to a deletion."""
    return Answer(200, _encoder.encode(Removed()))
