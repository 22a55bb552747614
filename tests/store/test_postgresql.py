"""PostgreSQL alone: who waits for whom, what columns mean, and which databases are opened."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from acme import build
from engines import change, rows
from milepost import app
from milepost.actions import accounts, check_ins, key_results
from milepost.cli.first_company import COMPANY
from milepost.domain.check_in import Entry
from milepost.domain.key_result import KeyResult
from milepost.domain.query import Query
from milepost.store import accounts as stored_accounts
from milepost.store.engine import Database, EngineError, OverBudget, Statement, Unavailable, Writer, budget
from milepost.store.engine.postgresql.locks import NONE
from milepost.store.migrate import HEAD, CannotOpen
from milepost.store.migrate_postgresql import open_postgresql
from milepost.store.schema import metadata
from postgresql import OwnServer, Server

LIMIT = 20.0


@pytest.fixture
def url(postgresql_server: Server) -> Iterator[str]:
    """The address of an empty database at this program's version."""
    with postgresql_server.database() as found:
        yield found


@pytest.fixture
def empty(postgresql_server: Server) -> Iterator[str]:
    """The address of a database without tables."""
    with postgresql_server.database(empty=True) as found:
        yield found


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    with closing(open_postgresql(url)) as found:
        yield found


def at_once(*works: Any) -> list[Any]:
    """What these return, begun in the same moment, each on a thread of its own."""
    together = threading.Barrier(len(works))

    def one(work: Any) -> Any:
        together.wait(LIMIT)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def test_processes_that_check_in_at_once_lose_nothing(url: str) -> None:
    servers = [open_postgresql(url) for _ in range(4)]
    acme = build(servers[0])

    def work(database: Database) -> None:
        context = msgspec.structs.replace(acme.context(acme.anna), database=database)
        for value in range(15):
            check_ins.record(context, acme.revenue, Entry(value=float(value)))

    at_once(*(lambda database=database: work(database) for database in servers))
    standing = key_results.find(acme.context(acme.anna), acme.revenue)
    assert standing.check_in_count == 60
    trail = rows(servers[0], "SELECT number FROM audit WHERE account_id = :a ORDER BY number", a=acme.account.id)
    assert [number for (number,) in trail] == list(range(1, len(trail) + 1))
    for database in servers:
        database.close()


def test_of_servers_that_start_at_once_one_makes_the_company(url: str) -> None:
    servers = [open_postgresql(url) for _ in range(4)]

    def start(database: Database) -> None:
        with database.transaction():
            if not accounts.everyone(database):
                accounts.add(database, app.clock, COMPANY)

    at_once(*(lambda database=database: start(database) for database in servers))
    assert len(stored_accounts.everyone(servers[0])) == 1
    for database in servers:
        database.close()


def test_an_account_is_not_held_up_by_another(database: Database) -> None:
    acme = build(database)
    with database.transaction():
        check_ins.record(acme.context(acme.anna), acme.revenue, Entry(value=1.0))
        with ThreadPoolExecutor(1) as other:
            theirs = other.submit(check_ins.record, acme.context(acme.rita), acme.rival_key_result, Entry(value=2.0))
            assert theirs.result(LIMIT)[0].current == 2.0


def test_a_change_does_not_wait_for_its_account_for_ever(url: str, database: Database) -> None:
    acme = build(database)
    impatient = open_postgresql(f"{url}?options=-clock_timeout%3D100ms")
    with closing(impatient), database.transaction():
        check_ins.record(acme.context(acme.anna), acme.revenue, Entry(value=1.0))
        with ThreadPoolExecutor(1) as other:
            waiting = other.submit(held_up, impatient, acme.account.id)
            with pytest.raises(Unavailable):
                waiting.result(LIMIT)


def held_up(database: Database, account_id: str) -> None:
    """A change of an account that another transaction holds."""
    with database.transaction():
        change(database, "UPDATE accounts SET name = 'Other' WHERE id = :account", account=account_id)


@pytest.mark.parametrize(("options", "limit"), [("", "15s"), ("?options=-clock_timeout%3D1min", "1min")])
def test_an_address_may_say_how_long_to_wait(url: str, options: str, limit: str) -> None:
    with closing(open_postgresql(url + options)) as database:
        assert rows(database, "SELECT current_setting('lock_timeout')") == [(limit,)]


def test_a_schema_that_is_not_there_is_named_as_the_fault(empty: str) -> None:
    with pytest.raises(CannotOpen, match="CREATE SCHEMA"):
        open_postgresql(f"{empty}?options=-csearch_path%3Dnowhere")


def test_a_lock_goes_with_its_savepoint_and_is_taken_again(database: Database) -> None:
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND :account = 'a'"
    with database.transaction():
        with pytest.raises(EngineError), database.transaction():
            assert rows(database, held, account="a") == [(2,)]
            change(database, "INSERT INTO accounts (id) VALUES (:account)", account="a")
        assert rows(database, held, account="a") == [(2,)]


