"""uvicorn's HTTP connections, with limits on size and time.

The parser beneath sets no limits: it buffers a header or trailer of any length, and waits for ever for the rest of a
head or body, or for the client to read an answer.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from enum import Enum
from secrets import token_hex

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from milepost.asgi import request_id
from milepost.asgi.phrases import phrase
from milepost.asgi.protective import HEADERS
from milepost.asgi.public import problem
from milepost.cli import limits
from milepost.cli.limits import Connections
from milepost.cli.one_protocol import OneProtocolParser
from milepost.cli.one_write import OneWrite, Outbox

_FORGET = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class _Part(Enum):
    """The part being received: nothing, since the last request is complete; the head of a request; its body."""

    NOTHING = 0
    HEAD = 1
    BODY = 2


class _Refused(Exception):
    """Stops the parser: the connection has been refused."""


class GuardedProtocol(HttpToolsProtocol):
    """One connection. `counts` and `outbox` are those of the whole process."""

    counts: Connections
    outbox: Outbox
    parser: OneProtocolParser  # type: ignore[assignment]  # it has what uvicorn asks of one

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn says, too
        """Accept the connection, or refuse it where its address has too many."""
        self._part = _Part.NOTHING
        self._least = self._most = self._body = self._around = 0
        self._began = 0.0
        self._refused = False
        self._limit: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None
        self._passes_over = False
        self.parser = OneProtocolParser(self)
        super().connection_made(OneWrite(transport, self.outbox))  # type: ignore[arg-type]  # it has what uvicorn asks of one
        self._name = self.counts.counted(self.client[0]) if self.client else ""
        if self._name and self.counts.opened(self._name):
            self._refuse(429, "too many connections are open from this address")
            self.transport.close()
        else:
            self._expect(limits.HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timers, and count the connection no more."""
        self._stop()
        self.resume_writing()
        if self._name:
            self.counts.closed(self._name)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse received data, within the limits."""
        if self._refused:
            self._pass_over(len(data))
            return
        # Lower and upper bound of the head's size: its first piece may also hold the end of the request before.
        is_more = self._part is _Part.HEAD
        self._least = self._least + len(data) if is_more else 0
        self._most = self._most + len(data) if is_more else len(data)
        # Bytes since the last one of the body itself: the parser limits neither chunk extensions nor trailers.
        self._around = self._around + len(data) if self._part is _Part.BODY else 0
        super().data_received(data)
        self.outbox.expect()
        if self._refused:
            return
        if self._part is _Part.HEAD and self._least > limits.HEADER_BYTES + limits.TARGET_BYTES:
            self._refuse(431, "the headers are longer than 32 KiB")
        elif self._part is _Part.BODY and self._around > limits.HEADER_BYTES:
            self._refuse(431, "what stands around the body is longer than 32 KiB")
        elif self._limit is None and not self._is_answering():
            self._began = self.loop.time()
            self._expect(limits.BODY_SECONDS if self._part is _Part.BODY else limits.HEAD_SECONDS)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._part = _Part.HEAD
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The request's head is complete."""
        if self.parser.is_wished_otherwise:
            self._passes_over = True
            return
        if self._most > limits.HEADER_BYTES:
            self._require_short()
        self._part = _Part.BODY
        self._body = 0
        if self._limit is not None:
            self._stop()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body has come."""
        self._body += len(body)
        self._around = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is complete."""
        if self._passes_over:  # the same request begins once more
            self._passes_over = False
            return
        self._part = _Part.NOTHING
        if self._limit is not None:
            self._stop()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse data that is not HTTP, unless the connection has been refused already."""
        if not self._refused:
            self._refuse(400, msg)

    def pause_writing(self) -> None:
        """The client does not read its answer."""
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        """The client reads on."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Close the idle connection once the last answer has been read."""
        super().timeout_keep_alive_handler()
        self._watch_reader()

    def _require_short(self) -> None:
        if len(self.url) > limits.TARGET_BYTES:
            self._refuse(414, "the address is longer than 64 KiB")
        elif sum(len(name) + len(value) + 4 for name, value in self.headers) > limits.HEADER_BYTES:
            self._refuse(431, "the headers are longer than 32 KiB")
        if self._refused:
            raise _Refused

    def _is_answering(self) -> bool:
        """Whether a request waits for its answer."""
        return self._part is _Part.NOTHING and self.cycle is not None and not self.cycle.response_complete

    def _expect(self, seconds: float) -> None:
        """Check after some seconds whether the expected part has come."""
        self._limit = self.loop.call_later(seconds, self._late)

    def _stop(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _late(self) -> None:
        """The time for a head or for a body is over."""
        self._limit = None
        if self._refused:
            self._cut()
        elif self._part is _Part.NOTHING:
            self.transport.close()
        elif self._part is _Part.HEAD:
            self._refuse(408, "the head of the request did not come in time")
        elif (left := self._time_left()) > 0:
            self._expect(left)
        else:
            self._refuse(408, "the body did not come in time")

    def _time_left(self) -> float:
        """The time left for a body, in seconds."""
        if self.cycle.response_complete:  # nobody waits for the rest
            return 0.0
        now = self.loop.time()
        if self.flow.read_paused:  # the server itself has stopped reading
            self._began = now
        return self._began + limits.BODY_SECONDS + self._body / limits.BODY_RATE - now

    def _refuse(self, status: int, detail: str) -> None:
        """Answer, and close: nothing that comes from now on is read. An answer that is under way is the last."""
        self._refused, self._body = True, 0
        self._stop()
        self._unset_keepalive_if_required()
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False
            if self._part is not _Part.BODY or self.cycle.response_started:
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        # Before the first part of a request arrives, self.headers are those of the request before.
        own = "" if self._part is _Part.NOTHING else request_id.sent(self.headers)
        self.transport.write(_written(status, detail, own or token_hex(16)))
        # Closing at once with unread data could keep the client from seeing the answer.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.flow.resume_reading()
        self._expect(limits.LAST_SECONDS)

    def _pass_over(self, size: int) -> None:
        """Discard data that a refused client still sends."""
        self._body += size
        if self._body > limits.LAST_BYTES:
            self._cut()

    def _watch_reader(self) -> None:
        left = self.transport.get_write_buffer_size()
        if left and self._reading is None:
            self._reading = self.loop.call_later(limits.READING_SECONDS, self._unread, left)

    def _unread(self, before: int) -> None:
        """Close the connection if the client has read nothing."""
        self._reading = None
        if self.transport.get_write_buffer_size() >= before:
            self._cut()
        else:
            self._watch_reader()

    def _cut(self) -> None:
        """Close the connection at once, and drop its unsent data."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _FORGET)
        self.transport.abort()


def guarded(counts: Connections) -> type[HttpToolsProtocol]:
    """The class for the connections of one process."""
    return type("Guarded", (GuardedProtocol,), {"counts": counts, "outbox": Outbox()})


def _written(status: int, detail: str, identity: str) -> bytes:
    """A complete answer to a request that the application has not seen."""
    answer = problem(status, detail)
    lines = [
        b"HTTP/1.1 %d %s" % (status, phrase(status).encode()),
        b"content-type: " + answer.content_type,
        b"content-length: %d" % len(answer.body),
        *[name + b": " + value for name, value in (*HEADERS, (request_id.HEADER, identity.encode()))],
        b"connection: close",
    ]
    return b"\r\n".join([*lines, b"", answer.body])
