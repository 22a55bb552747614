"""The JSON of a request's body, whatever its content type says."""

from __future__ import annotations

from typing import TypeVar

import msgspec

T = TypeVar("T")

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class NotJson(Exception):
    """The body cannot be read; the message says why, in words for the client."""


def decoded(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """The decoded body; `NotJson` where it is empty, not JSON, or nested too deep.

    msgspec's `ValidationError` where the JSON is not of the decoder's type.
    """
    if not body:
        raise NotJson("a JSON body is required")
    try:
        return decoder.decode(body.removeprefix(_BYTE_ORDER_MARK))  # some clients begin with a byte order mark
    except RecursionError:
        raise NotJson("the body is nested too deep") from None
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        said = "not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise NotJson(f"the body is not JSON: {said}") from None
