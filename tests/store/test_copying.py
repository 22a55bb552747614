"""Copying a whole database into another one, of each engine into each: every value, of one moment, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from sqlalchemy import BigInteger, Column, Double, Integer, Table, bindparam, insert, select

from acme import build
from engines import ENGINES, change, rows
from milepost import app
from milepost.actions import check_ins
from milepost.domain.check_in import Entry
from milepost.store import copying
from milepost.store.copying import CannotCopy, copy
from milepost.store.engine import Database, SqliteDatabase, Statement
from milepost.store.migrate import HEAD, CannotOpen
from milepost.store.schema import metadata
from postgresql import Server

LIMIT = 20.0
PAIRS = [(one, other) for one in ENGINES for other in ENGINES]
TABLES = metadata.sorted_tables
Pair = tuple[Database, Database]

# What has been mistaken for something else before: by COPY, by JSON, by collations and by terminals.
ODD = (
    "", "\\N", "\\.", "\t\r\n\v", "a\\b\"c'd", "{}", "\x01\x7f", "\uffff", "\U0010ffff", "👩\u200d👧", "é", "e\u0301"
)  # fmt: skip
TEXTS = st.sampled_from(ODD) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
NUMBERS = st.sampled_from([-0.0, 5e-324, 1e308, 0.1 + 0.2]) | st.floats(allow_nan=False, allow_infinity=False)


class New:
    """Makes databases: `new("sqlite")`. Their addresses are in `urls`."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest, stack: ExitStack) -> None:
        self._folder = folder
        self._request = request
        self._stack = stack
        self.urls: list[str] = []

    def __call__(self, engine: str) -> Database:
        if engine == ENGINES[0]:
            url = f"sqlite:///{self._folder}/{len(self.urls)}.db"
        else:
            server: Server = self._request.getfixturevalue("postgresql_server")
            url = self._stack.enter_context(server.database())
        self.urls.append(url)
        return self._stack.enter_context(closing(app.database(url)))


