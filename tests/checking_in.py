"""Clients that check in at a real server, and what must then be found in its database."""

from __future__ import annotations

import itertools
import threading
from contextlib import closing
from http.client import HTTPException
from typing import Any

import msgspec

from acme import Acme
from milepost import app
from milepost.store import audit, check_ins, key_results
from milepost.store.engine import Database, SqliteDatabase
from server import Server
from wire import Live

AT_ONCE = 8
_NUMBERS = itertools.count(1)  # no two values are alike; a thread takes one in a single step


class Stored(msgspec.Struct):
    """A company in a database that no connection of this process holds open, and the address of that."""

    acme: Acme
    url: str


def client(server: Server, acme: Acme, name: str = "anna") -> Live:
    return Live(server.address, acme.tokens[name], acme.account.id)


def everything_recorded(database: Database, account_id: str) -> list[Any]:
    """The account's whole trail."""
    found: list[Any] = []
    while part := audit.read(database, account_id, after=len(found)):
        found += part
    return found


def assert_consistent(stored: Stored) -> list[Any]:
    """The trail has no gaps and explains the history, the history explains the value. Gives the history."""
    acme = stored.acme
    with closing(app.database(stored.url)) as database:
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


class Clients:
    """Threads that check in, one after the other, until the server is gone; and what they were answered.

    One whose connection is cut makes another, and ends where there is nobody any more.
    """

    def __init__(self, server: Server, acme: Acme) -> None:
        self.answered: dict[str, float] = {}
        self.wrong: list[str] = []
        self.cut = 0
        self._server, self._acme = server, acme
        self._enough = threading.Semaphore(0)
        self._leaving = threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(AT_ONCE)]
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        wire = client(self._server, self._acme)
        while not self._leaving.is_set():
            value = float(next(_NUMBERS))
            try:
                reply = wire.post(f"v1/metrics/{self._acme.revenue}/checkin", {"actual": value})
                answer = reply.json
            except ConnectionRefusedError:
                break
            except (OSError, HTTPException):
                wire.close()
                self.cut += 1
                continue
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

    def leave(self) -> None:
        """Have them end although the server is there."""
        self._leaving.set()
        self.join()

    def join(self) -> None:
        """Wait until all of them have ended."""
        for thread in self._threads:
            thread.join(30)
            assert not thread.is_alive()
