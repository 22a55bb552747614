"""Claims: who is at what is told at once, among threads, among databases, and after the end of a process."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from milepost.store.engine import SqliteDatabase, claims
from milepost.store.engine.claims import Claims

_ELSEWHERE = """
import sys
from pathlib import Path
from milepost.store.engine import SqliteDatabase
database = SqliteDatabase(Path(sys.argv[1]))
database.connection.execute("SELECT 1")
with database.claim("a") as claimed:
    print(claimed, flush=True)
    sys.stdin.read()
"""

needs_locks = pytest.mark.skipif(not claims._SET, reason="this system has no locks of open files")


def is_free(claims: Claims | SqliteDatabase, name: str) -> bool:
    """Whether a name can be claimed now."""
    with claims.claim(name) as claimed:
        return claimed


def test_a_name_is_claimed_once_and_given_back() -> None:
    own = Claims()
    with own.claim("a") as first:
        assert (first, is_free(own, "a"), is_free(own, "b")) == (True, False, True)
    assert is_free(own, "a")
    with pytest.raises(RuntimeError, match="work"), own.claim("a"):
        raise RuntimeError("work")
    assert is_free(own, "a")


@needs_locks
def test_so_it_is_among_databases_of_one_file(database: SqliteDatabase) -> None:
    database.connection.execute("SELECT 1")  # whoever has a claim to make has the file open
    with closing(SqliteDatabase(database.path)) as other:
        with database.claim("a") as claimed, database.claim("b"):
            assert (claimed, is_free(other, "a"), is_free(other, "c")) == (True, False, True)
            with database.transaction():  # which waits for nobody and holds up no claim
                database.connection.execute("UPDATE accounts SET name = name")
                assert (is_free(other, "b"), is_free(other, "c")) == (False, True)
        assert is_free(other, "a")


@needs_locks
def test_a_claim_ends_with_its_process(database: SqliteDatabase) -> None:
    database.connection.execute("SELECT 1")
    command = [sys.executable, "-c", _ELSEWHERE, str(database.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        assert (is_free(database, "a"), is_free(database, "b")) == (False, True)
        process.kill()
    assert is_free(database, "a")


def test_where_there_are_no_locks_each_process_knows_its_own(tmp_path: Path) -> None:
    """There is no log beside this file."""
    here, there = Claims(tmp_path / "a.db"), Claims(tmp_path / "a.db")
    with here.claim("a") as claimed:
        assert (claimed, is_free(here, "a"), is_free(there, "a")) == (True, False, True)
    assert list(tmp_path.iterdir()) == []


def test_what_was_closed_can_claim_again(database: SqliteDatabase) -> None:
    assert is_free(database, "a")
    database.close()
    database.connection.execute("SELECT 1")
    assert is_free(database, "a")
