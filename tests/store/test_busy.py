"""SQLite when it cannot do what it is asked just now: 503 or 507, in every dialect; and no process starves another."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from acme import Acme
from engines import change
from milepost.domain import ids
from milepost.store.engine import SqliteDatabase, sqlite_file, trouble_of, turn
from wire import InProcess, Reply


def assert_is_to_be_tried_again(reply: Reply, status: int = 503, after: str = "1") -> None:
    assert (reply.status, reply.headers["retry-after"]) == (status, after)
    assert {reply.json.get("status"), reply.json.get("code")} == {status, None}
    assert "sqlite" not in reply.body.decode()


def revise(anna: InProcess, acme: Acme, text: str) -> list[Reply]:
    """The same change through every dialect."""
    simple = anna.at("/v1").get(f"objectives/{ids.as_uuid(acme.growth)}").json
    return [
        anna.patch(f"v1/metrics/{acme.revenue}", {"description": text}),
        anna.at("/v1").post(f"objectives/{simple['id']}", {**simple, "description": text}),
    ]


def test_a_lock_that_nobody_releases(acme: Acme, anna: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "PATIENCE", 0.2)
    with closing(sqlite3.connect(acme.database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for reply in revise(anna, acme, "while it is held"):
            assert_is_to_be_tried_again(reply)
        assert anna.get(f"v1/metrics/{acme.revenue}").json["description"] == ""
    assert [reply.status for reply in revise(anna, acme, "afterwards")] == [200, 200]


def test_a_full_disk(acme: Acme, anna: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    database: SqliteDatabase = acme.database
    (pages,) = database.connection.execute("PRAGMA page_count").fetchone()
    # Of the writer's connection, which is made with the first change.
    monkeypatch.setattr(sqlite_file, "_PRAGMAS", (*sqlite_file._PRAGMAS, f"PRAGMA max_page_count = {pages + 4}"))
    for reply in revise(anna, acme, "long " * 4_000):
        assert_is_to_be_tried_again(reply, 507, "10")
    assert [reply.status for reply in revise(anna, acme, "short")] == [200, 200]


def test_what_is_no_use_to_try_again(database: SqliteDatabase) -> None:
    change(database, "INSERT INTO accounts VALUES ('a', '', '', 'active', 0, '{}', 7)")
    with pytest.raises(sqlite3.IntegrityError) as twice:
        change(database, "INSERT INTO accounts VALUES ('a', '', '', 'active', 0, '{}', 7)")
    assert trouble_of(twice.value) is None
    assert trouble_of(ValueError()) is None


# Commits without a pause, as a writer with many clients does, holding the lock nearly always.
_GREEDY = """
import sys, time
from pathlib import Path
from milepost.store.engine import SqliteDatabase
database = SqliteDatabase(Path(sys.argv[1]))
print("ready", flush=True)
until = time.monotonic() + 20
while time.monotonic() < until:
    with database.transaction():
        database.connection.execute("UPDATE accounts SET created_at = created_at + 1")
        time.sleep(0.01)
"""


def test_a_busy_process_leaves_others_their_turn(acme: Acme) -> None:
    database: SqliteDatabase = acme.database
    greedy = subprocess.Popen([sys.executable, "-c", _GREEDY, str(database.path)], stdout=subprocess.PIPE)
    try:
        assert greedy.stdout is not None
        assert greedy.stdout.readline() == b"ready\n"
        waits = []
        for _ in range(40):
            time.sleep(0.005)  # in which the other one begins again
            began = time.monotonic()
            with database.transaction():
                change(database, "UPDATE accounts SET status = status WHERE id = :account", account=acme.account.id)
            waits.append(time.monotonic() - began)
    finally:
        greedy.kill()
        greedy.wait()
        greedy.stdout.close()
    assert greedy.returncode == -9, "it was at it all the time"
    assert sum(waits) < 2, "each is but one of its transactions long, a hundredth of a second"
