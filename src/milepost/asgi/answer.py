"""Answers: a status, headers and bytes, and how they are sent."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from starlette.types import Send

_JSON = b"application/json"


class Answer(msgspec.Struct, frozen=True):
    """One complete answer. `headers` come beside content type and length."""

    status: int
    body: bytes = b""
    content_type: bytes = _JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()

    async def send(self, send: Send, more: Sequence[tuple[bytes, bytes]] = ()) -> None:
        """Write the answer, with `more` headers. One without content (204, 304) has neither type nor length."""
        headers = [*self.headers, *more]
        if self.status not in (204, 304):
            headers += [(b"content-type", self.content_type), (b"content-length", str(len(self.body)).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})
