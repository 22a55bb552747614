"""The metrics for Prometheus: requests, their latencies, the database's time, check-ins, and open connections.

Labels have few values, none of them chosen by clients. One exception: the words in paths that no front end serves, of
which `asgi.unserved` tells a limited number apart. Call `config.share_figures` before importing this module.
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
# More than there are combinations of route, method and status.
_CACHED_LABELS = 4_096


class Figures:
    """The metrics of one process, kept in files that the publishing process reads."""

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
        # Cached: finding a metric by its labels takes longer than counting.
        self._of_status = lru_cache(_CACHED_LABELS)(self._requests.labels)
        self._of_call = lru_cache(_CACHED_LABELS)(self._seconds.labels)

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
        """A transaction has been committed, with `added` new check-ins."""
        self._commit.observe(seconds)
        if added:
            self._check_ins.inc(added)

    def connections(self, count: int) -> None:
        """Now `count` connections are open."""
        self._connections.set(count)


@contextmanager
def published(kept: str, host: str, port: int) -> Iterator[None]:
    """Serve Prometheus at a host and port while the context lasts; `OSError` where the port cannot be opened."""
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
    """A process has ended: its open connections are gone, its counters stay."""
    mark_process_dead(process, path=kept)
