"""Which of several processes writes to a SQLite file next: those that wait come before the last writer.

SQLite itself keeps no queue. A writer that begins again right after its commit would mostly find the lock free; the
others hardly ever would, since they only poll. So a writer first takes the turn, and holds it until it has SQLite's
lock: meanwhile the last writer cannot take the turn.

The turn is an advisory lock on the log beside the file (`-wal`), which SQLite itself never locks, and which exists as
long as anybody has the file open. The system releases it with the process. Without such locks only fairness is lost.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

from milepost.store.engine.trouble import primary_code

if sys.platform != "win32":  # Windows has no such locks
    import fcntl

# Seconds that a change waits for those of other processes.
PATIENCE = 15.0
_POLL_SECONDS = 0.001

BUSY_TIMEOUT = f"PRAGMA busy_timeout = {PATIENCE * 1000:.0f}"
_AT_ONCE = "PRAGMA busy_timeout = 0"


class Turn:
    """One thread's handle of the turn for a file. Close it when its connection is closed."""

    def __init__(self, path: Path) -> None:
        self._log = f"{path}-wal"
        self._handle = -1

    def take(self) -> bool:
        """Try to take the turn without waiting; true also where there are no such locks."""
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
        """Release the turn."""
        if sys.platform != "win32" and self._handle >= 0:
            with suppress(OSError):
                fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file that it holds open."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def begin(connection: sqlite3.Connection, turn: Turn) -> None:
    """Begin a write transaction as soon as earlier ones are done; SQLITE_BUSY where that takes too long.

    SQLite's own waiting polls ever more rarely, in the end ten times a second.
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
            sleep(_POLL_SECONDS)
    finally:
        turn.give()
        connection.execute(BUSY_TIMEOUT)
