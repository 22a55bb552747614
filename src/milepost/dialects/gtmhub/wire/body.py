"""Bodies: JSON whatever the content type says, bare or wrapped by its parameter's name as in the vendor's samples."""

from __future__ import annotations

from typing import Any

import msgspec

from milepost.asgi.document import NotJson, decoded
from milepost.domain.errors import Invalid
from milepost.domain.values import storable

_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


def document(body: bytes, *wrappers: str) -> dict[str, Any]:
    """The object of a body, without a wrapper such as `{"metric": {…}}` where that is its only key."""
    found = _value(body)
    if isinstance(found, dict) and len(found) == 1:
        (key,) = found
        if key in wrappers and isinstance(found[key], dict):
            found = found[key]
    if not isinstance(found, dict):
        raise Invalid("", "the body must be a JSON object")
    _check_names(found)
    return found


def documents(body: bytes, *wrappers: str) -> list[Any]:
    """The list of a body, likewise."""
    found = _value(body)
    if isinstance(found, dict) and len(found) == 1:
        (key,) = found
        if key in wrappers:
            found = found[key]
    if not isinstance(found, list):
        raise Invalid("", "the body must be a JSON array")
    return found


def _value(body: bytes) -> Any:
    try:
        return decoded(body, _decoder)
    except NotJson as error:
        raise Invalid("", str(error)) from None
    except msgspec.ValidationError as error:  # a number beyond the range of doubles
        raise Invalid("", f"the body is not JSON: {error}") from None


def _check_names(decoded: dict[str, Any]) -> None:
    for name in decoded:
        if not storable(name):
            raise Invalid("", "a field's name holds a NUL or a lone surrogate")
