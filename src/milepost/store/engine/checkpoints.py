"""Moves what was committed from SQLite's log into its file, beside the changes rather than within them.

SQLite does so by itself within the commit that makes the log too long: whoever waits for that commit waits longer.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

_LEAST_LOG_BYTES = 4 * 1024 * 1024
_POLL_SECONDS = 0.1
# The log's length, in pages, at which SQLite does it nevertheless: this thread has fallen behind, or is gone.
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
        # Changes report a disk that is full or fails, and another process may be checkpointing. After an error the
        # connection is replaced: it may not notice that the cause is gone.
        with suppress(OSError, sqlite3.Error):
            _keep_short(log, connection, over)
            return
        over.wait(_POLL_SECONDS)
        with suppress(sqlite3.Error):
            connection = connect()


def _keep_short(log: str, connection: sqlite3.Connection, over: threading.Event) -> None:
    with closing(connection):
        connection.execute("PRAGMA synchronous = FULL")
        while not over.wait(_POLL_SECONDS):
            if os.path.getsize(log) > _LEAST_LOG_BYTES:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
