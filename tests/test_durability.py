"""What was answered is on disk: over real sockets, under parallel check-ins, and when the process is killed."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from http.client import HTTPException
from pathlib import Path
from typing import Any

import msgspec
import pytest

from acme import Acme, build
from milepost import app
from milepost.store import audit, check_ins, key_results
from milepost.store.engine import Database, SqliteDatabase, Writer
from server import Server, serving
from wire import Live

PARALLEL = 50
ROUNDS = 5
CLIENTS = 8


class Stored(msgspec.Struct):
    """A company in a database that no connection of this process holds open, and the address of that."""

    acme: Acme
    url: str


@pytest.fixture
def stored(addressed: Callable[[Path], AbstractContextManager[str]], tmp_path: Path) -> Iterator[Stored]:
    with addressed(tmp_path) as url:
        with closing(app.database(url)) as database:
            acme = build(database)
        yield Stored(acme, url)


def client(server: Server, acme: Acme, name: str = "anna") -> Live:
    return Live(server.address, acme.tokens[name], acme.account.id)


def dated(index: int) -> str:
    """Distinct moments in the past, one a minute."""
    return f"2020-01-01T{index // 60:02d}:{index % 60:02d}:00Z"


def everything_recorded(database: Database, account_id: str) -> list[Any]:
    """The account's whole trail."""
    found: list[Any] = []
    while part := audit.read(database, account_id, after=len(found)):
        found += part
    return found


def assert_consistent(stored: Stored) -> list[Any]:
    """The trail has no gaps and explains the history, the history explains the value. Gives the history."""
    acme, database = stored.acme, app.database(stored.url)
    try:
        if isinstance(database, SqliteDatabase):
            assert database.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        trail = everything_recorded(database, acme.account.id)
        assert [record.number for record in trail] == list(range(1, len(trail) + 1))
        history = check_ins.history(database, acme.account.id, acme.revenue)
        recorded = [record.record_id for record in trail if record.action == "check_in.recorded"]
        assert sorted(recorded) == sorted(entry.id for entry in history)
        stands = key_results.records.find(database, acme.account.id, acme.revenue)
        assert stands is not None
        assert stands.check_in_count == len(history)
        assert stands.current == (history[-1].value if history else stands.start)
        return list(history)
    finally:
        database.close()


def test_fifty_parallel_check_ins(stored: Stored) -> None:
    order = list(range(PARALLEL))
    random.shuffle(order)
    together = threading.Barrier(PARALLEL)

    with serving(stored.url) as server:

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


class Clients:
    """Threads that check in, one after the other, until the server is gone; and what they were answered."""

    def __init__(self, server: Server, acme: Acme, values: Callable[[], float]) -> None:
        self.answered: dict[str, float] = {}
        self.wrong: list[str] = []
        self._server, self._acme, self._values = server, acme, values
        self._enough = threading.Semaphore(0)
        self._threads = [threading.Thread(target=self._work) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        wire = client(self._server, self._acme)
        while True:
            value = self._values()
            try:
                reply = wire.post(f"v1/metrics/{self._acme.revenue}/checkin", {"actual": value})
                answer = reply.json
            except (OSError, HTTPException):
                break
            if reply.status == 201:
                self.answered[answer["id"]] = value
            else:
                self.wrong.append(f"{reply.status} {answer}")
            self._enough.release()
        wire.close()

    def wait_for(self, count: int) -> None:
        """Until so many calls have been answered."""
        for _ in range(count):
            assert self._enough.acquire(timeout=30), "the server stopped answering"

    def join(self) -> None:
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive()


def test_a_kill_loses_nothing_that_was_answered(stored: Stored) -> None:
    answered: dict[str, float] = {}
    numbers = iter(range(1, 10**9))
    taking = threading.Lock()

    def next_value() -> float:
        with taking:
            return float(next(numbers))

    for _ in range(ROUNDS):
        server = Server(stored.url)
        clients = Clients(server, stored.acme, next_value)
        clients.wait_for(random.randint(20, 120))
        server.kill()
        clients.join()
        assert not clients.wrong
        answered |= clients.answered
        kept = {entry.id: entry.value for entry in assert_consistent(stored)}
        assert answered.items() <= kept.items()

    assert len(kept) - len(answered) <= ROUNDS * CLIENTS, "at most what each client was still waiting for"
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
def test_a_stopped_server_leaves_one_file_behind(stored: Stored, tmp_path: Path) -> None:
    with serving(stored.url) as server:
        wire = client(server, stored.acme)
        assert wire.post(f"v1/metrics/{stored.acme.revenue}/checkin", {"actual": 3}).status == 201
        wire.close()
    assert [file.name for file in tmp_path.iterdir()] == ["milepost.db"]
    copy = sqlite3.connect(f"file:{tmp_path}/milepost.db?mode=ro", uri=True)
    assert copy.execute("SELECT value FROM check_ins").fetchall() == [(3.0,)]
    copy.close()