def test_writers_of_several_processes_never_wait_for_each_other_for_good(url: str) -> None:
    with closing(open_postgresql(url)) as database:
        acme = build(database)
    contexts = [(acme.context(acme.anna), acme.revenue), (acme.context(acme.rita), acme.rival_key_result)]

    def work(order: int) -> list[KeyResult]:
        with closing(open_postgresql(url)) as database:
            writer = Writer(database)
            futures = []
            for _ in range(40):
                for context, key_result in contexts[::order]:
                    acting = msgspec.structs.replace(context, database=database)
                    record = partial(check_ins.record, acting, key_result, Entry(value=1.0))
                    futures.append(writer.submit(record, context.account_id))
            writer.close()
            return [future.result(0)[0] for future in futures]

    forth, back = at_once(lambda: work(1), lambda: work(-1))
    assert max(one.check_in_count for one in forth + back) == 80


def test_an_embedded_server_does_not_load_the_driver(tmp_path: Path) -> None:
    program = (
        "import sys; from milepost import app; from milepost.config import Settings\n"
        "with app.running(Settings(), app.database(f'sqlite:///{sys.argv[1]}/okr.db')): print(*sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, check=True, text=True)
    loaded = {name.partition(".")[0] for name in found.stdout.split()}
    assert "sqlite3" in loaded
    assert "psycopg" not in loaded


def test_locks_are_the_same_in_every_process_and_version() -> None:
    everything, command = NONE.with_one(None)
    assert everything.cover("a")
    assert everything.cover(None)
    assert command == "SELECT pg_advisory_xact_lock(5825976779751617821)"
    one, command = NONE.with_one("a")
    assert (one.cover("a"), one.cover("b"), one.cover(None)) == (True, False, False)
    shared, own = 5825976779751617821, 2803082847392661073
    assert command == f"SELECT pg_advisory_xact_lock_shared({shared}); SELECT pg_advisory_xact_lock({own})"


def test_a_failed_statement_that_nobody_minded_is_not_committed_in_silence(database: Database) -> None:
    with pytest.raises(EngineError, match="a statement failed"), database.transaction():
        change(database, "INSERT INTO accounts VALUES ('a', '', '', 'active', 0, '{}', 7)")
        with pytest.raises(EngineError):
            change(database, "INSERT INTO accounts VALUES ('a', '', '', 'active', 0, '{}', 7)")
    assert rows(database, "SELECT id FROM accounts") == []


ONE, TWO = Statement(text("SELECT 1 UNION SELECT 2")), Statement(text("SELECT CAST(:asked AS text)"))


@pytest.mark.parametrize("context", ["reading", "transaction", "nothing"])
def test_several_statements_are_asked_together(database: Database, context: str) -> None:
    contexts = {"reading": database.reading, "transaction": database.transaction, "nothing": nullcontext}
    with contexts[context]():
        assert database.each([]) == []
        assert database.each([(ONE, {}), (TWO, {"asked": "a\0"})]) == [[(1,), (2,)], [("a\x01\uffff",)]]
        assert database.each([(TWO, {"asked": "b"})]) == [[("b",)]]
    assert database.each([(TWO, {"asked": "c"})]) == [[("c",)]]


def test_statements_that_are_asked_together_see_one_state(database: Database, url: str) -> None:
    count = Statement(text("SELECT count(*) FROM accounts"))
    with database.reading():
        assert database.each([(count, {})]) == [[(0,)]]
        with closing(open_postgresql(url)) as other:
            change(other, "INSERT INTO accounts VALUES ('a', '', '', 'active', 0, '{}', 7)")
        assert database.each([(count, {}), (count, {})]) == [[(0,)], [(0,)]]
    assert database.each([(count, {})]) == [[(1,)]]


@pytest.mark.parametrize("place", [0, 1])
def test_one_that_fails_takes_the_reading_with_it_and_nothing_else(database: Database, place: int) -> None:
    asked: list[tuple[Statement, dict[str, Any]]] = [(ONE, {}), (ONE, {})]
    asked[place] = (Statement(text("SELECT 1 / 0")), {})
    with pytest.raises(EngineError, match="division by zero"), database.reading():
        database.each(asked)
    with database.reading():
        assert database.each([(ONE, {})]) == [[(1,), (2,)]]


def test_together_they_have_the_budget_of_a_list(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MILLISECONDS", 100)
    with pytest.raises(OverBudget), database.reading(), database.budget():
        database.each([(ONE, {}), (Statement(text("SELECT pg_sleep(60)")), {})])
    with database.reading():
        assert database.each([(ONE, {})]) == [[(1,), (2,)]]


def test_a_lost_connection_is_replaced_where_a_reading_begins(database: Database, url: str) -> None:
    (mine,) = database.one(Statement(text("SELECT pg_backend_pid()")), {})
    with closing(open_postgresql(url)) as other:
        other.one(Statement(text("SELECT pg_terminate_backend(:pid)")), {"pid": mine})
    with database.reading():
        assert database.each([(ONE, {}), (ONE, {})]) == [[(1,), (2,)]] * 2


def test_a_list_takes_three_round_trips(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """To a server on another machine each takes as long as all that it does for the list."""
    acme = build(database)
    context = acme.context(acme.anna)
    trips: list[str] = []
    for name in ("execute", "pipeline"):
        monkeypatch.setattr(psycopg.Connection, name, counted(getattr(psycopg.Connection, name), name, trips))
    assert key_results.list_(context, Query(limit=2)).items
    # What is executed within a pipeline is sent with it.
    assert trips == ["pipeline", *["execute"] * 3, "pipeline", *["execute"] * 3, "execute"]


def counted(method: Callable[..., Any], name: str, trips: list[str]) -> Callable[..., Any]:
    def call(*args: Any, **options: Any) -> Any:
        trips.append(name)
        return method(*args, **options)

    return call


def test_every_text_column_is_sorted_by_code_point(database: Database) -> None:
    query = (
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
    )
    assert rows(database, query) == []


def test_the_migrations_make_the_tables_that_the_schema_says(url: str) -> None:
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_several_who_open_a_new_database_at_once_make_its_tables_once(empty: str) -> None:
    for database in at_once(*[lambda: open_postgresql(empty)] * 3):
        assert rows(database, "SELECT version_num FROM alembic_version") == [(HEAD,)]
        database.close()


def test_a_database_in_a_schema_of_its_own(empty: str) -> None:
    with psycopg.connect(empty, autocommit=True) as theirs:
        theirs.execute("CREATE TABLE songs (title TEXT)")
        theirs.execute("CREATE SCHEMA okr")
        with closing(open_postgresql(f"{empty}?options=-csearch_path%3Dokr")) as database:
            build(database)
            with database.scratch() as copy:
                assert len(stored_accounts.everyone(copy)) == 2
        assert theirs.execute("SELECT count(*) FROM okr.accounts").fetchone() == (2,)


def test_a_database_without_tables_is_not_made_unless_that_is_meant(empty: str) -> None:
    with pytest.raises(CannotOpen, match="there is nothing in this database yet: start it with `milepost serve`"):
        open_postgresql(empty, make=False)


@pytest.mark.parametrize("table", ["songs", "alembic_version"])
def test_another_program_s_database_is_refused_and_left_alone(empty: str, table: str) -> None:
    with psycopg.connect(empty, autocommit=True) as theirs:
        theirs.execute(f"CREATE TABLE {table} (version_num TEXT)")
        theirs.execute(f"INSERT INTO {table} VALUES ('1975ea83b712')")
        with pytest.raises(CannotOpen, match="there are tables of another program; name a database of Milepost's own"):
            open_postgresql(empty)
        found = theirs.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        assert found.fetchall() == [(table,)]


def test_a_newer_database_is_refused(url: str, database: Database) -> None:
    change(database, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(CannotOpen, match=r"version 9999, newer than this program, .*backup"):
        open_postgresql(url)


def test_a_database_in_another_encoding_is_refused(postgresql_server: Server) -> None:
    name = "milepost_ascii"
    postgresql_server.run(
        f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C' LOCALE_PROVIDER libc"
    )
    try:
        with pytest.raises(CannotOpen, match="encoding is not UTF8"):
            open_postgresql(postgresql_server.at(name))
    finally:
        postgresql_server.run(f"DROP DATABASE {name}")


SECRET = "correct-horse"


def test_who_is_not_let_in_is_told_what_to_do_and_no_password(postgresql_server: Server) -> None:
    if not isinstance(postgresql_server, OwnServer):
        pytest.skip("a server that was given lets in whom it likes")
    at = postgresql_server.at
    wrong = {
        at("secretive", user="milepost", password=SECRET): "see that the address has the right user and password",
        at("nowhere", password=SECRET): 'database "nowhere" does not exist; make it with `createdb`',
        f"postgresql://milepost:{SECRET}@127.0.0.1:1/none": "see that the server runs, and that the address is right",
        f"postgresql://milepost:{SECRET}@[127.0.0.1/none": "with %40 for a @ in the password",
        **{f"postgresql://milepost:{odd}{SECRET}@127.0.0.1/none": "%2F for a /" for odd in ("x/", "x@", "12/", "%")},
    }
    for url, told in wrong.items():
        with pytest.raises(CannotOpen) as caught:
            open_postgresql(url)
        assert told in str(caught.value)
        assert SECRET not in str(caught.value)
        assert caught.value.__cause__ is None
