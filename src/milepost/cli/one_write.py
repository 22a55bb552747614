"""Answers that leave in one piece: what is written in two steps, head and body, would be two calls of the system, and
wake whoever waits for it twice.
"""

from __future__ import annotations

import asyncio
from typing import Any


class OneWrite:
    """Stands for the transport of a connection. What is written is held until more of it comes, or until all that is
    ready to run has run: nothing is held while anybody waits.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._held = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write it, with what is held, or hold it."""
        if self._held:
            self._transport.writelines((self._held, data))
            self._held = b""
        elif data:
            self._held = data
            self._loop.call_soon(self._release)

    def write_eof(self) -> None:
        """Say that nothing more comes."""
        self._release()
        self._transport.write_eof()

    def close(self) -> None:
        """Close it once everything is written."""
        self._release()
        self._transport.close()

    def abort(self) -> None:
        """Close it at once."""
        self._held = b""
        self._transport.abort()

    def get_write_buffer_size(self) -> int:
        """How many bytes have not been sent."""
        return self._transport.get_write_buffer_size() + len(self._held)

    def _release(self) -> None:
        if self._held:
            self._transport.write(self._held)
            self._held = b""
