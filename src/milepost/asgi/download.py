"""An answer that is a file: it is sent piece by piece, so that its size costs no memory."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import BinaryIO

from starlette.types import Send

from milepost.asgi.answer import Answer

_PIECE = 256 * 1024


class Download(Answer, frozen=True, kw_only=True):
    """A file that is open, and closed once it is sent; `body` is not looked at."""

    file: BinaryIO

    async def send(self, send: Send, more: Sequence[tuple[bytes, bytes]] = ()) -> None:
        """Send what stands in the file."""
        with self.file:
            length = os.fstat(self.file.fileno()).st_size
            headers = [*self.headers, *more, (b"content-type", self.content_type)]
            headers.append((b"content-length", b"%d" % length))
            await send({"type": "http.response.start", "status": self.status, "headers": headers})
            # To read what was written just now takes less than to ask another thread for it.
            while piece := self.file.read(_PIECE):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
