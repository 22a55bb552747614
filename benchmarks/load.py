"""The load generator, in a process of its own: reads jobs as lines of JSON, answers each with a line of latencies.

A job is {"port", "requests", "connections", "seconds"}: each connection sends one request after the other, in turn from
the list, and waits for each answer. Connections are kept. An answer ends where its Content-Length says, or with the
last chunk, which no JSON text looks like.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from typing import cast

import uvloop

# So many seconds may the last answers take.
_PATIENCE = 30.0
_LAST_CHUNK = b"\r\n0\r\n\r\n"
# Of an answer in chunks: longer than any, so that only the last chunk ends it.
_UNKNOWN = sys.maxsize


class Client(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, sends again, until time is up."""

    def __init__(self, requests: list[bytes], until: float, done: asyncio.Future[list[float]]) -> None:
        self._requests = requests
        self._next = random.randrange(len(requests))
        self._until = until
        self._done = done
        self._latencies: list[float] = []
        self._received = bytearray()
        self._expected = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # of uvloop's, which does not derive from it
        self._send()

    def _send(self) -> None:
        self._next = (self._next + 1) % len(self._requests)
        self._sent_at = time.perf_counter()
        self._transport.write(self._requests[self._next])

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._expected:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._received[:end]).lower()
            if not head.startswith(b"http/1.1 20"):
                self._fail(bytes(self._received[:400]).decode("latin-1"))
                return
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            self._expected = end + 4 + int(length) if length else _UNKNOWN
        if len(self._received) < self._expected and not (
            self._expected == _UNKNOWN and self._received.endswith(_LAST_CHUNK)
        ):
            return
        now = time.perf_counter()
        self._latencies.append(now - self._sent_at)
        self._received.clear()
        self._expected = 0
        if now < self._until:
            self._send()
            return
        self._transport.close()
        self._done.set_result(self._latencies)

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(f"the server closed the connection: {error}")

    def _fail(self, reason: str) -> None:
        if not self._done.done():
            self._done.set_exception(RuntimeError(reason))
            self._transport.close()


async def run(port: int, requests: list[bytes], connections: int, seconds: float) -> dict[str, object]:
    """The latencies of all answers in seconds, and how long it took in all."""
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    done: list[asyncio.Future[list[float]]] = [loop.create_future() for _ in range(connections)]
    for future in done:
        client = Client(requests, started + seconds, future)
        await loop.create_connection(lambda client=client: client, "127.0.0.1", port)  # type: ignore[misc]
    async with asyncio.timeout(seconds + _PATIENCE):
        latencies = [latency for part in await asyncio.gather(*done) for latency in part]
    return {"latencies": latencies, "elapsed": time.perf_counter() - started}


def main() -> None:
    # Not with print: where Python is told not to buffer, it cuts a line that is longer than what a pipe takes at once.
    with open(sys.stdout.fileno(), "wb", closefd=False) as answers:
        for line in sys.stdin:
            job = json.loads(line)
            requests = [text.encode() for text in job["requests"]]
            done = uvloop.run(run(job["port"], requests, job["connections"], job["seconds"]))
            answers.write(json.dumps(done).encode() + b"\n")
            answers.flush()


if __name__ == "__main__":
    main()
