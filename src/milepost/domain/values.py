"""Checks of single values: finite numbers, storable text, free JSON documents of bounded size."""

from __future__ import annotations

import math
from typing import Any

import msgspec
from msgspec import UNSET

from milepost.domain.errors import Invalid

NAME_LIMIT = 4_000
TEXT_LIMIT = 200_000
LIST_LIMIT = 500
DOCUMENT_LIMIT = 262_144
DOCUMENT_DEPTH = 32

_INTEGER_LIMIT = 2**63


def number(value: float, field: str) -> float:
    """The value as a double; `Invalid` where it is not finite or overflows. Exact to 15 significant digits."""
    try:
        converted = float(value)
    except OverflowError:
        raise Invalid(field, "is too large for a number") from None
    if not math.isfinite(converted):
        raise Invalid(field, "must be a finite number")
    return converted


def text(value: str, field: str, limit: int = TEXT_LIMIT) -> str:
    """The text itself; `Invalid` where it is too long or cannot be stored (a NUL, half of a surrogate pair)."""
    if len(value) > limit:
        raise Invalid(field, f"is longer than {limit:,} characters")
    if not storable(value):
        raise Invalid(field, "holds a NUL or a lone surrogate, which no text may")
    return value


def name(value: str, field: str) -> str:
    """A text that is shown on one line: at most 4,000 characters."""
    return text(value, field, NAME_LIMIT)


def storable(value: str) -> bool:
    """Whether a text can be written as UTF-8 and kept by every database."""
    if "\0" in value:
        return False
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def document(value: Any, field: str) -> Any:
    """A JSON value that can be stored and returned: at most 256 KiB and 32 levels, with storable texts.

    Integers beyond 64 bits become doubles, as JSON's numbers are. `Invalid` naming `field` otherwise.
    """
    kept = _document(value, field, 0)
    if len(msgspec.json.encode(kept)) > DOCUMENT_LIMIT:
        raise Invalid(field, "is larger than 256 KiB")
    return kept


def merged(standing: dict[str, Any], asked: dict[str, Any], field: str = "extra") -> dict[str, Any]:
    """The unknown fields after a change: those asked for replace standing ones by key; `UNSET` removes one."""
    if not asked:
        return standing
    together = {key: value for key, value in {**standing, **asked}.items() if value is not UNSET}
    kept: dict[str, Any] = document(together, field)
    return kept


def _document(value: Any, field: str, depth: int) -> Any:
    if depth > DOCUMENT_DEPTH:
        raise Invalid(field, f"is nested deeper than {DOCUMENT_DEPTH} levels")
    if isinstance(value, str):
        return text(value, field)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -_INTEGER_LIMIT <= value < _INTEGER_LIMIT else number(value, field)
    if isinstance(value, float):
        return number(value, field)
    if isinstance(value, dict):
        return {text(key, field): _document(item, field, depth + 1) for key, item in value.items()}
    return [_document(item, field, depth + 1) for item in value]
