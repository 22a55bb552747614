"""The statements that every table of records has: get, get several, insert, update, delete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Table, and_, bindparam, delete, func, insert, select, update

from milepost.store import rows
from milepost.store.engine import Database, Statement
from milepost.store.engine.sql import among


class Identified(Protocol):
    """A record with an id."""

    @property
    def id(self) -> str: ...


E = TypeVar("E", bound=Identified)

_ROWS_IN_MEMORY = 500


def gather(database: Database, account_id: str, *wanted: tuple[Records[Any], Iterable[str]]) -> None:
    """Have `Records.around` find what it is asked for next in the cache of this thread: a server gives the records of
    several tables at once. An embedded database is as fast without.
    """
    memory = None if database.is_embedded else database.memory()
    if memory is None:
        return
    missing = [
        (records, memory.of(records.name), lacking)
        for records, ids in wanted
        if (lacking := {one for one in ids if (account_id, one) not in memory.of(records.name)})
    ]
    found = database.each([records.query(account_id, lacking) for records, _, lacking in missing])
    for (records, kept, _), rows_found in zip(missing, found, strict=True):
        for row in rows_found:
            record = records.from_row(row)
            kept[account_id, record.id] = record


class Records(Generic[E]):
    """One table of records with an id, keyed by account and id."""

    def __init__(self, table: Table, from_row: Callable[[Any], E], to_row: Callable[[E], dict[str, Any]]) -> None:
        one = and_(table.c.account_id == bindparam("account"), table.c.id == bindparam("key_id"))
        several = and_(table.c.account_id == bindparam("account"), among(table.c.id, bindparam("key_ids")))
        changed: dict[str, Any] = {
            column.name: bindparam(column.name) for column in table.c if column.name not in ("account_id", "id")
        }
        self.name: str = table.name
        self.from_row = from_row
        self._to_row = to_row
        self._get = Statement(select(*table.c).where(one))
        self._several = Statement(select(*table.c).where(several))
        self._each = Statement(select(*table.c).where(table.c.account_id == bindparam("account")).order_by(table.c.id))
        self._count = Statement(select(func.count()).where(table.c.account_id == bindparam("account")))
        self._insert = Statement(insert(table).values({column.name: bindparam(column.name) for column in table.c}))
        self._update = Statement(update(table).where(one).values(changed))
        self._delete = Statement(delete(table).where(one))

    def find(self, database: Database, account_id: str, record_id: str) -> E | None:
        """The record, or `None`."""
        row = database.one(self._get, {"account": account_id, "key_id": record_id})
        return None if row is None else self.from_row(row)

    def several(self, database: Database, account_id: str, ids: Iterable[str]) -> list[E]:
        """The existing records of these ids, in no order."""
        wanted = set(ids)
        return [self.from_row(row) for row in database.all(*self.query(account_id, wanted))] if wanted else []

    def query(self, account_id: str, ids: Iterable[str]) -> tuple[Statement, dict[str, Any]]:
        """The statement that reads the existing records of these ids, and its values."""
        wanted = sorted(set(ids))
        if len(wanted) == 1:  # one is found faster by its key than in a list
            return self._get, {"account": account_id, "key_id": wanted[0]}
        return self._several, {"account": account_id, "key_ids": rows.dump(wanted)}

    def around(self, database: Database, account_id: str, ids: Iterable[str]) -> dict[str, E]:
        """The existing records of these ids, by id, from this thread's cache where that is current.

        For records that many others refer to, and that are read again and again: a cycle, an owner.
        """
        wanted, memory = set(ids), database.memory()
        kept: dict[Any, E] = {} if memory is None else memory.of(self.name)
        found = {one: record for one in wanted if (record := kept.get((account_id, one))) is not None}
        for record in self.several(database, account_id, wanted - found.keys()):
            kept[account_id, record.id] = found[record.id] = record
        return found

    def each(self, database: Database, account_id: str) -> Iterator[tuple[str, Any]]:
        """(id, row) of every record of the account, in the order of ids, read as asked for; inside a `reading`.
        `from_row` makes the record from a row.
        """
        for part in database.chunks(self._each, {"account": account_id}, _ROWS_IN_MEMORY):
            for row in part:
                yield row[1], row

    def count(self, database: Database, account_id: str) -> int:
        """How many there are in the account."""
        counted: int = database.one(self._count, {"account": account_id})[0]
        return counted

    def standing(self, database: Database, account_id: str, record_id: str) -> E | None:
        """A record that others refer to, or `None`; read as by `around`."""
        return self.around(database, account_id, (record_id,)).get(record_id)

    def insert(self, database: Database, record: E) -> None:
        """Add a record."""
        database.run(self._insert, self._to_row(record))

    def insert_many(self, database: Database, records: Sequence[E]) -> None:
        """Add several records."""
        database.run_many(self._insert, [self._to_row(record) for record in records])

    def update(self, database: Database, record: E) -> None:
        """Write every column of a record that is there."""
        row = self._to_row(record)
        database.run(self._update, {**row, "account": row["account_id"], "key_id": row["id"]})

    def delete(self, database: Database, account_id: str, record_id: str) -> None:
        """Remove a record."""
        database.run(self._delete, {"account": account_id, "key_id": record_id})
