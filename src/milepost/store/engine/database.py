"""What every engine promises: short statements, transactions that nest, and several reads of one state."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Table

from milepost.store.engine.budget import More
from milepost.store.engine.memory import Memory
from milepost.store.engine.statement import Statement

T = TypeVar("T")


class Database(ABC):
    """An open database. Safe to share between threads; each has a connection of its own."""

    # Whether it runs within this process: then a short read costs less than handing it to another thread, and changes
    # of different accounts may share a commit, since nobody else can hold up one of them.
    is_embedded: ClassVar[bool]
    # The number of threads that may usefully read at once.
    readers: ClassVar[int]
    # Whether it tells -0.0 from 0.0.
    signs_zero: ClassVar[bool]

    @property
    @abstractmethod
    def place(self) -> str:
        """Where it is, as its operator is told: never a password."""

    @property
    @abstractmethod
    def file(self) -> Path | None:
        """The file that holds it, where one does."""

    @property
    @abstractmethod
    def identity(self) -> Hashable:
        """Equal for two objects of one database, however that is addressed."""

    def upkeep(self) -> AbstractContextManager[None]:
        """Maintenance beside the changes of a long-running server, for as long as the context lasts."""
        return nullcontext()

    def require_writable(self) -> None:
        """`ENGINE_ERRORS` where it is known beforehand that nothing can be changed."""
        return

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing: a write transaction, or a savepoint inside the one that this thread has open.

        Nobody else changes what it reads before it ends. So that this holds with many processes, statements name their
        account: as the parameter `account`, or `account_id` where they add a row. A statement that names no account is
        about all of them; it must come before those that do, or two transactions may deadlock.
        """

    @abstractmethod
    def reading(self) -> AbstractContextManager[None]:
        """Several reads of one and the same state."""

    @abstractmethod
    def budget(self) -> AbstractContextManager[More]:
        """Abort statements that exceed the budget of one list, with `OverBudget`. Use it inside a `reading` or a
        transaction, and tell it how many rows were handed over, which raises the budget.
        """

    @abstractmethod
    def scratch(self) -> AbstractContextManager[Database]:
        """A copy to try something on, thrown away afterwards. This database is neither changed nor held up by it."""

    @property
    @abstractmethod
    def in_transaction(self) -> bool:
        """Whether this thread has a transaction open."""

    @abstractmethod
    def claim(self, name: str) -> AbstractContextManager[bool]:
        """Claim a name until the context ends; false where somebody else has, in any process that can be asked without
        waiting. Outside of transactions, and only as a hint: two may still do the same.
        """

    def alone(self, _name: str, /) -> bool:
        """Whether no open transaction of another process has asked this for the name. Call it before anything else in a
        transaction, so that nothing is waited for.
        """
        return True

    @abstractmethod
    def memory(self) -> Memory | None:
        """This thread's cache of what it reads, never older than the database: it is emptied after any commit and, in
        a transaction, for each table that is changed. `None` where the engine cannot notice commits.
        """

    @abstractmethod
    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` reads, kept for a while: an embedded database's until anybody commits anything, a server's for
        five seconds at most, and until this process commits something.
        """

    @abstractmethod
    def one(self, statement: Statement, values: Mapping[str, Any]) -> Any:
        """The first row, or `None`."""

    @abstractmethod
    def all(self, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        """Every row."""

    def each(self, asked: Sequence[tuple[Statement, Mapping[str, Any]]]) -> list[list[Any]]:
        """Every row of each of several statements. A server gets them all at once inside a `reading` or a
        transaction.
        """
        return [self.all(statement, values) for statement, values in asked]

    @abstractmethod
    def chunks(self, statement: Statement, values: Mapping[str, Any], size: int) -> Iterator[list[Any]]:
        """The rows in lists of at most `size`, read as they are asked for."""

    @abstractmethod
    def run(self, statement: Statement, values: Mapping[str, Any]) -> int:
        """The number of rows that a change touched."""

    @abstractmethod
    def run_many(self, statement: Statement, rows: Sequence[Mapping[str, Any]]) -> None:
        """The same change for every row of values."""

    @abstractmethod
    def load(self, table: Table, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows in the fastest way; each has every column, in the table's order. It concerns all accounts."""

    @abstractmethod
    def settle(self, tables: Iterable[Table]) -> None:
        """Update the statistics of these tables, where the engine plans statements by them."""

    def scrub(self) -> bool:
        """Erase deleted data from the files; false where this program cannot do so."""
        return False

    @abstractmethod
    def close(self) -> None:
        """Close every thread's connection."""
