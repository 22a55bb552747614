"""Backups and restores that are killed at random moments: there is all of one, or nothing."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from acme import Acme
from checking_in import Stored
from engines import rows
from milepost import app
from milepost.actions import key_results, verification
from milepost.domain.change import KeyResultChange
from milepost.store.engine import Database
from milepost.store.restoring import backup

Addressed = Callable[[Path], AbstractContextManager[str]]

KILLS = 6
MANY = 400


def killed(seconds: float, *words: str) -> None:
    """Run a command, and kill it after so long, unless it is done by then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "milepost", *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()


def took(*words: str) -> float:
    """How long a command takes that nobody kills."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "milepost", *words], check=True, capture_output=True, timeout=300)
    return time.monotonic() - began


def count(database: Database) -> int:
    return int(rows(database, "SELECT count(*) FROM audit")[0][0])


@pytest.fixture
def filled(stored: Stored) -> Stored:
    """The company with more in it, so that a backup takes its time."""
    acme: Acme = stored.acme
    with closing(app.database(stored.url)) as database:
        context = acme.context(acme.anna)
        context = type(context)(database, context.actor, context.clock, "test")
        with database.transaction():
            for number in range(MANY):
                key_results.add(context, acme.growth, KeyResultChange(name=f"Measure {number}", start=0.0, target=1.0))
    return stored


def moments(whole: float) -> list[float]:
    """When to kill: between the beginning and a little after the usual end."""
    return [random.uniform(0.3, 1.1) * whole for _ in range(KILLS)]


def test_a_backup_has_its_name_only_when_it_is_whole(filled: Stored, tmp_path: Path) -> None:
    whole = took("backup", str(tmp_path / "first.db"), "--database", filled.url)
    with closing(app.database(filled.url)) as database:
        expected = count(database)
    for number, seconds in enumerate(moments(whole)):
        target = tmp_path / f"{number}.db"
        killed(seconds, "backup", str(target), "--database", filled.url)
        if target.exists():
            with backup(target) as found:
                assert count(found) == expected


def test_a_restore_leaves_all_or_nothing(filled: Stored, tmp_path: Path, addressed: Addressed) -> None:
    made = tmp_path / "made.db"
    took("backup", str(made), "--database", filled.url)
    with backup(made) as original:
        expected = count(original)
    whole = took("restore", str(made), "--database", f"sqlite:///{tmp_path}/whole.db")
    for number, seconds in enumerate(moments(whole)):
        (tmp_path / str(number)).mkdir()
        with addressed(tmp_path / str(number)) as url:
            killed(seconds, "restore", str(made), "--database", url)
            with closing(app.database(url)) as target:
                found = count(target)
                assert found in (0, expected)
                assert rows(target, "SELECT count(*) FROM accounts")[0][0] == (2 if found else 0)
                assert len(verification.verify(target, None)) == (2 if found else 0)
