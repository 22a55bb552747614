"""The file of an embedded database: how it is opened, and whether it can be written."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from milepost.store.engine.turn import BUSY_TIMEOUT

# Not temp_store = MEMORY: it keeps the journals of savepoints there, where a change of thousands of records took
# minutes instead of seconds. Each connection keeps 8 MiB of pages, no more: four times that made nothing quicker, and
# the memory of a server grew for minutes until all of it was used.
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    BUSY_TIMEOUT,
    "PRAGMA cache_size = -8192",
)


class _CannotWrite(sqlite3.OperationalError):
    """The error that SQLite would raise at the first change."""

    sqlite_errorcode = sqlite3.SQLITE_READONLY


def connected(path: Path, log: int | None, *, sealed: bool) -> sqlite3.Connection:
    """A connection; `log`: the number of pages at which it checkpoints the log, `None` for SQLite's default."""
    address = f"{path.resolve().as_uri()}?immutable=1" if sealed else path
    connection = sqlite3.connect(
        address, isolation_level=None, check_same_thread=False, cached_statements=512, uri=sealed
    )
    try:
        # Connecting reads nothing yet: a file that is no database fails here.
        for pragma in ("PRAGMA schema_version",) if sealed else _PRAGMAS:
            connection.execute(pragma)
        if log is not None:
            connection.execute(f"PRAGMA wal_autocheckpoint = {log}")
    except BaseException:
        connection.close()
        raise
    return connection


def require_writable(path: Path) -> None:
    """Raises SQLite's read-only error where this user cannot write to the file or its log."""
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        if file.exists() and not os.access(file, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            raise _CannotWrite(f"{file} cannot be written by this user")
