"""Moves what was committed from SQLite's log into its file, beside the changes rather than within them.

SQLite does so by itself inside the commit that makes the log too long: whoever waits for that one waits for all of it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

# The log's length from which it is worth while, in bytes, and how often it is looked at, in seconds.
_WORTH_WHILE = 4 * 1024 * 1024
_PAUSE = 0.1
# The length at which SQLite does it nevertheless, in pages: this thread has fallen behind, or is gone.
AT_MOST = 16_000


@contextmanager
def checkpoints(path: Path, connect: Callable[[], sqlite3.Connection]) -> Iterator[None]:
    """Keeps a database's log short on a thread of its own, for as long as the context lasts."""
    over = threading.Event()
    work = (f"{path}-wal", connect, connect(), over)
    thread = threading.Thread(target=_work, args=work, name="milepost-checkpoints", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _work(
    log: str, connect: Callable[[], sqlite3.Connection], connection: sqlite3.Connection, over: threading.Event
) -> None:
    while not over.is_set():
        # A disk that is full or fails is told to whoever changes something; another process may be at it already. A
        # connection that has met it is not kept: it may not notice that all is well again.
        with suppress(OSError, sqlite3.Error):
            _keep_short(log, connection, over)
            return
        over.wait(_PAUSE)
        with suppress(sqlite3.Error):
            connection = connect()


def _keep_short(log: str, connection: sqlite3.Connection, over: threading.Event) -> None:
    with closing(connection):
        connection.execute("PRAGMA synchronous = FULL")
        while not over.wait(_PAUSE):
            if os.path.getsize(log) > _WORTH_WHILE:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
