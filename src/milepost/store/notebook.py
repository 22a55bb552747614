"""Notes that may outgrow memory: in a temporary SQLite database that is deleted with the notebook."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import msgspec

# Beyond this, notes go into the file.
_MEMORY_KIB = 16_384
_SETTINGS = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    f"PRAGMA cache_size = -{_MEMORY_KIB}",
    "CREATE TABLE notes (kind TEXT, id TEXT, number INTEGER, said TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID",
    "BEGIN",
)


class Note(msgspec.Struct, frozen=True):
    """What is known of one thing, and the number of the audit record that says so."""

    id: str
    number: int
    said: str


class Notebook:
    """One note for each thing of a kind: the last one counts."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        for statement in _SETTINGS:
            self._connection.execute(statement)

    def put(self, kind: str, key: str, number: int, said: str = "") -> None:
        """Write the note of a thing, replacing an earlier one."""
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
        """Delete the notebook."""
        self._connection.close()