@pytest.fixture
def new(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[New]:
    with ExitStack() as stack:
        yield New(tmp_path, request, stack)


@pytest.fixture(params=PAIRS, ids="-".join)
def pair(new: New, request: pytest.FixtureRequest) -> Pair:
    """Two empty databases: of one kind the first, of the same or the other the second."""
    return new(request.param[0]), new(request.param[1])


def everything(database: Database) -> dict[str, list[str]]:
    """Every row of every table, spelled so that 0.0, -0.0 and 0 are three values."""
    queries = {table.name: Statement(select(*table.c).order_by(*table.primary_key)) for table in TABLES}
    return {name: [repr(tuple(row)) for row in database.all(query, {})] for name, query in queries.items()}


def is_empty(database: Database) -> bool:
    return not any(everything(database).values())


def test_a_company_is_copied_whole(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "CHUNK", 3)
    source, target = pair
    build(source)
    before = everything(source)
    copied = copy(source, target)
    assert everything(source) == before
    assert everything(target) == before
    assert {one.table: one.rows for one in copied.tables} == {name: len(found) for name, found in before.items()}
    assert copied.missed == 0


def test_the_copy_is_a_database_of_its_own(pair: Pair) -> None:
    source, target = pair
    acme = build(source)
    copy(source, target)
    before = everything(source)
    in_copy = msgspec.structs.replace(acme.context(acme.anna), database=target)
    assert check_ins.record(in_copy, acme.revenue, Entry(value=7.0))[0].current == 7.0
    assert everything(source) == before


@st.composite
def contents(draw: DrawFn) -> dict[Table, list[dict[str, Any]]]:
    """Rows of every table: any value that its column can hold, but keys that are their own and references that lead
    somewhere.
    """
    made: dict[Table, list[dict[str, Any]]] = {}
    for table in TABLES:
        unique = [table.primary_key.columns.keys()]
        unique += [index.columns.keys() for index in table.indexes if index.unique]
        taken: set[Any] = set()
        made[table] = []
        for _ in range(draw(st.integers(0 if table.foreign_keys else 1, 2))):
            row = {column.name: draw(value(column)) for column in table.columns}
            (reference,) = table.foreign_key_constraints or (None,)
            if reference is not None:
                parents = made[reference.referred_table]
                if not parents:
                    break
                parent = draw(st.sampled_from(parents))
                row.update({one.parent.name: parent[one.column.name] for one in reference.elements})
            keys = {(number, *(row[name] for name in names)) for number, names in enumerate(unique)}
            if not keys & taken:
                taken |= keys
                made[table].append(row)
    return made


def value(column: Column[Any]) -> SearchStrategy[Any]:
    """Any value that a column can hold."""
    if isinstance(column.type, Double):
        known: SearchStrategy[Any] = NUMBERS
    elif isinstance(column.type, Integer):
        bits = 63 if isinstance(column.type, BigInteger) else 31
        known = st.integers(-(2**bits), 2**bits - 1)
    else:
        known = TEXTS
    return st.none() | known if column.nullable else known


@settings(max_examples=20)
@given(found=st.data())
def test_any_row_comes_back_as_it_was(there_and_back: list[Database], found: st.DataObject) -> None:
    for database in there_and_back:
        with database.transaction():
            for table in reversed(TABLES):
                change(database, f"DELETE FROM {table.name}")
    first, second, third = there_and_back
    with first.transaction():
        for table, made in found.draw(contents()).items():
            names = {column.name: bindparam(column.name) for column in table.columns}
            first.run_many(Statement(insert(table).values(names)), made)
    copy(first, second)
    copy(second, third)
    assert everything(first) == everything(second) == everything(third)


@pytest.fixture
def there_and_back(new: New) -> list[Database]:
    """A file, a server's database, and a file again."""
    return [new(ENGINES[0]), new(ENGINES[1]), new(ENGINES[0])]


def test_a_server_keeps_the_sign_of_zero_and_a_file_does_not(new: New) -> None:
    first, second, third = new(ENGINES[1]), new(ENGINES[1]), new(ENGINES[0])
    acme = build(first)
    change(first, "UPDATE key_results SET current_value = '-0.0' WHERE id = :id", id=acme.revenue)
    copy(first, second)
    copy(first, third)
    found = "SELECT current_value FROM key_results WHERE id = :id"
    assert [repr(rows(one, found, id=acme.revenue)[0][0]) for one in (second, third)] == ["-0.0", "0.0"]


def test_numbers_are_read_to_their_last_digit_whatever_a_server_is_set_to(postgresql_server: Server) -> None:
    with postgresql_server.database() as url:
        postgresql_server.run(f"ALTER DATABASE {url.rpartition('/')[2]} SET extra_float_digits = 0")
        with closing(app.database(url)) as database:
            assert rows(database, "SELECT CAST(0.1 AS float8) + CAST(0.2 AS float8)") == [(0.1 + 0.2,)]


def test_what_is_written_meanwhile_is_not_held_up_and_does_not_come_along(pair: Pair) -> None:
    source, target = pair
    acme = build(source)
    before = everything(source)

    def meanwhile(what: str, done: int, _total: int) -> None:
        if what == "copied" and not done:
            with ThreadPoolExecutor(1) as other:
                other.submit(check_ins.record, acme.context(acme.anna), acme.revenue, Entry(value=7.0)).result(LIMIT)

    copied = copy(source, target, meanwhile)
    assert everything(target) == before != everything(source)
    assert copied.missed == 1


def test_only_an_empty_database_becomes_a_copy(pair: Pair) -> None:
    source, target = pair
    build(source)
    change(target, "INSERT INTO accounts VALUES ('theirs', 'Theirs', '', 'active', 0, '{}', 7)")
    before = everything(target)
    with pytest.raises(CannotCopy, match=r"there are rows in accounts already, and only an empty database"):
        copy(source, target)
    assert everything(target) == before


def test_a_file_is_not_copied_into_itself(tmp_path: Path) -> None:
    with closing(app.database(f"sqlite:///{tmp_path}/okr.db")) as database:
        (tmp_path / "link.db").symlink_to(tmp_path / "okr.db")
        with (
            closing(app.database(f"sqlite:///{tmp_path}/link.db")) as again,
            pytest.raises(CannotCopy, match="cannot be copied into itself: name two databases"),
        ):
            copy(database, again)


def test_a_server_s_database_is_not_copied_into_itself_but_may_be_into_another_schema(
    postgresql_server: Server,
) -> None:
    with postgresql_server.database() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE SCHEMA okr")
        with (
            closing(app.database(url)) as database,
            closing(app.database(f"{url}?application_name=other")) as again,
            closing(app.database(f"{url}?options=-csearch_path%3Dokr")) as other,
        ):
            build(database)
            with pytest.raises(CannotCopy, match="cannot be copied into itself"):
                copy(database, again)
            copy(database, other)
            assert everything(database) == everything(other)


@pytest.mark.parametrize("moment", ["copied", "verified"])
def test_an_interrupted_copy_leaves_nothing(pair: Pair, moment: str) -> None:
    source, target = pair
    build(source)

    def interrupted(what: str, done: int, _total: int) -> None:
        if what == moment and done:
            raise KeyboardInterrupt

    with pytest.raises(CannotCopy, match=r"interrupted: nothing was copied, and .* is as empty as before"):
        copy(source, target, interrupted)
    assert is_empty(target)
    copy(source, target)
    assert everything(source) == everything(target)


@pytest.mark.parametrize("lost", [0, 1], ids=["source", "target"])
def test_a_server_that_goes_away_leaves_nothing(new: New, postgresql_server: Server, lost: int) -> None:
    pair = new(ENGINES[1]), new(ENGINES[1])
    build(pair[0])
    name = pair[lost].place.rpartition("/")[2]

    def gone(what: str, done: int, _total: int) -> None:
        if what == "copied" and done:
            postgresql_server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    with pytest.raises(CannotCopy, match=rf"{name} cannot do this: .*; see to that, then copy again"):
        copy(*pair, gone)
    assert is_empty(pair[1])


TAMPERING = {
    "sqlite": "CREATE TRIGGER meddle AFTER INSERT ON users WHEN NEW.id = '{id}' BEGIN {does}; END",
    "postgresql": """CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does}; RETURN NULL; END $$;
        CREATE TRIGGER meddle AFTER INSERT ON users FOR EACH ROW WHEN (NEW.id = '{id}') EXECUTE FUNCTION meddle()""",
}


# What the trigger does to Vera's row, and what is told of her id in which table.
MEDDLED = {
    "UPDATE users SET name = name || '.', role = 'admin' WHERE id = NEW.id": (
        "users", "is not the same in the copy, in name, role. Nothing was kept"
    ),
    "DELETE FROM users WHERE id = NEW.id": ("users", "is missing in the copy. Nothing was kept"),
    "INSERT INTO teams SELECT account_id, id, '', '', '', '', '', '', '', 0, 0, '' FROM users WHERE id = NEW.id": (
        "teams", "is in the copy alone. Nothing was kept"
    ),
}  # fmt: skip


@pytest.mark.parametrize("does", MEDDLED, ids=lambda does: does.partition(" ")[0])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_copy_that_is_otherwise_is_found_out(new: New, engine: str, does: str) -> None:
    source, target = new(ENGINES[0]), new(engine)
    acme = build(source)
    change(source, "DELETE FROM tokens WHERE user_id = :id", id=acme.vera.id)  # or she could not be missed
    trigger = TAMPERING[engine].format(does=does, id=acme.vera.id)
    if isinstance(target, SqliteDatabase):
        target.connection.execute(trigger)
    else:
        change(target, trigger)
    with pytest.raises(CannotCopy) as caught:
        copy(source, target)
    table, told = MEDDLED[does]
    key = f"account_id {acme.account.id}, id {acme.vera.id}"
    assert str(caught.value).startswith(f"{target.place}: {table} at {key} {told}")
    assert is_empty(target)


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("name", "'a' || char(0) || 'b'", "a text with a NUL in it"),
        ("due_at", "'soon'", "no whole number"),
        ("due_at", "1.5", "no whole number"),
        ("position", "2147483648", "a number that is too large"),
        ("weight", "'heavy'", "no number"),
    ],
)
def test_a_value_that_no_server_takes_is_named(new: New, column: str, value: str, what: str) -> None:
    source, target, other = new(ENGINES[0]), new(ENGINES[1]), new(ENGINES[0])
    acme = build(source)
    change(source, f"UPDATE key_results SET {column} = {value} WHERE id = :id", id=acme.revenue)
    place = f"key_results at account_id {acme.account.id}, id {acme.revenue}: {column} holds {what}, which"
    with pytest.raises(CannotCopy, match=f"{source.place}: {place} {target.place} does not take. Nothing was kept"):
        copy(source, target)
    assert is_empty(target)
    copy(source, other)
    assert everything(source) == everything(other)


