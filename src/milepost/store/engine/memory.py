"""What was read and may be kept for a while, within bounds."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

# So much is kept at most, of each table.
_MOST = 1_024


class Kept(dict[Hashable, Any]):
    """Values by key. Of more than 1,024 the oldest goes."""

    def __setitem__(self, key: Hashable, value: Any) -> None:
        while len(self) >= _MOST:
            self.pop(next(iter(self)), None)
        super().__setitem__(key, value)


class Memory:
    """What one thread has read, by table."""

    __slots__ = ("_tables",)

    def __init__(self) -> None:
        self._tables: dict[str, Kept] = {}

    def of(self, table: str) -> Kept:
        """What was read of a table; what is put there is kept."""
        kept = self._tables.get(table)
        if kept is None:
            kept = self._tables[table] = Kept()
        return kept

    def forget(self, table: str = "") -> None:
        """Forget a table, which has been changed, or all of them."""
        if table:
            self._tables.pop(table, None)
        else:
            self._tables.clear()
