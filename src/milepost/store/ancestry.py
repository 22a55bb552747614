"""Finds the records above others, in one statement for any number of levels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Table, and_, bindparam, select

from milepost.store import rows
from milepost.store.engine import Database, Statement
from milepost.store.engine.sql import among
from milepost.store.table import Records


class Descendant(Protocol):
    """A record that may have a parent of its own kind."""

    @property
    def id(self) -> str: ...

    @property
    def parent_id(self) -> str: ...


E = TypeVar("E", bound=Descendant)


class Ancestry(Generic[E]):
    """One table whose records name the one above them as `parent_id`."""

    def __init__(self, table: Table, records: Records[E]) -> None:
        self._records = records
        of_account = table.c.account_id == bindparam("account")
        start = select(table.c.id, table.c.parent_id).where(of_account, among(table.c.id, bindparam("asked")))
        line = start.cte("line", recursive=True)
        above = table.alias("above")
        is_parent = and_(above.c.account_id == bindparam("account"), above.c.id == line.c.parent_id)
        line = line.union(select(above.c.id, above.c.parent_id).join_from(line, above, is_parent))
        self._line = Statement(select(*table.c).where(of_account, table.c.id.in_(select(line.c.id))))

    def upward(self, database: Database, account_id: str, ids: Iterable[str]) -> list[E]:
        """The existing records of these ids and all above them, each after those beneath it."""
        asked = sorted(filter(None, set(ids)))
        if not asked:
            return []
        # Most have no parent: finding that out costs less than searching for ancestors.
        known = self._records.around(database, account_id, asked)
        found = list(known.values())
        if not all(one.parent_id == "" or one.parent_id in known for one in found):
            values = {"account": account_id, "asked": rows.dump(asked)}
            found = [self._records.from_row(row) for row in database.all(self._line, values)]
        return _from_below(found)


def _from_below(records: list[E]) -> list[E]:
    found = {one.id: one for one in records}
    from_above: dict[str, E] = {}
    for one in records:
        path: dict[str, E] = {}
        step: E | None = one
        while step is not None and step.id not in from_above and step.id not in path:
            path[step.id] = step
            step = found.get(step.parent_id)
        from_above.update(reversed(path.items()))
    return list(reversed(from_above.values()))
