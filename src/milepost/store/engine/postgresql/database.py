"""A database of a PostgreSQL server: one connection a thread, and for every account one writer at a time.

A transaction that writes locks each account when a statement first names it, and everything when a statement names
none, so that what it reads stays unchanged until it ends: actions need no locks of their own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, TypeVar

import psycopg
from psycopg import sql
from sqlalchemy import Table, text

from milepost.store.engine import budget as budgets
from milepost.store.engine.budget import Hurried, More, OverBudget
from milepost.store.engine.claims import Claims
from milepost.store.engine.database import Database
from milepost.store.engine.errors import EngineError
from milepost.store.engine.memory import Memory, Recent
from milepost.store.engine.postgresql import line as lines
from milepost.store.engine.postgresql.address import connected, fail, shown
from milepost.store.engine.postgresql.copies import copy_tables
from milepost.store.engine.postgresql.line import Line
from milepost.store.engine.statement import POSTGRESQL, Statement, Text

# The same start, to the microsecond, and the same number of the database mean the same server.
_IDENTITY = Statement(
    text(
        "SELECT CAST(pg_postmaster_start_time() AS text), oid, current_schema()"
        " FROM pg_database WHERE datname = current_database()"
    )
)

_NO_BUDGET = "SET LOCAL statement_timeout TO DEFAULT"

# In place of a NUL: the lowest character that is allowed, and a noncharacter.
_NUL = "\x01\uffff"

T = TypeVar("T")


class PostgresDatabase(Database):
    """A database found by its address. A lost connection is replaced when its thread next needs it."""

    is_embedded = False
    # Readers wait for the server more than they work.
    readers = 6
    signs_zero = True
    file = None

    def __init__(self, url: str) -> None:
        self._url = url
        self._local = threading.local()
        self._opened: set[psycopg.Connection] = set()
        self._lock = threading.Lock()
        self._recent = Recent()
        self._claims = Claims()

    @property
    def place(self) -> str:
        """The address without user and password."""
        return shown(self._url)

    @property
    def identity(self) -> Hashable:
        """The server, and the database and schema there."""
        return tuple(self.one(_IDENTITY, {}))

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            opened, self._opened = self._opened, set()
        for connection in opened:
            connection.close()
        self._local = threading.local()

    @property
    def in_transaction(self) -> bool:
        """Whether this thread has a transaction open."""
        line: Line | None = getattr(self._local, "line", None)
        return line is not None and line.depth > 0 and not line.lost

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing: a write transaction, or a savepoint inside the one that this thread has open."""
        line = self._line()
        return line.savepoint() if line.depth else self._writing(line)

    @contextmanager
    def _writing(self, line: Line) -> Iterator[None]:
        with line.transaction(lines.WRITING):
            yield
        self._recent.forget()

    def claim(self, name: str) -> AbstractContextManager[bool]:
        """Claim a name within this process; `alone` tells of other processes."""
        return self._claims.claim(name)

    def alone(self, name: str, /) -> bool:
        """Whether no other transaction that is still open has asked this for the name."""
        line = self._line()
        try:
            try:
                return line.alone(name)
            except psycopg.Error:
                if not (line.begins and line.lost):
                    raise
                self._replace(line)  # as in `_read`
                return line.alone(name)
        except psycopg.Error as error:
            fail(error)

    def memory(self) -> Memory | None:
        """This thread's cache in its transaction; `None` outside of one, where commits of others go unnoticed."""
        return self._line().memory

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` reads, kept for five seconds at most, and until this process commits something."""
        return make() if self.in_transaction else self._recent.of(key, make)

    def reading(self) -> AbstractContextManager[None]:
        """Several reads of one and the same state."""
        line = self._line()
        return nullcontext() if line.depth else line.transaction(lines.READING)

    @contextmanager
    def budget(self) -> Iterator[More]:
        """Have the server abort statements that take too long."""
        line = self._line()
        line.send_later(f"SET LOCAL statement_timeout = {budgets.MILLISECONDS}")
        try:
            yield lambda _rows: None
        except EngineError as error:  # the transaction has failed, and takes no more
            if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
                raise OverBudget("a statement took too long") from error
            raise
        except BaseException:
            line.send_later(_NO_BUDGET)
            raise
        line.send_later(_NO_BUDGET)

    @contextmanager
    def scratch(self) -> Iterator[Database]:
        """A copy to try something on, thrown away afterwards. Nothing is locked."""
        copy = _Copy(self._url)
        try:
            copy.fill()
            yield copy
        finally:
            copy.close()

    def one(self, statement: Statement, values: Mapping[str, Any]) -> Any:
        """The first row, or `None`."""
        return self._read(statement, values).fetchone()

    def all(self, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        """Every row."""
        return self._read(statement, values).fetchall()

    def each(self, asked: Sequence[tuple[Statement, Mapping[str, Any]]]) -> list[list[Any]]:
        """Every row of each of several statements, in one round trip inside a `reading` or a transaction."""
        line = self._line()
        if not line.depth:
            return [PostgresDatabase.all(self, *one) for one in asked]  # measured as one
        texts = [(statement.on(POSTGRESQL), values) for statement, values in asked]
        queries = [(text.sql, _sayable(text.bind(values))) for text, values in texts]
        try:
            if not line.only_reads:
                for text, values in texts:  # locks, which are waited for
                    self._prepare(line, text, values)
            try:
                return line.each(queries)
            except psycopg.Error:
                if not (line.begins and line.lost):
                    raise
                self._replace(line)  # as in `_read`
                return line.each(queries)
        except psycopg.Error as error:
            fail(error)

    def chunks(self, statement: Statement, values: Mapping[str, Any], size: int) -> Iterator[list[Any]]:
        """The rows in lists of at most `size`, read as they are asked for inside `reading` or a transaction."""
        line, text = self._line(), statement.on(POSTGRESQL)
        try:
            self._prepare(line, text, values)
            # Only a server-side cursor leaves the connection free for other statements between two chunks.
            cursor = line.connection.cursor(f"chunks_{id(values)}") if line.depth else line.connection.cursor()
            try:
                cursor.execute(text.sql, _sayable(text.bind(values)))
                while rows := cursor.fetchmany(size):
                    yield rows
            finally:
                with suppress(psycopg.Error):  # the first error again, or the transaction has ended
                    cursor.close()
        except psycopg.Error as error:
            fail(error)

    def run(self, statement: Statement, values: Mapping[str, Any]) -> int:
        """The number of rows that a change touched."""
        line, text = self._line(), statement.on(POSTGRESQL)
        try:
            self._prepare(line, text, values)
            touched = line.connection.execute(text.sql, text.bind(values)).rowcount
            line.forget(text.changes)
            if not line.depth:
                self._recent.forget()
            return touched
        except psycopg.Error as error:
            fail(error)

    def run_many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """The same change for every row of values."""
        line, text = self._line(), statement.on(POSTGRESQL)
        try:
            for values in rows:
                self._prepare(line, text, values)
            with line.connection.cursor() as cursor:
                cursor.executemany(text.sql, [text.bind(values) for values in rows])
            line.forget(text.changes)
        except psycopg.Error as error:
            fail(error)

    def load(self, table: Table, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, with every column in the table's order."""
        line = self._line()
        names = sql.SQL(", ").join(map(sql.Identifier, table.columns.keys()))
        command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
        try:
            line.hold(None)
            with line.connection.cursor() as cursor, cursor.copy(command) as copy:
                for row in rows:
                    copy.write_row(row)
            line.forget(table.name)
        except psycopg.Error as error:
            fail(error)

    def settle(self, tables: Iterable[Table]) -> None:
        """Have the server update its statistics now: by itself it would within some minutes."""
        names = sql.SQL(", ").join(sql.Identifier(table.name) for table in tables)
        line = self._line()
        try:
            line.hold(None)
            line.connection.execute(sql.SQL("ANALYZE {}").format(names))
        except psycopg.Error as error:
            fail(error)

    def _line(self) -> Line:
        """This thread's line, with a new connection where it has none, or lost it outside of a transaction. `Hurried`
        where this thread has no time to wait for a server.
        """
        if budgets.is_at_once():
            raise Hurried
        line: Line | None = getattr(self._local, "line", None)
        if line is None:
            line = self._local.line = Line(self._connection())
        elif line.lost and not line.depth:
            self._replace(line)
        return line

    def _connection(self) -> psycopg.Connection:
        try:
            connection = connected(self._url)
        except psycopg.Error as error:
            fail(error)
        with self._lock:
            self._opened.add(connection)
        return connection

    def _replace(self, line: Line) -> None:
        with self._lock:
            self._opened.discard(line.connection)
        line.connection.close()
        line.connection = self._connection()

    def _read(self, statement: Statement, values: Mapping[str, Any]) -> psycopg.Cursor:
        line, text = self._line(), statement.on(POSTGRESQL)
        parameters = _sayable(text.bind(values))
        try:
            self._prepare(line, text, values)
            return line.connection.execute(text.sql, parameters)
        except psycopg.Error as error:
            if line.depth or not line.lost:
                fail(error)
        # The server was restarted since this thread's last statement, and nothing has been done yet: try again.
        try:
            return self._line().connection.execute(text.sql, parameters)
        except psycopg.Error as error:
            fail(error)

    def _prepare(self, line: Line, text: Text, values: Mapping[str, Any]) -> None:
        try:
            line.prepare(text, values)
        except psycopg.Error:
            if not (line.begins and line.lost):
                raise
            self._replace(line)  # as in `_read`
            line.prepare(text, values)


class _Copy(PostgresDatabase):
    """Temporary copies of all tables, which hide those of the same name on their connection, in a transaction that is
    never committed. Only for the thread that made them.
    """

    @property
    def place(self) -> str:
        """It is nowhere but on its connection."""
        return f"a copy of {super().place}"

    def fill(self) -> None:
        """Copy every table, as they all stood at one moment."""
        line = self._line()
        # Never reset: from now on every transaction is a savepoint, and a lost connection is not replaced by one on
        # which the names would mean the original tables.
        line.depth = 1
        try:
            line.connection.execute(lines.TRYING)
            copy_tables(line.connection)
        except psycopg.Error as error:
            fail(error)

    def _connection(self) -> psycopg.Connection:
        if self._opened:
            raise RuntimeError("a copy is for the thread that made it")
        return super()._connection()


def _sayable(parameters: tuple[Any, ...]) -> tuple[Any, ...]:
    """The parameters of a query, without the NUL that PostgreSQL's texts cannot hold.

    No stored text has a NUL. Its replacement only has to equal no stored text, and to sort behind the text before it,
    as a NUL would.
    """
    if any(isinstance(one, str) and "\0" in one for one in parameters):
        return tuple([one.replace("\0", _NUL) if isinstance(one, str) else one for one in parameters])
    return parameters
