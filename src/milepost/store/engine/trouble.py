"""Why an engine cannot do what it is asked, whatever that is: what errors mean to whoever runs the server."""

from __future__ import annotations

import sqlite3
from enum import Enum
from sqlite3 import Error as SqliteError


class Trouble(Enum):
    """BUSY: somebody else is at it. AWAY: it cannot be reached. FULL: there is no room. READ_ONLY: it cannot be
    written. FAILING: its disk does not do what it is told. BROKEN: what is stored is damaged.
    """

    BUSY = "busy"
    AWAY = "away"
    FULL = "full"
    READ_ONLY = "read-only"
    FAILING = "failing"
    BROKEN = "broken"


# SQLITE_PROTOCOL: another process is busy to put right what one that was killed left behind.
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
# The memory that the processes share is a file as well, for which there may be no room.
_NO_ROOM_TO_SHARE = (sqlite3.SQLITE_IOERR_SHMSIZE,)


def primary_code(error: BaseException) -> int:
    """SQLite's result code behind an error, such as SQLITE_BUSY, whatever its extension says; 0 where there is none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def of_sqlite(error: SqliteError) -> Trouble | None:
    """What SQLite's error means; `None` where it is the statement's fault, or this program's."""
    if getattr(error, "sqlite_errorcode", 0) in _NO_ROOM_TO_SHARE:
        return Trouble.FULL
    return _OF_SQLITE.get(primary_code(error))
