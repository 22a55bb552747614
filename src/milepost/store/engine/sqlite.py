"""SQLite behind the store: one connection a thread, write-ahead log, durable commits.

The only writer lock is SQLite's own; `turn` sees to it that no process waits for it in vain. A transaction inside a
transaction is a savepoint, so that an action need not know whether it is one of a batch.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sqlalchemy import Table

from milepost.store.engine import sqlite_file
from milepost.store.engine.budget import More, steps
from milepost.store.engine.checkpoints import AT_MOST, checkpoints
from milepost.store.engine.claims import Claims
from milepost.store.engine.database import Database
from milepost.store.engine.memory import Memory
from milepost.store.engine.statement import SQLITE, Statement
from milepost.store.engine.turn import Turn, begin

# The place in the memory, beside those of tables, for values of `remembered`.
_REMEMBERED = "remembered"

T = TypeVar("T")


class _Mine(threading.local):
    """The state of each thread. `version`: that of the database when `memory` was filled. `reads`: it is in a
    transaction that only reads; `seen`: the version has been asked for in it. `written`: the cache of a transaction
    that writes.
    """

    connection: sqlite3.Connection | None = None
    turn: Turn
    version: tuple[int, int] | None = None
    reads = False
    seen = False
    written: Memory | None = None

    def __init__(self) -> None:
        self.memory = Memory()


class SqliteDatabase(Database):
    """An embedded database in one file. `sealed`: nobody changes the file, not even this program; nothing is created
    beside it, and a log beside it is ignored.
    """

    is_embedded = True
    # Threads beyond the cores only take turns; reads hold the interpreter's lock little.
    readers = 2
    signs_zero = False

    def __init__(self, path: Path, *, sealed: bool = False) -> None:
        self.path = path
        self._sealed = sealed
        self._mine = _Mine()
        self._claims = Claims(path)
        self._opened: list[sqlite3.Connection | Turn] = []
        self._lock = threading.Lock()
        self._log: int | None = None

    @property
    def place(self) -> str:
        """The whole path of the file."""
        return str(self.path.resolve())

    @property
    def file(self) -> Path:
        """The file."""
        return self.path

    @property
    def identity(self) -> Hashable:
        """The file itself, whatever links lead to it."""
        standing = os.stat(self.path)
        return (standing.st_dev, standing.st_ino)

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, opened when first asked for."""
        connection = self._mine.connection
        if connection is None:

            def connect() -> sqlite3.Connection:
                return sqlite_file.connected(self.path, self._log, sealed=self._sealed)

            connection = self._mine.connection = connect() if self._log is None else self._writing(connect)
            self._mine.turn = Turn(self.path)
            with self._lock:
                self._opened += (connection, self._mine.turn)
        return connection

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            for one in self._opened:
                one.close()
            self._opened.clear()
        self._claims.close()
        self._mine = _Mine()

    def require_writable(self) -> None:
        """Raises SQLite's read-only error where this user cannot write to the file.

        For a server: while a process has one connection that was opened read-only, none of its others can write, even
        after the permissions are put right.
        """
        sqlite_file.require_writable(self.path)

    def _checkpointing(self) -> sqlite3.Connection:
        def connect() -> sqlite3.Connection:
            made = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            # Its first read makes the log, with the rights that the file has then: now, not some time later.
            with suppress(sqlite3.Error):
                made.execute("PRAGMA schema_version").fetchone()
            return made

        return self._writing(connect)

    def _writing(self, connect: Callable[[], sqlite3.Connection]) -> sqlite3.Connection:
        """A connection that can write; it is asked once more when it is open, since the file may just have changed."""
        self.require_writable()
        connection = connect()
        try:
            self.require_writable()
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def upkeep(self) -> Iterator[None]:
        """Keeps the log short beside the changes; only for connections that are opened from now on."""
        with checkpoints(self.path, self._checkpointing):
            self._log = AT_MOST
            try:
                yield
            finally:
                self._log = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: a write transaction, or a savepoint inside the one that this thread has open."""
        connection, mine = self.connection, self._mine
        if mine.reads:
            raise RuntimeError("a reading changes nothing: the transaction has to be around it")
        is_outermost = not connection.in_transaction
        if is_outermost:
            begin(connection, mine.turn)
            mine.written = Memory()
            commit, rollback = "COMMIT", "ROLLBACK"
        else:
            connection.execute("SAVEPOINT step")
            commit, rollback = "RELEASE step", "ROLLBACK TO step; RELEASE step"
        try:
            yield
            connection.execute(commit)
        except BaseException:
            if mine.written is not None:
                mine.written.forget()
            _undo(connection, rollback)
            raise
        finally:
            if is_outermost:
                mine.written = None
                if connection.in_transaction:
                    self._drop(connection)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Several reads of one and the same state."""
        connection = self.connection
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN")
        mine = self._mine
        mine.reads = True
        try:
            yield
        finally:
            mine.reads = mine.seen = False
            if connection.in_transaction:  # an input/output error may have ended it
                connection.execute("COMMIT")

    def budget(self) -> AbstractContextManager[More]:
        """Abort statements that take too many steps, counted together."""
        return steps(self.connection)

    @contextmanager
    def scratch(self) -> Iterator[SqliteDatabase]:
        """A copy to try something on, thrown away afterwards. This database is neither changed nor held up by it."""
        with (
            TemporaryDirectory(prefix="milepost-scratch-") as folder,
            closing(SqliteDatabase(Path(folder) / "copy.db")) as copy,
        ):
            self.connection.backup(copy.connection)
            copy.connection.execute("PRAGMA synchronous = OFF")
            yield copy

    @property
    def in_transaction(self) -> bool:
        """Whether this thread has a transaction open."""
        connection = self._mine.connection
        return connection is not None and connection.in_transaction

    def claim(self, name: str) -> AbstractContextManager[bool]:
        """Claim a name; false where somebody else has, in any process that has the file open."""
        return self._claims.claim(name)

    def memory(self) -> Memory | None:
        """This thread's cache, which is replaced after any commit or change."""
        mine = self._mine
        connection = mine.connection or self.connection
        if connection.in_transaction and not mine.reads:
            return mine.written
        if not mine.seen:  # nothing changes before a reading ends
            # data_version tells of commits by others. Asking begins a reading's snapshot, if nothing was read yet.
            version = (connection.execute("PRAGMA data_version").fetchone()[0], connection.total_changes)
            if mine.version != version:
                mine.memory, mine.version = Memory(), version
            mine.seen = mine.reads
        return mine.memory

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` reads, kept by this thread until anybody commits anything: never older than the database."""
        if self.connection.in_transaction or (memory := self.memory()) is None:
            return make()
        kept = memory.of(_REMEMBERED)
        if key not in kept:
            kept[key] = make()
        value: T = kept[key]
        return value

    def one(self, statement: Statement, values: Mapping[str, Any]) -> Any:
        """The first row, or `None`."""
        text = statement.on(SQLITE)
        return (self._mine.connection or self.connection).execute(text.sql, text.bind(values)).fetchone()

    def all(self, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        """Every row."""
        text = statement.on(SQLITE)
        return self.connection.execute(text.sql, text.bind(values)).fetchall()

    def chunks(self, statement: Statement, values: Mapping[str, Any], size: int) -> Iterator[list[Any]]:
        """The rows in lists of at most `size`, read as they are asked for."""
        text = statement.on(SQLITE)
        cursor = self.connection.execute(text.sql, text.bind(values))
        while rows := cursor.fetchmany(size):
            yield rows

    def run(self, statement: Statement, values: Mapping[str, Any]) -> int:
        """The number of rows that a change touched."""
        text = statement.on(SQLITE)
        touched = self.connection.execute(text.sql, text.bind(values)).rowcount
        self._forget(text.changes)
        return touched

    def run_many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """The same change for every row of values."""
        text = statement.on(SQLITE)
        self.connection.executemany(text.sql, [text.bind(row) for row in rows])
        self._forget(text.changes)

    def _drop(self, connection: sqlite3.Connection) -> None:
        """Have this thread open another connection next time, since not even a rollback was possible on this one."""
        mine = self._mine
        mine.connection, mine.version = None, None
        with self._lock:
            self._opened = [one for one in self._opened if one is not connection and one is not mine.turn]
        mine.turn.close()
        connection.close()

    def _forget(self, table: str) -> None:
        written = self._mine.written
        if written is not None:
            written.forget(table)

    def load(self, table: Table, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows, with every column in the table's order."""
        names = ", ".join(f'"{name}"' for name, _ in table.columns.items())
        places = ", ".join("?" for _ in table.columns)
        self.connection.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({places})", rows)
        self._forget(table.name)

    def settle(self, tables: Iterable[Table]) -> None:
        """Nothing: SQLite plans by the indexes alone."""

    def scrub(self) -> bool:
        """Write the whole file anew, and empty the log; false where somebody reads it for too long."""
        connection = self.connection
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("VACUUM")
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy


def _undo(connection: sqlite3.Connection, rollback: str) -> None:
    """Roll back to where a transaction or a savepoint began; where that fails, the whole transaction, so that no part
    of a change is left in it. A full disk may have rolled back everything already.
    """
    if not connection.in_transaction:
        return
    try:
        for statement in rollback.split("; "):
            connection.execute(statement)
    except sqlite3.Error:
        connection.rollback()
