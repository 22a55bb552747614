"""Answers of this dialect: 200 everywhere, with one object, a page of a list, or nothing but `{}`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from milepost.asgi.answer import Answer
from milepost.dialects.simpleokr import paging

T = TypeVar("T")

_encoder = msgspec.json.Encoder()


def item(shown: msgspec.Struct) -> Answer:
    """One object."""
    return Answer(200, _encoder.encode(shown))


def listing(name: str, found: Sequence[T], token: str | None, encode: Callable[[T], Any]) -> Answer:
    """A page of a list, under the name of its resource, beside the token of the next."""
    shown = [encode(one) for one in found[: paging.SIZE]]
    return Answer(200, _encoder.encode({"next_page_token": token, name: shown}))


def removed() -> Answer:
    """What a deletion is answered with."""
    return Answer(200, b"{}")
