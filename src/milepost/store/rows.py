"""Documents in rows: JSON text to plain values and back, quick for the empty ones."""

from __future__ import annotations

from typing import Any

import msgspec

from milepost.domain.key_result import Tag

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()
_texts = msgspec.json.Decoder(tuple[str, ...])
_tags = msgspec.json.Decoder(tuple[Tag, ...])


def dump(value: Any) -> str:
    """The JSON text of a value."""
    return _encoder.encode(value).decode()


def dump_optional(value: Any) -> str | None:
    """The JSON text of a value, `None` for none."""
    return None if value is None else dump(value)


def load(text: str) -> Any:
    """The value of a JSON text."""
    return _decoder.decode(text)


def load_object(text: str) -> dict[str, Any]:
    """The object of a JSON text."""
    return {} if text == "{}" else _decoder.decode(text)


def load_optional(text: str | None) -> Any:
    """The value of a JSON text, `None` for none."""
    return None if text is None else _decoder.decode(text)


def load_texts(text: str) -> tuple[str, ...]:
    """The list of texts of a JSON text."""
    return () if text == "[]" else _texts.decode(text)


def load_tags(text: str) -> tuple[Tag, ...]:
    """The tags of a JSON text."""
    return () if text == "[]" else _tags.decode(text)
