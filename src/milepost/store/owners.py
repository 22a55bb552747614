"""The index from owners to their records, beside the ordered list that the record itself keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, bindparam, delete, func, insert, literal, select

from milepost.domain.query import FieldType
from milepost.store.engine import Database, Statement
from milepost.store.schema import teams, users
from milepost.store.where import Columns, Members, Scalar


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
        by_owner = (table.c.account_id == bindparam("account"), table.c.owner_id == bindparam("owner"))
        self._owned = Statement(select(record_column).where(*by_owner).order_by(record_column))

    def owned(self, database: Database, account_id: str, owner_id: str) -> list[str]:
        """The ids of the records that somebody owns, in their order."""
        return [row[0] for row in database.all(self._owned, {"account": account_id, "owner": owner_id})]

    def write(self, database: Database, account_id: str, record_id: str, owner_ids: tuple[str, ...], new: bool) -> None:
        """Make the index match the record's list; `new`: the record has no entries yet."""
        if not new:
            database.run(self._delete, {"account": account_id, "record": record_id})
        rows = [{"account_id": account_id, "owner_id": owner, self._record.name: record_id} for owner in set(owner_ids)]
        if rows:
            database.run_many(self._insert, rows)

    @property
    def members(self) -> Members:
        """The list of owners as a field of a listing."""

        def having(condition: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
            # Not correlated: the database finds the owner's records first, however many others own.
            owned = select(self._record).where(
                self._table.c.account_id == bindparam("account"), condition(self._table.c.owner_id)
            )
            found: ColumnElement[bool] = self._records.c.id.in_(owned)
            return found

        return Members(having)


def owner_columns(first: Any, account_id: Any) -> Columns:
    """The main owner's shown fields, for a table whose column `first` holds that owner's id."""

    def shown(of_user: Any, of_team: Any) -> Any:
        user = select(of_user).where(users.c.account_id == account_id, users.c.id == first).scalar_subquery()
        team = select(of_team).where(teams.c.account_id == account_id, teams.c.id == first).scalar_subquery()
        return func.coalesce(user, team, "")

    return {
        ("owner", "name"): Scalar(shown(users.c.name, teams.c.name), FieldType.TEXT),
        ("owner", "id"): Scalar(shown(users.c.id, teams.c.id), FieldType.TEXT),
        ("owner", "email"): Scalar(shown(users.c.email, literal("")), FieldType.TEXT),
    }
