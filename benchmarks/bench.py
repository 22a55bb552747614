"""How fast Milepost answers, beside constant answers, a bare SELECT, PocketBase and FastCRUD: prints, asserts nothing.

With --write it puts them into docs/benchmarks.md. A peer that is not there is left out, and the output says why.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import authentication
import company
import field
import floors
import page
import report
import workers
from field import Field
from measuring import measure, python_load
from report import MOST, Line
from servers import HERE, LeftOut
from workers import Rates

from milepost import app

SESSIONS = 10
CONNECTIONS = (1, MOST)


def measured(standing: Field, rounds: int, seconds: float) -> list[Line]:
    """Every kind of call over so many connections, each by all servers that know it; printed as it comes."""
    lines = []
    print(f"\n{report.head(report.HEADINGS)}")
    with python_load() as load:
        for call in standing.servers[0].calls:
            asked = [one for one in standing.servers if call in one.calls]
            for connections in CONNECTIONS:
                line = Line(call, connections, measure(load, asked, call, connections, rounds, seconds))
                print("\n".join(report.rows(line)), flush=True)
                lines.append(line)
    return lines


def _of_workers(standing: Field, rounds: int, seconds: float) -> list[Rates]:
    try:
        return workers.measured(standing.databases, rounds, seconds)
    except LeftOut as why:
        standing.left_out[workers.NAME] = str(why)
        print(f"{workers.NAME} is left out: {why}", flush=True)
        return []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.2, help="of each turn")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each server for each line")
    parser.add_argument("--peers", type=Path, default=HERE.parent / ".venv-bench", help="where the peers are installed")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    options = parser.parse_args()
    settings = f"Each number is of {options.rounds} turns of {options.seconds:g} s."
    print(f"{report.machine()}\n{settings}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # another user's PostgreSQL has its data in it
        path, started = folder / "bench.db", time.perf_counter()
        database = app.database(f"sqlite:///{path}")
        built = company.build(database, SESSIONS)
        database.close()
        print(f"{len(built.key_result_ids):,} key results, built in {time.perf_counter() - started:.0f} s.")
        with field.running(folder, options.peers, built, path) as standing:
            lines = measured(standing, options.rounds, options.seconds)
            rates = _of_workers(standing, options.rounds, options.seconds)
        alone = floors.microseconds(path, built.account_id, built.cycle_ids[0], built.key_result_ids)
        print("", *report.goals(lines, standing.left_out), "", *page.of_workers(rates), "", page.said(alone), sep="\n")
        print(authentication.report(path, built))
    if options.write:
        report.write(page.text(lines, rates, standing, alone, settings))


if __name__ == "__main__":
    main()
