"""What Prometheus is told: requests, their latencies, the database's time, check-ins, and open connections.

Every label is one of a known few: nothing that a client chooses becomes one, but for the words of addresses that nobody
serves, of which so many are told apart. Before this is loaded, `share_figures` has said where they are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary
from prometheus_client.exposition import start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from milepost.asgi.observed import Seen
from milepost.asgi.unserved import Kind

# In seconds. Benchmarks put most calls below ten milliseconds.
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
# More than there are routes, methods and statuses.
_MOST = 4_096


class Figures:
    """Those of one process, kept in files that whoever publishes them reads."""

    def __init__(self) -> None:
        kept: dict[str, Any] = {"registry": CollectorRegistry()}
        call = ("dialect", "method", "route")
        self._requests = Counter(
            "milepost_requests",
            "Requests; status 0: the client went before it was answered.",
            (*call, "status"),
            **kept,
        )
        self._seconds = Histogram(
            "milepost_request_seconds", "From a request's head to the last byte of its answer.", call, buckets=_BUCKETS,
            **kept,
        )  # fmt: skip
        database = Summary("milepost_database_seconds", "In the database: statements, and commits.", ("work",), **kept)
        self._read, self._change, self._commit = (database.labels(work) for work in ("read", "change", "commit"))
        self._unserved = Counter("milepost_unserved", "Calls that no front end serves.", call, **kept)
        self._check_ins = Counter("milepost_check_ins", "Check-ins that were recorded.", **kept)
        self._connections = Gauge(
            "milepost_open_connections", "Connections of clients.", multiprocess_mode="livesum", **kept
        )
        # To find these by their labels takes longer than to count.
        self._of_status = lru_cache(_MOST)(self._requests.labels)
        self._of_call = lru_cache(_MOST)(self._seconds.labels)

    def request(self, seen: Seen) -> None:
        """A request has been answered."""
        call = (seen.front_end or "none", seen.method, seen.route or "none")
        self._of_status(*call, seen.status).inc()
        self._of_call(*call).observe(seen.seconds)

    def unserved(self, kind: Kind) -> None:
        """A call was made that no front end serves."""
        self._unserved.labels(kind.front_end or "none", kind.method, kind.route or "none").inc()

    def read(self, seconds: float) -> None:
        """A statement has read."""
        self._read.observe(seconds)

    def changed(self, seconds: float) -> None:
        """A statement has changed something."""
        self._change.observe(seconds)

    def committed(self, seconds: float, added: int) -> None:
        """A transaction has been committed, with so many check-ins."""
        self._commit.observe(seconds)
        if added:
            self._check_ins.inc(added)

    def connections(self, count: int) -> None:
        """So many are open now."""
        self._connections.set(count)


@contextmanager
def published(kept: str, host: str, port: int) -> Iterator[None]:
    """Answer Prometheus at a host and port, for as long as the context lasts; `OSError` where they cannot be had."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=kept)
    server, thread = start_http_server(port, host, registry)
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def forget(kept: str, process: int) -> None:
    """A process has ended: it has no connections any more. What it counted stays counted."""
    mark_process_dead(process, path=kept)
