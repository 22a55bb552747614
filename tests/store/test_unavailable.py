"""A PostgreSQL server that goes away and comes back: 503 meanwhile, in every dialect, and nobody has to do anything."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

import filesystems
from acme import build
from checking_in import Clients, Stored, assert_consistent
from engines import change, rows
from milepost.app import running
from milepost.config import Settings
from milepost.store.engine import Database, Unavailable, Writer
from milepost.store.migrate_postgresql import open_postgresql
from postgresql import OwnServer
from server import serving
from wire import InProcess, Live

ADD = "INSERT INTO accounts VALUES (:id, '', '', 'active', 0, '{}', 7)"


@pytest.fixture(scope="module")
def own() -> Iterator[OwnServer]:
    """A server that these tests may stop."""
    with closing(OwnServer()) as found:
        yield found


@pytest.fixture
def database(own: OwnServer) -> Iterator[Database]:
    with own.database() as url, closing(open_postgresql(url)) as found:
        yield found


@contextmanager
def away(own: OwnServer) -> Iterator[None]:
    """The server, stopped."""
    own.stop()
    try:
        yield
    finally:
        own.start()


def test_every_dialect_says_503_and_recovers(own: OwnServer, database: Database) -> None:
    acme, loop = build(database), asyncio.new_event_loop()
    with running(Settings(), database, acme.clock) as app:
        anna = InProcess(app, loop, acme.tokens["anna"], acme.account.id)
        calls = [
            lambda: anna.get(f"v1/metrics/{acme.revenue}"),
            lambda: anna.get("v1/metrics"),
            lambda: anna.patch(f"v1/metrics/{acme.revenue}", {"description": "again"}),
            lambda: anna.at("/v1").get("cycles"),
        ]
        assert [call().status for call in calls] == [200] * 4
        with away(own):
            for call in calls:
                reply = call()
                assert (reply.status, reply.headers["retry-after"]) == (503, "1")
                assert {reply.json.get("status"), reply.json.get("code")} == {503, None}
                assert "postgres" not in reply.body.decode()
        assert [call().status for call in calls] == [200] * 4
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def test_two_workers_say_503_and_recover(own: OwnServer) -> None:
    with own.database() as url:
        with closing(open_postgresql(url)) as database:
            acme = build(database)
        with serving(url, 2) as server, ExitStack() as stack:
            wires = []
            for worker in server.workers():
                wires.append(stack.enter_context(closing(Live(server.address, acme.tokens["anna"], acme.account.id))))
                with server.only(worker):
                    assert wires[-1].get("v1/metrics").status == 200
            calls = [
                call
                for wire in wires
                for call in (
                    lambda wire=wire: wire.get(f"v1/metrics/{acme.revenue}"),
                    lambda wire=wire: wire.get("v1/metrics"),
                    lambda wire=wire: wire.patch(f"v1/metrics/{acme.revenue}", {"description": "again"}),
                )
            ]
            assert [call().status for call in calls] == [200] * 6
            with away(own):
                assert [(reply.status, reply.headers.get("retry-after")) for reply in (call() for call in calls)] == [
                    (503, "1")
                ] * 6
            assert [call().status for call in calls] == [200] * 6


def test_it_goes_away_and_comes_back_under_load(own: OwnServer) -> None:
    with own.database() as url:
        with closing(open_postgresql(url)) as database:
            acme = build(database)
        with serving(url) as server:
            clients = Clients(server, acme)
            clients.wait_for(100)
            for _ in range(2):
                with away(own):
                    clients.wait_for(20)
                clients.wait_for(100)
            clients.leave()
            said = [line for line in server.said.splitlines() if "cannot be reached" in line]
            assert len(said) == 1
            assert "see that PostgreSQL runs" in said[0]
        assert clients.wrong
        assert {words.split()[0] for words in clients.wrong} == {"503"}
        kept = {entry.id: entry.value for entry in assert_consistent(Stored(acme, url))}
        assert clients.answered.items() <= kept.items()
        assert len(kept) <= len(clients.answered) + len(clients.wrong)


def test_its_disk_is_full(own: OwnServer) -> None:
    with own.small_space() as (place, url):
        with closing(open_postgresql(url)) as database:
            acme = build(database)
        with serving(url) as server, closing(Live(server.address, acme.tokens["anna"], acme.account.id)) as wire:
            path, answered = f"v1/metrics/{acme.revenue}/checkin", {}

            def check_in(value: int) -> int:
                # What cannot be compressed.
                words = "".join(hashlib.sha256(f"{value} {part}".encode()).hexdigest() for part in range(150))
                reply = wire.post(path, {"actual": value, "comment": words})
                if reply.status == 201:
                    answered[reply.json["id"]] = float(value)
                return reply.status

            assert check_in(1) == 201
            with filesystems.filled(place):
                assert {check_in(value) for value in range(2, 200)} <= {201, 507}
                assert check_in(200) == 507
                assert wire.get(f"v1/metrics/{acme.revenue}").status == 200
            assert check_in(201) == 201
            assert "the disk of PostgreSQL is full: make room there" in server.said
        kept = {entry.id: entry.value for entry in assert_consistent(Stored(acme, url))}
        assert kept == answered


def test_a_restart_between_two_calls_goes_unnoticed(own: OwnServer, database: Database) -> None:
    change(database, ADD, id="a")
    with away(own):
        pass
    assert rows(database, "SELECT id FROM accounts") == [("a",)]
    with away(own):
        pass
    with database.transaction():
        change(database, ADD, id="b")
    with away(own):
        pass
    with database.reading():
        assert rows(database, "SELECT id FROM accounts ORDER BY id") == [("a",), ("b",)]


def test_what_the_server_takes_down_with_it_has_not_happened(own: OwnServer, database: Database) -> None:
    with pytest.raises(Unavailable), database.transaction():
        change(database, ADD, id="a")
        with away(own):
            pass
        change(database, ADD, id="b")
    assert rows(database, "SELECT id FROM accounts") == []


def test_a_batch_fails_as_a_whole_where_its_connection_breaks(own: OwnServer, database: Database) -> None:
    writer = Writer(database)

    def broken() -> None:
        change(database, ADD, id="a")
        with away(own):
            pass
        change(database, ADD, id="b")

    with pytest.raises(Unavailable):
        writer.submit(broken, "a").result(30)
    assert writer.submit(lambda: change(database, ADD, id="c"), "c").result(30) == 1
    writer.close()
    assert rows(database, "SELECT id FROM accounts") == [("c",)]


def test_a_copy_is_never_taken_for_the_database(own: OwnServer, database: Database) -> None:
    with pytest.raises(Unavailable), database.scratch() as copy:
        with away(own):
            pass
        change(copy, ADD, id="a")
    assert rows(database, "SELECT id FROM accounts") == []
