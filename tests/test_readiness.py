"""`GET /readyz`: whether calls may be sent here, without a token and without a secret in it."""

from __future__ import annotations

import asyncio
from contextlib import closing

import psycopg
import pytest

from acme import Acme, build
from engines import change
from milepost import readiness
from milepost.app import running
from milepost.config import Settings
from milepost.store.migrate import HEAD
from milepost.store.migrate_postgresql import open_postgresql
from postgresql import Server
from wire import InProcess


def test_a_database_that_is_there_and_current(anna: InProcess) -> None:
    reply = anna.acting("", "").request("GET", "/readyz")
    assert (reply.status, reply.json) == (200, {"status": "ready"})
    assert anna.request("HEAD", "/readyz").status == 200
    assert anna.request("POST", "/readyz").status == 405


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("0001", f"the database is at version 0001, and this program needs {HEAD}: restart the server"),
        ("9999", f"the database is at version 9999, newer than {HEAD}, which this program knows: run the newer one"),
    ],
)
def test_another_version(acme: Acme, anna: InProcess, version: str, said: str) -> None:
    with acme.database.transaction():
        change(acme.database, "UPDATE alembic_version SET version_num = :version", version=version)
    reply = anna.request("GET", "/readyz")
    assert (reply.status, reply.json["detail"], reply.headers["retry-after"]) == (503, said, "1")
    assert reply.headers["content-type"] == "application/problem+json"
    with acme.database.transaction():
        change(acme.database, "UPDATE alembic_version SET version_num = :version", version=HEAD)
    assert anna.request("GET", "/readyz").status == 200


def test_a_database_that_does_not_answer(postgresql_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_PATIENCE", 0.3)
    loop = asyncio.new_event_loop()
    with postgresql_server.database() as url, closing(open_postgresql(url)) as database:
        acme = build(database)
        with running(Settings(), database, acme.clock) as app, psycopg.connect(url) as other:
            wire = InProcess(app, loop)
            assert wire.request("GET", "/readyz").status == 200
            other.execute("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")

            async def several() -> list[int]:
                asked = [wire.asend("GET", "/readyz", {}, b"") for _ in range(4)]
                return [reply.status for reply in await asyncio.gather(*asked, wire.asend("GET", "/healthz", {}, b""))]

            assert loop.run_until_complete(several()) == [503] * 4 + [200]
            assert loop.run_until_complete(several()) == [503] * 4 + [200]
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"
            assert other.execute(waiting, [url.rpartition("/")[2]]).fetchone() == (1,), "one look at a time"
            other.rollback()
            replies = loop.run_until_complete(several())
            assert replies == [200] * 5
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
