"""Refusals for reasons of HTTP, not of the domain. Each dialect gives them its own shape."""

from __future__ import annotations

from collections.abc import Sequence

Headers = tuple[tuple[bytes, bytes], ...]


class Refused(Exception):
    """The call is not made; the message is for the client."""

    def __init__(self, status: int, message: str, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.headers: Headers = tuple(headers)
