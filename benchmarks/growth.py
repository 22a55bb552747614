"""How the cost of a call grows with the account: the same company with 1,000, 100,000 and 1,000,000 key results.

Every size is a database and a server of its own, measured in turns. With --write the table goes into
docs/benchmarks.md. The largest size takes minutes to build, and gigabytes of the folder for temporary files.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import company
import milepost_calls
import report
from company import SESSION, Company
from measuring import Measured, measure, python_load
from milepost_calls import CHECK_IN, LIST_OF_SESSION, READ_WHOLE
from report import GROWTH
from servers import Server, serving

from milepost import app

SIZES = (1_000, 100_000, 1_000_000)
# The p50 of these at the largest size is to be at most so many times that at the smallest.
MOST = 1.3
BOUNDED = (READ_WHOLE, CHECK_IN, LIST_OF_SESSION)
_CONNECTIONS = 1

_WORDS = """\
`make bench-growth` writes this section. Accounts of different sizes on SQLite, in sessions of 2,000 key results (the
smallest is half of one) with ten check-ins each, every one with a server process of its own. The calls go to records
from all over the account, over one connection, in turns. The numbers are p50 in milliseconds, and in brackets how many
times that of the smallest account."""


def measured(servers: Sequence[Server], rounds: int, seconds: float) -> dict[str, dict[str, Measured]]:
    """What every kind of call took at every size."""
    with python_load() as load:
        return {call: measure(load, servers, call, _CONNECTIONS, rounds, seconds) for call in servers[0].calls}


def table(found: dict[str, dict[str, Measured]]) -> str:
    """The p50 of every kind of call at every size, the smallest first."""
    sizes = list(next(iter(found.values())))
    lines = [report.head(["call", *(f"{size} key results" for size in sizes), "goal", "reached"])]
    for call, by_size in found.items():
        middles = [one.percentile(0.5) for one in by_size.values()]
        cells = [f"{middle:.2f} ({middle / middles[0]:.2f})" for middle in middles]
        reached = "yes" if middles[-1] <= MOST * middles[0] else "no"
        verdict = [f"at most {MOST}", reached] if call in BOUNDED else ["", ""]
        lines.append(report.row([call, *cells, *verdict]))
    return "\n".join(lines)


def _built(path: Path, size: int) -> Company:
    started = time.perf_counter()
    database = app.database(f"sqlite:///{path}")
    made = company.build(database, sessions=-(-size // SESSION), first=min(size, SESSION))
    database.close()
    megabytes = path.stat().st_size / 1e6
    print(f"{size:,} key results: {megabytes:,.0f} MB, built in {time.perf_counter() - started:.0f} s.", flush=True)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many key results, the smallest first")
    parser.add_argument("--seconds", type=float, default=1.2, help="of each turn")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each size for each kind of call")
    parser.add_argument("--write", action="store_true", help="write the section of docs/benchmarks.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        servers = []
        for size in options.sizes:
            path = Path(folder) / f"{size}.db"
            made = _built(path, size)
            port = running.enter_context(serving("milepost", f"sqlite:///{path}", made.server_key))
            servers.append(Server(f"{size:,}", port, milepost_calls.growing(made)))
        shown = table(measured(servers, options.rounds, options.seconds))
        print(f"\n{shown}")
    if options.write:
        settings = f"{report.machine()} Each number is of {options.rounds} turns of {options.seconds:g} s."
        report.write("\n\n".join([GROWTH, _WORDS, settings, shown]))


if __name__ == "__main__":
    main()
