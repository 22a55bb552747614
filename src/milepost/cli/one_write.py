"""Fewer calls of the system for answers: head and body leave in one piece, and so do the answers to requests that came
in together. Each call may wake the client, which costs the server more than a small read.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any

# Answers wait for one another this long at most, in seconds: sixteen small reads.
_PATIENCE = 0.002
# Larger pieces, in bytes, are sent at once.
_LARGE = 65_536


class Outbox:
    """The answers of one process that wait to leave together.

    The event loop reads from all connections that have sent something, then runs the tasks of their requests, one after
    the other. The last one to answer sends all answers; where a task has to wait for something, its answer comes later
    and alone, and the others leave without it.
    """

    def __init__(self) -> None:
        # Closes the outbox, behind all tasks that are to run.
        self._closing: asyncio.Handle | None = None
        self._expected = 0
        self._waiting: list[OneWrite] = []
        self._since = 0.0

    @property
    def is_open(self) -> bool:
        """Whether tasks are still to run whose answers may leave together."""
        return self._closing is not None

    def expect(self) -> None:
        """Note that a connection has been read from: its task will run before anything is sent."""
        if self._closing is not None:
            self._closing.cancel()
        self._closing = asyncio.get_running_loop().call_soon(self._close)
        self._expected += 1

    def add(self, connection: OneWrite) -> None:
        """Add a connection that has written something."""
        if not self._waiting:
            self._since = monotonic()
        self._waiting.append(connection)

    @property
    def is_due(self) -> bool:
        """Whether all answers are there, or the first has waited for long enough."""
        return len(self._waiting) >= self._expected or monotonic() - self._since > _PATIENCE

    def release(self) -> None:
        """Send all waiting answers."""
        waiting, self._waiting = self._waiting, []
        self._expected -= len(waiting)
        if self._expected <= 0 and self._closing is not None:
            self._closing.cancel()
            self._close()
        for connection in waiting:
            connection.release()

    def _close(self) -> None:
        """All tasks have run."""
        self._closing = None
        self._expected = 0
        if self._waiting:
            self.release()


class OneWrite:
    """Wraps the transport of a connection. Written data is held until the outbox is emptied; where that is not
    open, until more is written, or until everything has run that is ready to run.
    """

    def __init__(self, transport: asyncio.Transport, outbox: Outbox) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._outbox = outbox
        self._held: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write it, with what is held, or hold it."""
        if not data:
            return
        held, outbox = self._held, self._outbox
        held.append(data)
        is_first = len(held) == 1
        if len(data) > _LARGE:
            self.release()
        elif outbox.is_open:
            if is_first:
                outbox.add(self)
            elif outbox.is_due:
                outbox.release()
        elif is_first:
            self._loop.call_soon(self.release)
        else:
            self.release()

    def write_eof(self) -> None:
        """Say that nothing more comes."""
        self.release()
        self._transport.write_eof()

    def close(self) -> None:
        """Close it once everything is written."""
        self.release()
        self._transport.close()

    def abort(self) -> None:
        """Close it at once."""
        self._held = []
        self._transport.abort()

    def get_write_buffer_size(self) -> int:
        """The number of unsent bytes."""
        return self._transport.get_write_buffer_size() + sum(map(len, self._held))

    def release(self) -> None:
        """Send what is held."""
        if self._held:
            held, self._held = self._held, []
            if len(held) == 1:
                self._transport.write(held[0])
            else:
                self._transport.writelines(held)
