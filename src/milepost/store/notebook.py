"""Notes that may be more than memory should hold: in a file of SQLite's own that is gone with the notebook."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import msgspec

# Kibibytes of memory; what is more goes into the file.
_MEMORY = 16_384
_SETTINGS = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    f"PRAGMA cache_size = -{_MEMORY}",
    "CREATE TABLE notes (kind TEXT, id TEXT, number INTEGER, said TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID",
    "BEGIN",
)


class Note(msgspec.Struct, frozen=True):
    """What is known of one thing, by which audit record."""

    id: str
    number: int
    said: str


class Notebook:
    """One note for each thing of a kind: the last word counts."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        for statement in _SETTINGS:
            self._connection.execute(statement)

    def put(self, kind: str, key: str, number: int, said: str = "") -> None:
        """Note something, in place of what was noted of it before."""
        self._connection.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?)", (kind, key, number, said))

    def drop(self, kind: str, key: str) -> None:
        """Forget a note, if there is one."""
        self._connection.execute("DELETE FROM notes WHERE kind = ? AND id = ?", (kind, key))

    def find(self, kind: str, key: str) -> Note | None:
        """The note of a thing."""
        query = "SELECT id, number, said FROM notes WHERE kind = ? AND id = ?"
        row = self._connection.execute(query, (kind, key)).fetchone()
        return None if row is None else Note(*row)

    def all(self, kind: str) -> Iterator[Note]:
        """The notes of a kind, in the order of their ids."""
        query = "SELECT id, number, said FROM notes WHERE kind = ? ORDER BY id"
        for row in self._connection.execute(query, (kind,)):
            yield Note(*row)

    def close(self) -> None:
        """Throw the notebook away."""
        self._connection.close()
