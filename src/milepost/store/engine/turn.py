"""Who writes to a SQLite file next, of several processes: who waits stands before who has just written.

SQLite itself keeps no queue. A writer that begins again right after its commit would mostly find the lock free, and the
others would hardly ever, since they look from time to time. So whoever wants to write first takes the turn, and holds
it until SQLite's lock is his: meanwhile who has just written cannot take it.

It is an advisory lock on the log beside the file (`-wal`), which SQLite itself never locks, and which is there as long
as anybody has the file open. The system releases it with the process. Where there can be none, nothing depends on it.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

from milepost.store.engine.trouble import primary_code

if sys.platform != "win32":  # which has no such locks
    import fcntl

# Seconds that a change waits for those of other processes, and seconds between two looks whether its turn has come.
PATIENCE = 15.0
_LOOK = 0.001

BUSY_TIMEOUT = f"PRAGMA busy_timeout = {PATIENCE * 1000:.0f}"
_AT_ONCE = "PRAGMA busy_timeout = 0"


class Turn:
    """The turn of one thread, for a file. Close it when its connection is closed."""

    def __init__(self, path: Path) -> None:
        self._log = f"{path}-wal"
        self._handle = -1

    def take(self) -> bool:
        """Whether the turn is this thread's now; it does not wait."""
        if sys.platform == "win32":
            return True
        try:
            if self._handle < 0:
                self._handle = os.open(self._log, os.O_RDONLY | os.O_CLOEXEC)
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # no log yet, or no locks in this file system
            return True
        return True

    def give(self) -> None:
        """Let others take it."""
        if sys.platform != "win32" and self._handle >= 0:
            with suppress(OSError):
                fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Release what it holds open."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def begin(connection: sqlite3.Connection, turn: Turn) -> None:
    """Begin to write as soon as those before are done; SQLITE_BUSY where that takes too long.

    SQLite's own way to wait is to look ever more rarely, in the end ten times a second.
    """
    until = monotonic() + PATIENCE
    connection.execute(_AT_ONCE)
    try:
        while True:
            late = monotonic() > until
            try:
                if turn.take() or late:
                    connection.execute("BEGIN IMMEDIATE")
                    return
            except sqlite3.OperationalError as error:
                if late or primary_code(error) != sqlite3.SQLITE_BUSY:
                    raise
            sleep(_LOOK)
    finally:
        turn.give()
        connection.execute(BUSY_TIMEOUT)
