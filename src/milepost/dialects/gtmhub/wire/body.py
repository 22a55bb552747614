"""Bodies: JSON whatever the content type says, bare or wrapped by its parameter's name as in the vendor's samples."""

from __future__ import annotations

from typing import Any

import msgspec

from milepost.domain.errors import Invalid
from milepost.domain.values import storable

_decoder = msgspec.json.Decoder()


def value(body: bytes) -> Any:
    """The JSON value of a body; `Invalid` where it is none, or holds text that cannot be kept."""
    if not body:
        raise Invalid("", "a JSON body is required")
    try:
        decoded = _decoder.decode(body.removeprefix(b"\xef\xbb\xbf"))  # some clients begin with a byte order mark
    except RecursionError:
        raise Invalid("", "the body is nested too deep") from None
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        said = "not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise Invalid("", f"the body is not JSON: {said}") from None
    return decoded


def document(body: bytes, *wrappers: str) -> dict[str, Any]:
    """The object of a body, taken out of `{"metric": {…}}` where that is its only key and one of the wrappers."""
    decoded = value(body)
    if isinstance(decoded, dict) and len(decoded) == 1:
        (key,) = decoded
        if key in wrappers and isinstance(decoded[key], dict):
            decoded = decoded[key]
    if not isinstance(decoded, dict):
        raise Invalid("", "the body must be a JSON object")
    _check_names(decoded)
    return decoded


def documents(body: bytes, *wrappers: str) -> list[Any]:
    """The list of a body, likewise."""
    decoded = value(body)
    if isinstance(decoded, dict) and len(decoded) == 1:
        (key,) = decoded
        if key in wrappers:
            decoded = decoded[key]
    if not isinstance(decoded, list):
        raise Invalid("", "the body must be a JSON array")
    return decoded


def _check_names(decoded: dict[str, Any]) -> None:
    for name in decoded:
        if not storable(name):
            raise Invalid("", "a field's name holds a NUL or a lone surrogate")
