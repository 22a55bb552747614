"""Answers: a status, headers and bytes, and how they are sent."""

from __future__ import annotations

import msgspec
from starlette.types import Send

_JSON = b"application/json"


class Answer(msgspec.Struct, frozen=True):
    """One complete answer. `headers` come beside content type and length."""

    status: int
    body: bytes = b""
    content_type: bytes = _JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()

    async def send(self, send: Send) -> None:
        """Write the answer. One without content (204) has neither type nor length."""
        headers = list(self.headers)
        if self.status != 204:
            headers += [(b"content-type", self.content_type), (b"content-length", str(len(self.body)).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})
