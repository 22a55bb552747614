"""Examines an embedded database: its file, and the disk beneath."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from milepost.store.backup import in_words, size_of
from milepost.store.examining.finding import Finding, note, ok, wrong
from milepost.store.migrate import HEAD

_LEAST_FREE_BYTES = 64 << 20
_OTHERS_READ, _OTHERS_WRITE = 0o004, 0o002


def examine(path: Path) -> Iterator[Finding]:
    """The findings about the file; only one where it is missing."""
    if not path.exists():
        yield wrong("database", f"{path}: there is no file, or this user may not look into its folder")
        return
    yield from _rights(path)
    yield from _room(path)
    try:
        # Opened by SQLite alone: closing another handle would release the locks of this process's connections.
        with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)) as connection:
            yield from _content(path, connection)
    except sqlite3.Error as error:
        yield wrong("database", f"{path} cannot be read: {error}; restore a copy, or name another")


def _rights(path: Path) -> Iterator[Finding]:
    if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK | os.X_OK):
        yield wrong("rights", f"this user may not read and write {path} and its folder: run this as the server's user")
        return
    mode = path.stat().st_mode
    if os.name != "nt" and mode & _OTHERS_WRITE:
        yield wrong("rights", f"every user of this machine may change {path}: type `chmod o-rwx` and its name")
    elif os.name != "nt" and mode & _OTHERS_READ:
        yield note("rights", f"every user of this machine may read {path}: `chmod o-rwx` and its name keeps it private")
    else:
        yield ok("rights", "the file can be read and written, and not by everybody")


def _room(path: Path) -> Iterator[Finding]:
    free, size = shutil.disk_usage(path.parent).free, size_of(path)
    if free < _LEAST_FREE_BYTES:
        yield wrong("room", f"{in_words(free)} are free where {path} is: make room before it is used up")
    elif free < size:
        yield note("room", f"{in_words(free)} are free; an upgrade needs {in_words(size)} for the copy that it keeps")
    else:
        yield ok("room", f"{in_words(free)} are free, and the database takes {in_words(size)}")


def _content(path: Path, connection: sqlite3.Connection) -> Iterator[Finding]:
    found = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
    if found != ["ok"]:
        yield wrong("integrity", f"{path} is damaged ({' '.join(found[0].split())}): keep it, and restore a copy")
        return
    yield ok("integrity", "every page of the file can be read, and fits the others")
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode == "wal":
        yield ok("journal", "changes go to a write-ahead log")
    else:
        yield note("journal", f"the journal mode is {mode}; the server makes it wal when it starts")
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "alembic_version" not in names or "key_results" not in names:
        yield wrong("version", f"{path} holds no tables of Milepost's: name another file")
        return
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    yield of_version("" if row is None else str(row[0]))


def of_version(version: str) -> Finding:
    """Whether the program knows the version of a database."""
    if version == HEAD:
        return ok("version", f"the tables are those of this program ({HEAD})")
    if version < HEAD:
        return note(
            "version", f"the tables are of version {version}, and {HEAD} is this program's: its start upgrades them"
        )
    return wrong("version", f"the tables are of version {version}, newer than {HEAD}: run the newer Milepost")
