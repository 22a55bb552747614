"""Who owns what: an index from owner to record, beside the ordered list that the record itself keeps."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Table, bindparam, delete, exists, insert

from milepost.store.engine import Database, Statement
from milepost.store.where import Members


class Owners:
    """The owners of one table's records, found by owner."""

    def __init__(self, table: Table, record_column: Column[Any], records: Table) -> None:
        self._table = table
        self._record = record_column
        self._records = records
        self._insert = Statement(insert(table).values({column.name: bindparam(column.name) for column in table.c}))
        self._delete = Statement(
            delete(table).where(table.c.account_id == bindparam("account"), record_column == bindparam("record"))
        )

    def write(self, database: Database, account_id: str, record_id: str, owner_ids: tuple[str, ...], new: bool) -> None:
        """Make the index say what the record's list says; `new`: the record has no entries yet."""
        if not new:
            database.run(self._delete, {"account": account_id, "record": record_id})
        rows = [{"account_id": account_id, "owner_id": owner, self._record.name: record_id} for owner in set(owner_ids)]
        if rows:
            database.run_many(self._insert, rows)

    @property
    def members(self) -> Members:
        """The list of owners as a field of a listing."""

        def contains(values: ColumnElement[Any]) -> ColumnElement[bool]:
            return exists().where(
                self._table.c.account_id == self._records.c.account_id,
                self._record == self._records.c.id,
                self._table.c.owner_id.in_(values),
            )

        return Members(contains)
