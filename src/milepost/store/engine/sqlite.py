"""SQLite behind the store: one connection a thread, write-ahead log, durable commits.

The only writer lock is SQLite's own. A transaction inside a transaction is a savepoint, so that an action need not know
whether it is one of a batch.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from milepost.store.engine.database import REMEMBERED, Database
from milepost.store.engine.statement import SQLITE, Statement

# Not temp_store = MEMORY: it keeps the journals of savepoints there, where a change of thousands of records took
# minutes instead of seconds.
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 15000",
    "PRAGMA cache_size = -32768",
)

T = TypeVar("T")


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    try:
        # Connecting reads nothing yet: a file that is no database is found out here.
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    return connection


class SqliteDatabase(Database):
    """An embedded database in one file."""

    is_embedded = True
    # Threads beyond the cores only take turns; reads hold the interpreter's lock little.
    readers = 2

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    @property
    def place(self) -> str:
        """The whole path of the file."""
        return str(self.path.resolve())

    @property
    def file(self) -> Path:
        """The file."""
        return self.path

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, opened when first asked for."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = _connected(self.path)
            self._local.connection = connection
            with self._lock:
                self._opened.append(connection)
        return connection

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
        self._local = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: a write transaction, or a savepoint inside the one that this thread has open."""
        connection = self.connection
        begin, commit, rollback = (
            ("SAVEPOINT step", "RELEASE step", "ROLLBACK TO step; RELEASE step")
            if connection.in_transaction
            else ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
        )
        connection.execute(begin)
        try:
            yield
            connection.execute(commit)
        except BaseException:
            # A full disk may have rolled back everything already; then there is nothing left to undo.
            if connection.in_transaction:
                for statement in rollback.split("; "):
                    connection.execute(statement)
            raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Several reads of one and the same state."""
        connection = self.connection
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN")
        try:
            yield
        finally:
            connection.execute("COMMIT")

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
        return self.connection.in_transaction

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` reads, kept by this thread until anybody commits anything: never older than the database."""
        connection = self.connection
        if connection.in_transaction:
            return make()
        version = (connection.execute("PRAGMA data_version").fetchone()[0], connection.total_changes)
        kept: dict[Hashable, Any] = self._local.__dict__.setdefault("remembered", {})
        if self._local.__dict__.get("version") != version:
            kept.clear()
            self._local.version = version
        if key not in kept:
            if len(kept) >= REMEMBERED:
                del kept[next(iter(kept))]
            kept[key] = make()
        value: T = kept[key]
        return value

    def one(self, statement: Statement, values: Mapping[str, Any]) -> Any:
        """The first row, or `None`."""
        text = statement.on(SQLITE)
        return self.connection.execute(text.sql, text.bind(values)).fetchone()

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
        return self.connection.execute(text.sql, text.bind(values)).rowcount

    def run_many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """The same change for every row of values."""
        text = statement.on(SQLITE)
        self.connection.executemany(text.sql, [text.bind(row) for row in rows])
