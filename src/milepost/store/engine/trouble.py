"""Why an engine cannot work: the meaning of its errors to whoever runs the server."""

from __future__ import annotations

import sqlite3
from enum import Enum
from sqlite3 import Error as SqliteError


class Trouble(Enum):
    """BUSY: somebody else has locked it. AWAY: it cannot be reached. FULL: its disk is full. READ_ONLY: it cannot be
    written. FAILING: its disk reports errors. BROKEN: its data is damaged.
    """

    BUSY = "busy"
    AWAY = "away"
    FULL = "full"
    READ_ONLY = "read-only"
    FAILING = "failing"
    BROKEN = "broken"


# SQLITE_PROTOCOL: another process is recovering the log after one was killed.
_OF_SQLITE = {
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_PROTOCOL: Trouble.BUSY,
    sqlite3.SQLITE_CANTOPEN: Trouble.AWAY,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_PERM: Trouble.READ_ONLY,
    sqlite3.SQLITE_IOERR: Trouble.FAILING,
    sqlite3.SQLITE_CORRUPT: Trouble.BROKEN,
    sqlite3.SQLITE_NOTADB: Trouble.BROKEN,
}
# The shared memory of the processes is a file too, for which the disk may have no room.
_NO_ROOM_TO_SHARE = (sqlite3.SQLITE_IOERR_SHMSIZE,)


def primary_code(error: BaseException) -> int:
    """SQLite's result code behind an error, such as SQLITE_BUSY, without its extension; 0 where there is none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def of_sqlite(error: SqliteError) -> Trouble | None:
    """What SQLite's error means; `None` where it is the statement's fault, or this program's."""
    if getattr(error, "sqlite_errorcode", 0) in _NO_ROOM_TO_SHARE:
        return Trouble.FULL
    return _OF_SQLITE.get(primary_code(error))
