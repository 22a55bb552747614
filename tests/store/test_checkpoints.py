"""While a server runs, its log is moved into the file beside the changes, and not while one of them waits."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from milepost.store.engine import SqliteDatabase, Writer

_ROWS, _ROW = 600, "x" * 10_000


@pytest.mark.sqlite("its log")
def test_a_long_log_is_moved_into_the_file_by_itself(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "log.db")
    database.connection.execute("CREATE TABLE long (words TEXT)")
    with database.upkeep():
        writer = Writer(database)
        limit = writer.submit(lambda: database.connection.execute("PRAGMA wal_autocheckpoint").fetchone()[0]).result(10)
        assert limit > _ROWS * 3, "no change does it, that is"
        writer.submit(lambda: database.connection.executemany("INSERT INTO long VALUES (?)", [(_ROW,)] * _ROWS)).result(
            10
        )
        until = time.monotonic() + 30
        while (tmp_path / "log.db").stat().st_size < _ROWS * len(_ROW) and time.monotonic() < until:
            time.sleep(0.02)
        assert (tmp_path / "log.db").stat().st_size > _ROWS * len(_ROW)
        writer.close()
    database.close()
