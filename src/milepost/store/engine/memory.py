"""What was read and may be kept for a while, within bounds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any, TypeVar

# Records kept of each table, at most.
_MOST = 1_024
# How long something may be remembered that another process may have changed: a revoked token holds nowhere longer.
_SECONDS = 5.0

T = TypeVar("T")


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


class Recent:
    """What a process has read within the last five seconds, for all of its threads."""

    def __init__(self) -> None:
        self._kept = Kept()
        self._lock = threading.Lock()

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept, else what `make` reads."""
        now, kept = monotonic(), self._kept
        if (found := kept.get(key)) is not None and now < found[0]:
            value: T = found[1]
            return value
        value = make()
        with self._lock:
            # What was committed while it was read has replaced what is kept: this may be from before.
            if kept is self._kept:
                kept[key] = (now + _SECONDS, value)
        return value

    def forget(self) -> None:
        """Forget everything: something has been committed."""
        with self._lock:
            self._kept = Kept()
