"""The id of a request, in the header X-Request-Id: the client's own, or one made here. Every answer carries it."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar

HEADER = b"x-request-id"
# A client's own id has at most this many characters.
LONGEST = 128

# For the outermost layer to set.
CURRENT: ContextVar[str] = ContextVar("milepost_request_id", default="")


def current() -> str:
    """The id of the request that is being answered, "" outside of one."""
    return CURRENT.get()


def sent(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The client's own id; "" where it sent none that can safely be repeated and logged."""
    for name, value in headers:
        if name == HEADER:
            text: str = value.decode("latin-1")
            return text if len(text) <= LONGEST and text.isascii() and text.isprintable() else ""
    return ""
