"""An answer that is a file, sent piece by piece, so that a large one takes no more memory."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import BinaryIO

from starlette.types import Send

from milepost.asgi.answer import Answer

_PIECE = 256 * 1024


class Download(Answer, frozen=True, kw_only=True):
    """An open file, which is closed after it was sent; `body` is ignored."""

    file: BinaryIO

    async def send(self, send: Send, more: Sequence[tuple[bytes, bytes]] = ()) -> None:
        """Send the content of the file."""
        with self.file:
            length = os.fstat(self.file.fileno()).st_size
            headers = [*self.headers, *more, (b"content-type", self.content_type)]
            headers.append((b"content-length", b"%d" % length))
            await send({"type": "http.response.start", "status": self.status, "headers": headers})
            # Reading a file that was just written takes less time than asking another thread to do it.
            while piece := self.file.read(_PIECE):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
