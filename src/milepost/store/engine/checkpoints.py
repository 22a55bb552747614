"""Moves what was committed from SQLite's log into its file, beside the changes rather than within them.

SQLite does so by itself inside the commit that makes the log too long: whoever waits for that one waits for all of it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# The log's length from which it is worth while, in bytes, and how often it is looked at, in seconds.
_WORTH_WHILE = 4 * 1024 * 1024
_PAUSE = 0.1
# The length at which SQLite does it nevertheless, in pages: this thread has fallen behind, or is gone.
AT_MOST = 16_000


@contextmanager
def checkpoints(path: Path) -> Iterator[None]:
    """Keeps a database's log short on a thread of its own, for as long as the context lasts."""
    over = threading.Event()
    thread = threading.Thread(target=_work, args=(path, over), name="milepost-checkpoints", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _work(path: Path, over: threading.Event) -> None:
    log = f"{path}-wal"
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        while not over.wait(_PAUSE):
            # A disk that is full or fails is told to whoever changes something; another process may be at it already.
            with suppress(OSError, sqlite3.Error):
                if os.path.getsize(log) > _WORTH_WHILE:
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    finally:
        connection.close()
