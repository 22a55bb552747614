"""One thread's connection, and how deep in transactions it is.

Commands that begin or end transactions and savepoints are sent together with the next statement, to save round trips;
where none follows, they are not sent at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from milepost.store.engine.errors import EngineError
from milepost.store.engine.memory import Memory
from milepost.store.engine.postgresql.address import fail
from milepost.store.engine.postgresql.locks import NONE, lock_number
from milepost.store.engine.statement import Text

WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED"
READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# For a temporary copy: nobody else sees it, and it locks nothing.
TRYING = "BEGIN ISOLATION LEVEL REPEATABLE READ"


class Line:
    """`depth`: how many transactions and savepoints are open. `lost`: the connection is of no use any more. `memory`:
    what was read in the transaction, which nobody else can have changed since.
    """

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        self.depth = 0
        self._kind = ""
        # The commands to send before the next statement, and how often something was sent.
        self._pending: list[str] = []
        self._sent = 0
        self._locks = NONE
        self.memory: Memory | None = None

    @property
    def lost(self) -> bool:
        return self.connection.closed

    @property
    def begins(self) -> bool:
        """Whether a transaction is open that the server does not know of yet."""
        return self.depth > 0 and not self._sent

    @property
    def only_reads(self) -> bool:
        """Whether a transaction is open that changes nothing, and needs no locks."""
        return self.depth > 0 and self._kind == READING

    def each(self, queries: Sequence[tuple[str, tuple[Any, ...]]]) -> list[list[Any]]:
        """The rows of each query, in one round trip with what is pending. In a transaction that writes, call `prepare`
        for each before.
        """
        if not psycopg.Pipeline.is_supported():  # by an old library of the system
            return [self._alone(*query) for query in queries]
        connection = self.connection
        try:
            with connection.pipeline():
                for command in self._pending:
                    connection.execute(command)
                cursors = [connection.execute(*query) for query in queries]
        except psycopg.Error:
            # Were the server to have heard of it, the transaction has failed, and takes nothing but its end.
            if connection.info.transaction_status is TransactionStatus.INERROR:
                self._pending, self._sent = [], self._sent + 1
            raise
        self._pending, self._sent = [], self._sent + 1
        return [cursor.fetchall() for cursor in cursors]

    def prepare(self, text: Text, values: Mapping[str, Any]) -> None:
        """Send what is pending, with the lock that a statement needs, unless it is held already."""
        self.hold(values.get(text.account) if text.account else None)

    def hold(self, account: str | None) -> None:
        """Send what is pending, with the lock of an account (`None`: of everything), unless it is held already."""
        if self._kind != WRITING or self._locks.cover(account):
            if self._pending:
                self._flush()
            return
        before, (self._locks, lock) = self._locks, self._locks.with_one(account)
        try:
            self._flush(lock)
        except BaseException:
            self._locks = before
            raise

    def alone(self, name: str) -> bool:
        """Take the lock of a name until this transaction ends; false where another transaction has it."""
        if self._pending:
            self._flush()
        answer = self.connection.execute(f"SELECT pg_try_advisory_xact_lock({lock_number(name)})").fetchone()
        return bool(answer and answer[0])

    def _alone(self, query: str, parameters: tuple[Any, ...]) -> list[Any]:
        self.hold(None)
        return self.connection.execute(query, parameters).fetchall()

    @contextmanager
    def transaction(self, kind: str) -> Iterator[None]:
        """A transaction, which begins with the SQL of its kind; `EngineError` where it cannot be committed."""
        self.depth, self._kind, self._pending, self._sent, self.memory = 1, kind, [kind], 0, Memory()
        try:
            yield
            if self._sent:
                self._commit()
        except BaseException as error:
            self._roll_back()
            if isinstance(error, psycopg.Error):
                fail(error)
            raise
        finally:
            self.depth, self._kind, self._pending, self._locks, self.memory = 0, "", [], NONE, None

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A savepoint in the transaction that is open."""
        name = f"step_{self.depth}"
        standing, sent, locks = len(self._pending), self._sent, self._locks
        self._pending.append(f"SAVEPOINT {name}")
        self.depth += 1
        try:
            yield
            if self._sent > sent:
                self._pending.append(f"RELEASE {name}")
            else:
                del self._pending[standing:]
        except BaseException:
            # Locks taken since the savepoint are released with it, so that what was read under them may change.
            self._locks = locks
            self.forget()
            if self._sent == sent:
                del self._pending[standing:]
            elif not self.lost:
                self._pending = []
                try:
                    self._flush(f"ROLLBACK TO {name}", f"RELEASE {name}")
                except psycopg.Error as error:
                    fail(error)
            raise
        finally:
            self.depth -= 1

    def send_later(self, command: str) -> None:
        """Send something of the transaction that is open before its next statement, or its end."""
        self._pending.append(command)

    def forget(self, table: str = "") -> None:
        """Forget what was read of a table, which has been changed, or of all."""
        if self.memory is not None:
            self.memory.forget(table)

    def _flush(self, *more: str) -> None:
        """Send what is pending, and more, in one round trip. It stays pending where it did not reach the server."""
        heard = True
        try:
            self.connection.execute("; ".join([*self._pending, *more]))
        except psycopg.Error:
            # Pending commands come first and do not fail: they are done by the time that a later one fails.
            heard = self.connection.info.transaction_status is TransactionStatus.INERROR
            raise
        finally:
            if heard:
                self._pending = []
                self._sent += 1

    def _commit(self) -> None:
        # After a failed statement the server would answer COMMIT with a rollback, and without an error.
        if self.connection.info.transaction_status is TransactionStatus.INERROR:
            raise EngineError("a statement failed, and the transaction with it")
        self._flush("COMMIT")

    def _roll_back(self) -> None:
        if self.lost or self.connection.info.transaction_status is TransactionStatus.IDLE:
            return
        self._pending = []
        try:
            self._flush("ROLLBACK")
        except psycopg.Error:
            self.connection.close()  # which undoes it as well
