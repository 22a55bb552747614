"""A load that is not as much as a server can take, in a process of its own: reads a job as a line of JSON, answers it.

A job is {"port", "requests", "connections", "seconds", "rate"}: so many requests a second are due, in the order of the
list, each on a connection that is free. A latency counts from when a request was due, so that a server that stands
still is not asked less for it. Where the rate is 0, each connection sends again as soon as it is answered.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
import time
from collections import deque
from pathlib import Path

import uvloop

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))
from load import Client

# Of a request: its number, and when it is due.
Due = tuple[int, float]


class Pace:
    """Hands out requests when they are due, to whichever connection is free."""

    def __init__(self, seconds: float, rate: float) -> None:
        self.began = time.perf_counter()
        self._until, self._rate = self.began + seconds, rate
        # In turn: a server closes what nothing is heard of for some seconds.
        self._free: deque[Connection] = deque()
        self._late: deque[Due] = deque()
        self._number = 0
        self._over = False

    def ask(self, connection: Connection) -> None:
        """A connection has nothing to do."""
        if self._late:
            connection.send(self._late.popleft())
        elif self._over:
            connection.end()
        elif self._rate:
            self._free.append(connection)
        else:
            now = time.perf_counter()
            self._over = now > self._until
            connection.send((self._number, now))
            self._number += 1

    async def keep(self) -> None:
        """Hand out all of them, to the end."""
        while self._rate and (due := self.began + self._number / self._rate) < self._until:
            await asyncio.sleep(due - time.perf_counter())
            if self._free:
                self._free.popleft().send((self._number, due))
            else:
                self._late.append((self._number, due))
            self._number += 1
        self._over = self._over or self._rate > 0
        for connection in self._free:
            connection.end()


class Connection(Client):
    """One connection, which is told what to send."""

    def __init__(self, requests: list[bytes], pace: Pace, done: asyncio.Future[list[float]]) -> None:
        super().__init__(requests, math.inf, done)
        self.numbers: list[int] = []
        self._pace = pace

    def _send(self) -> None:
        self._pace.ask(self)

    def send(self, one: Due) -> None:
        """Send a request, which waits for its answer since it was due."""
        number, self._sent_at = one
        self.numbers.append(number)
        self._transport.write(self._requests[number % len(self._requests)])

    def end(self) -> None:
        """Nothing more is to come."""
        self._done.set_result(self._latencies)
        self._transport.close()


async def run(port: int, requests: list[bytes], connections: int, seconds: float, rate: float) -> dict[str, object]:
    """Each answer's latency in seconds by the number of its request, and how long all took."""
    loop = asyncio.get_running_loop()
    pace = Pace(seconds, rate)
    done: list[asyncio.Future[list[float]]] = [loop.create_future() for _ in range(connections)]
    made = [Connection(requests, pace, future) for future in done]
    for one in made:
        await loop.create_connection(lambda one=one: one, "127.0.0.1", port)  # type: ignore[misc]
    _, *all_ = await asyncio.gather(pace.keep(), *done)
    latencies = [pair for one, found in zip(made, all_, strict=True) for pair in zip(one.numbers, found, strict=True)]
    return {"latencies": latencies, "elapsed": time.perf_counter() - pace.began}


def main() -> None:
    job = json.loads(sys.stdin.readline())
    requests = [text.encode() for text in job["requests"]]
    done = uvloop.run(run(job["port"], requests, job["connections"], job["seconds"], job["rate"]))
    sys.stdout.write(json.dumps(done))


if __name__ == "__main__":
    main()
