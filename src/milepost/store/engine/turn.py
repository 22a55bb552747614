"""Who writes to a SQLite file next, of several processes: who waits stands before who has just written.

SQLite itself keeps no queue. A writer that begins again right after its commit would mostly find the lock free, and the
others would hardly ever, since they look from time to time. So whoever wants to write first takes the turn, and holds
it until SQLite's lock is his: meanwhile who has just written cannot take it.

It is an advisory lock on the log beside the file (`-wal`), which SQLite itself never locks, and which is there as long
as anybody has the file open. The system releases it with the process. Where there can be none, nothing depends on it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # a system without such locks
    fcntl = None  # type: ignore[assignment]


class Turn:
    """The turn of one thread, for a file. Close it when its connection is closed."""

    def __init__(self, path: Path) -> None:
        self._log = f"{path}-wal"
        self._handle = -1

    def take(self) -> bool:
        """Whether the turn is this thread's now; it does not wait."""
        if fcntl is None:
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
        if self._handle >= 0:
            with suppress(OSError):
                fcntl.flock(self._handle, fcntl.LOCK_UN)

    def close(self) -> None:
        """Release what it holds open."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
