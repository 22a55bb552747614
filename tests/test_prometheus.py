"""What Prometheus is told: the figures of all workers together, under labels that no client chooses."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from acme import build
from checking_in import Stored, client
from milepost import app
from server import Server, wait_until
from terminal import Terminal

Asked = Callable[[], dict[tuple[str, ...], float]]


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def counted(stored: Stored, workers: int) -> Iterator[tuple[Server, Asked]]:
    """A server, and its figures by name and labels."""
    port = free_port()
    server = Server(stored.url, workers, {"MILEPOST_METRICS": f"127.0.0.1:{port}"})

    def asked() -> dict[tuple[str, ...], float]:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as wire:
            wire.request("GET", "/metrics")
            answer = wire.getresponse()
            assert answer.status == 200
            text = answer.read().decode()
        return {
            (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    try:
        yield server, asked
    finally:
        server.stop()


@pytest.fixture
def stored(tmp_path: Path) -> Stored:
    url = f"sqlite:///{tmp_path}/milepost.db"
    with closing(app.database(url)) as database:
        return Stored(build(database), url)


@pytest.mark.parametrize("workers", [1, 2], ids=["one process", "two workers"])
def test_the_figures_of_all_workers_together(stored: Stored, workers: int) -> None:
    acme = stored.acme
    route = "/api/v1/metrics/{metricId}/checkin"
    recorded = ("milepost_requests_total", "gtmhub", "POST", route)
    with counted(stored, workers) as (server, asked):
        for process in server.workers() or [server.pid]:
            with server.only(process), closing(client(server, acme)) as wire:
                for value in range(3):
                    assert wire.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": value}).status == 201
                entries = [{"metricId": acme.revenue, "actual": value} for value in range(2)]
                assert wire.post("v1/metrics/checkins", entries).status == 200
                bad = [*entries, {"metricId": acme.revenue, "actual": "x"}]
                assert wire.post("v1/metrics/checkins", bad).status == 400
                assert wire.post(f"v1/metrics/{'0' * 24}/checkin", {"actual": 1}).status == 404
                assert wire.get("v1/nothing").status == 404
                assert wire.request("GET", "/healthz").status == 200
                assert wire.request("GET", "/v1/cycles").status == 200
                wait_until(lambda: asked().get(("milepost_open_connections",), 0) >= 1)
        found = asked()
        assert found[*recorded, "201"] == 3 * workers
        assert found[*recorded, "404"] == workers
        assert found["milepost_requests_total", "gtmhub", "GET", "none", "404"] == workers
        assert found["milepost_requests_total", "none", "GET", "none", "200"] == workers
        assert found["milepost_requests_total", "simpleokr", "GET", "/v1/cycles", "200"] == workers
        assert found["milepost_check_ins_total",] == 5 * workers
        assert found["milepost_request_seconds_count", "gtmhub", "POST", route] == 4 * workers
        assert found["milepost_database_seconds_count", "commit"] >= 4 * workers
        assert found["milepost_database_seconds_sum", "read"] > 0
        unserved = ("milepost_unserved_total", "gtmhub", "GET", "/api/v1/nothing")
        assert found.pop(unserved) == workers
        found.pop(("milepost_unserved_created", *unserved[1:]), None)
        told = " ".join(word for key in found for word in key)
        assert not re.search("[0-9a-f]{24}|@|nothing", told), "nothing that a client sends is a label"
        wait_until(lambda: asked()["milepost_open_connections",] == 0)


def test_what_a_lost_worker_counted_stays_counted(stored: Stored) -> None:
    with counted(stored, 2) as (server, asked):
        before = server.workers()
        with server.only(before[0]):
            wire = client(server, stored.acme)
            assert wire.get("v1/goals").status == 200
            wait_until(lambda: asked().get(("milepost_open_connections",), 0) == 1)
        os.kill(before[0], signal.SIGKILL)
        wait_until(lambda: asked()["milepost_open_connections",] == 0)
        wire.close()
        assert asked()["milepost_requests_total", "gtmhub", "GET", "/api/v1/goals", "200"] == 1


def test_a_port_that_is_taken_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("MILEPOST_METRICS", f"127.0.0.1:{port}")
        outcome = Terminal(tmp_path)("serve", "--port", "0")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        f"milepost: MILEPOST_METRICS: cannot listen on 127.0.0.1 port {port}: Address already in use\n"
    )