def test_a_blob_is_not_taken_for_its_spelling(new: New) -> None:
    source, target = new(ENGINES[0]), new(ENGINES[1])
    acme = build(source)
    change(source, "UPDATE key_results SET name = x'00ff' WHERE id = :id", id=acme.revenue)
    with pytest.raises(CannotCopy, match=f"{acme.revenue} is not the same in the copy, in name"):
        copy(source, target)
    assert is_empty(target)


def test_a_row_without_what_it_refers_to_is_named(new: New) -> None:
    source, target = new(ENGINES[0]), new(ENGINES[1])
    acme = build(source)
    assert isinstance(source, SqliteDatabase)
    source.connection.execute("PRAGMA foreign_keys = OFF")
    change(source, "DELETE FROM objectives WHERE id = :id", id=acme.growth)
    with pytest.raises(CannotCopy, match=f"does not take what {source.place} holds in key_results: .*{acme.growth}"):
        copy(source, target)
    assert is_empty(target)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("make", [True, False])
def test_an_older_database_is_left_as_it_is(new: New, tmp_path: Path, engine: str, make: bool) -> None:
    database = new(engine)
    change(database, "UPDATE alembic_version SET version_num = '0007'")
    url = new.urls[-1]
    with pytest.raises(CannotOpen, match=rf"version 0007, older than {HEAD}, .*`milepost account list --database`"):
        app.database(url, make=make, upgrade=False)
    assert rows(database, "SELECT version_num FROM alembic_version") == [("0007",)]
    assert rows(database, "SELECT count(*) FROM cycles") == [(0,)], "it was not touched"
