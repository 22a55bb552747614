"""Bounded caches of what was read from a database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any, TypeVar

_MOST_VALUES = 1_024
# The longest that a value is used after another process has changed it: a revoked token stays valid no longer.
_SECONDS = 5.0

# The place for what was put together from the records of several tables.
_TOGETHER = "together"

T = TypeVar("T")


class Kept(dict[Hashable, Any]):
    """Values by key, 1,024 at most: beyond that the oldest is dropped."""

    def __setitem__(self, key: Hashable, value: Any) -> None:
        while len(self) >= _MOST_VALUES:
            self.pop(next(iter(self)), None)
        super().__setitem__(key, value)


class Memory:
    """What one thread has read, by table."""

    __slots__ = ("_tables",)

    def __init__(self) -> None:
        self._tables: dict[str, Kept] = {}

    def of(self, table: str) -> Kept:
        """The values read from a table; the caller adds to them."""
        kept = self._tables.get(table)
        if kept is None:
            kept = self._tables[table] = Kept()
        return kept

    @property
    def together(self) -> Kept:
        """What was put together from records of several tables; the caller adds to it."""
        return self.of(_TOGETHER)

    def forget(self, table: str = "") -> None:
        """Forget a table, which has been changed, or all of them."""
        if table:
            self._tables.pop(table, None)
            self._tables.pop(_TOGETHER, None)
        else:
            self._tables.clear()


class Recent:
    """What a process has read within the last five seconds, for all of its threads."""

    def __init__(self) -> None:
        self._kept = Kept()
        self._lock = threading.Lock()

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value kept under a key, else what `make` reads."""
        now, kept = monotonic(), self._kept
        if (found := kept.get(key)) is not None and now < found[0]:
            value: T = found[1]
            return value
        value = make()
        with self._lock:
            # A commit during the read has replaced `_kept`: this value may be older than that commit.
            if kept is self._kept:
                kept[key] = (now + _SECONDS, value)
        return value

    def forget(self) -> None:
        """Forget everything: something has been committed."""
        with self._lock:
            self._kept = Kept()
