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

    # Whether it is a part of this process: then a short read costs less than to hand it to another thread, and changes
    # of any accounts may share a commit, since nobody else can hold up one of them.
    is_embedded: ClassVar[bool]
    # Threads that can usefully read at once.
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
        """The same for two that are one database, however they were addressed."""

    def upkeep(self) -> AbstractContextManager[None]:
        """What is to be done beside while a server changes it for long, for as long as the context lasts."""
        return nullcontext()

    def require_writable(self) -> None:
        """`ENGINE_ERRORS` where it is known beforehand that nothing can be changed."""
        return

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing: a write transaction, or a savepoint inside the one that this thread has open.

        What it reads nobody else changes before it ends. So that this holds with many processes, statements say which
        account they are about: as the parameter `account`, or `account_id` where they add a row. A statement that names
        no account is about all of them; it stands before those that do, or two transactions may wait for each other.
        """

    @abstractmethod
    def reading(self) -> AbstractContextManager[None]:
        """Several reads of one and the same state."""

    @abstractmethod
    def budget(self) -> AbstractContextManager[More]:
        """Give up statements that do more than those of one list may, with `OverBudget`. It stands inside a `reading`
        or a transaction, and is told how many rows were handed over, which allows more.
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
        """Whether nobody else, in any process that can be told without waiting, has claimed the name; it is claimed, if
        so, until the context ends. Outside of transactions, and for no more than to tell: two may come to do the same.
        """

    def alone(self, _name: str, /) -> bool:
        """Whether no transaction of another process has asked this for the name and is not over yet. Before anything
        else in a transaction, so that nothing is waited for.
        """
        return True

    @abstractmethod
    def memory(self) -> Memory | None:
        """What this thread may keep of what it reads. Nothing in it is older than the database: it is emptied when
        anybody has committed anything; in a transaction, of a table when that is changed. `None` where an engine
        cannot tell.
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
        """Add rows in the fastest way; each has every column, in the table's order. It is about all accounts."""

    @abstractmethod
    def settle(self, tables: Iterable[Table]) -> None:
        """Look at what these tables hold now, where statements are planned by what was last seen in them."""

    def scrub(self) -> bool:
        """Leave nothing in the files of what is in no row any more; false where that is not in this program's power."""
        return False

    @abstractmethod
    def close(self) -> None:
        """Close every thread's connection."""
