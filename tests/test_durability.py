"""What was answered is on disk: over real sockets, under parallel check-ins, and when the process is killed."""

from __future__ import annotations

import random
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from checking_in import AT_ONCE, Clients, Stored, assert_consistent, client
from milepost.store.engine import SqliteDatabase, Writer
from server import Server, serving

PARALLEL = 50
# So many kills, by the number of workers.
ROUNDS = {1: 5, 2: 2}

on_one_and_two = pytest.mark.parametrize("workers", [1, 2], ids=["one process", "two workers"])


def dated(index: int) -> str:
    """Distinct moments in the past, one a minute."""
    return f"2020-01-01T{index // 60:02d}:{index % 60:02d}:00Z"


@on_one_and_two
def test_fifty_parallel_check_ins(stored: Stored, workers: int) -> None:
    order = list(range(PARALLEL))
    random.shuffle(order)
    together = threading.Barrier(PARALLEL)

    with serving(stored.url, workers) as server:

        def check_in(index: int) -> tuple[int, Any]:
            wire = client(server, stored.acme, "ben")
            together.wait(30)
            reply = wire.post(
                f"v1/metrics/{stored.acme.revenue}/checkin", {"actual": index * 1.5, "checkInDate": dated(index)}
            )
            wire.close()
            return reply.status, reply.json

        with ThreadPoolExecutor(PARALLEL) as pool:
            answers = list(pool.map(check_in, order))
        assert [status for status, _ in answers] == [201] * PARALLEL
        wire = client(server, stored.acme)
        metric = wire.get(f"v1/metrics/{stored.acme.revenue}").json
        wire.close()

    shown = [(entry["updatedAt"], entry["metricValue"]) for entry in metric["metricHistory"]]
    assert shown == [(dated(index), index * 1.5) for index in range(PARALLEL)]
    assert metric["actual"] == (PARALLEL - 1) * 1.5
    assert metric["lastCheckInDate"] == dated(PARALLEL - 1)
    assert metric["attainment"] == (PARALLEL - 1) * 1.5 / 100
    assert {answer["id"] for _, answer in answers} == {entry["id"] for entry in metric["metricHistory"]}
    assert len(assert_consistent(stored)) == PARALLEL


@on_one_and_two
def test_a_kill_loses_nothing_that_was_answered(stored: Stored, workers: int) -> None:
    answered: dict[str, float] = {}
    for _ in range(ROUNDS[workers]):
        server = Server(stored.url, workers)
        clients = Clients(server, stored.acme)
        clients.wait_for(random.randint(20, 120))
        server.kill()
        clients.join()
        assert not clients.wrong
        answered |= clients.answered
        kept = {entry.id: entry.value for entry in assert_consistent(stored)}
        assert answered.items() <= kept.items()

    assert len(kept) - len(answered) <= ROUNDS[workers] * AT_ONCE, "at most what each client was still waiting for"
    with serving(stored.url) as server:
        wire = client(server, stored.acme)
        metric = wire.get(f"v1/metrics/{stored.acme.revenue}").json
        wire.close()
    assert {entry["id"] for entry in metric["metricHistory"]} == kept.keys()


@pytest.mark.sqlite("its settings")
def test_every_connection_is_durable(database: SqliteDatabase) -> None:
    def pragmas() -> dict[str, object]:
        names = ("synchronous", "journal_mode", "foreign_keys")
        return {name: database.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}

    durable = {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}
    writer = Writer(database)
    assert writer.submit(pragmas).result(10) == durable, "of the thread that writes"
    writer.close()
    with ThreadPoolExecutor(1) as reader:
        assert reader.submit(pragmas).result(10) == durable, "of a reader"
    assert pragmas() == durable, "of the thread that opened it"


@pytest.mark.sqlite("its file")
@on_one_and_two
def test_a_stopped_server_leaves_one_file_behind(stored: Stored, tmp_path: Path, workers: int) -> None:
    with serving(stored.url, workers) as server:
        wire = client(server, stored.acme)
        assert wire.post(f"v1/metrics/{stored.acme.revenue}/checkin", {"actual": 3}).status == 201
        wire.close()
    assert [file.name for file in tmp_path.iterdir()] == ["milepost.db"]
    copy = sqlite3.connect(f"file:{tmp_path}/milepost.db?mode=ro", uri=True)
    assert copy.execute("SELECT value FROM check_ins").fetchall() == [(3.0,)]
    copy.close()
