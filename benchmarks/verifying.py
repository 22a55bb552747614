"""How long `milepost verify` takes for a company whose every change was made through the actions, and how much memory.

The company of the other benchmarks is copied by SQL, without a trail: it would not be verified, and rightly so.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import closing
from pathlib import Path

import process

from milepost import app
from milepost.actions import accounts, check_ins, cycles, key_results, objectives
from milepost.actions.context import operator
from milepost.actions.cycles import CycleChange
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import Entry
from milepost.domain.instants import Instant
from milepost.store.engine import Database

KEY_RESULTS_EACH = 10
_BULK = 1_000


class _Clock:
    """Each reading a microsecond later, from an hour ago."""

    def __init__(self) -> None:
        self._now = app.clock() - 3_600_000_000

    def __call__(self) -> Instant:
        self._now += 1
        return self._now


def build(database: Database, key_result_count: int, check_ins_each: int) -> None:
    """The company in an empty database."""
    clock = _Clock()
    boss = operator(database, accounts.add(database, clock, "Verified").id, clock)
    cycle = cycles.add(boss, CycleChange(name="Q1")).id
    made: list[str] = []
    while len(made) < key_result_count:
        with database.transaction():
            for _ in range(20):
                aim = objectives.add(boss, cycle, ObjectiveChange(name=f"Aim {len(made)}")).objective.id
                for _ in range(KEY_RESULTS_EACH):
                    change = KeyResultChange(name=f"Measure {len(made)}", target=100.0)
                    made.append(key_results.add(boss, aim, change).key_result.id)
    for number in range(check_ins_each):
        for first in range(0, len(made), _BULK):
            said = Entry(value=float(number), confidence=0.5, comment=f"Week {number}, as planned")
            check_ins.record_all(boss, [(one, said) for one in made[first : first + _BULK]])


def main() -> None:
    """Build and verify, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--key-results", type=int, default=20_000)
    parser.add_argument("--check-ins", type=int, default=10, help="of each")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="milepost-verifying-") as folder:
        url = f"sqlite:///{Path(folder) / 'milepost.db'}"
        begun = time.perf_counter()
        with closing(app.database(url)) as database:
            build(database, asked.key_results, asked.check_ins)
        print(f"built in {time.perf_counter() - begun:.0f} s")
        taken = process.run("verify", "--database", url)
    print(taken.out, end="")
    print(f"verified {asked.key_results:,} key results with {asked.check_ins} check-ins each in {taken}")


if __name__ == "__main__":
    main()
