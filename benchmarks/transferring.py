"""How long it takes to export a large account, to import it into an empty database and to export it again, how much
memory each of these takes, and whether both exports are the same.
"""

from __future__ import annotations

import argparse
import filecmp
import tempfile
import time
from contextlib import closing
from pathlib import Path

import company
import process

from milepost import app


def main() -> None:
    """Build and transfer, and print what it took; the exit code is 1 where the exports differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--key-results", type=int, default=50_000, help="in sessions of 2,000, ten check-ins each")
    asked = parser.parse_args()
    sessions = max(1, asked.key_results // company.SESSION)
    with tempfile.TemporaryDirectory(prefix="milepost-transferring-") as name:
        folder = Path(name)
        here, there = (f"sqlite:///{folder / one}.db" for one in ("here", "there"))
        begun = time.perf_counter()
        with closing(app.database(here)) as database:
            built = company.build(database, sessions)
        count = len(built.key_result_ids)
        print(f"{count:,} key results with {company.CHECK_INS_EACH} check-ins each, built in ", end="")
        print(f"{time.perf_counter() - begun:.0f} s")
        first, second = folder / "first", folder / "second"
        print(f"export: {process.run('export', str(first), '--database', here)}", flush=True)
        size = sum(file.stat().st_size for file in first.iterdir())
        print(f"{len(list(first.iterdir()))} files, {size / 2**20:.0f} MiB")
        print(f"import: {process.run('import', 'gtmhub', str(first), '--database', there)}", flush=True)
        print(f"import again: {process.run('import', 'gtmhub', str(first), '--database', there)}", flush=True)
        print(f"export: {process.run('export', str(second), '--database', there)}", flush=True)
        names = sorted({file.name for place in (first, second) for file in place.iterdir()})
        _, different, missing = filecmp.cmpfiles(first, second, names, shallow=False)
        if different or missing:
            raise SystemExit(f"the exports differ: {', '.join([*different, *missing])}")
        print(f"both exports are the same, byte for byte, in all {len(names)} files")


if __name__ == "__main__":
    main()
