"""How long the server takes to make each page of a company with 2,000 key results in a cycle, ten check-ins each.

In one process, without a socket: what is printed is the processor's time. Prints, asserts nothing.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.append(str(Path(__file__).parent.parent / "tests"))
import company
from company import SESSION, Company

from browsing import Browser
from milepost import app
from milepost.config import Settings
from wire import InProcess

_TIMES = 9


def addresses(of: Company) -> list[str]:
    """The pages that show most."""
    cycle, before = of.cycle_ids[1], of.cycle_ids[0]
    key_result = f"/key-results/{of.key_result_ids[-1]}"
    return [
        "/", "/cycles", f"/cycles/{cycle}", f"/cycles/{cycle}?sort=progress", f"/cycles/{cycle}?health=stale",
        f"/cycles/{cycle}/weeks", f"/cycles/{cycle}/weeks.svg", f"/cycles/{cycle}/compare?with={before}",
        f"/cycles/{cycle}/edit", f"/cycles/{cycle}/objectives/new", f"/objectives/{of.objective_ids[-1]}", key_result,
        f"{key_result}/edit", f"{key_result}/history.svg", "/people", "/teams/new", "/access", "/audit", "/transfer",
    ]  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="milepost-pages-") as folder:
        database = app.database(f"sqlite:///{folder}/pages.db")
        of = company.build(database, 2)
        print(
            f"{SESSION:,} key results in each of two cycles; milliseconds of the processor's time, of {_TIMES} calls\n"
        )
        print(f"{'page':<28}{'KiB':>8}{'median':>9}{'most':>9}")
        loop = asyncio.new_event_loop()
        with app.running(Settings(secret_key=of.server_key), database) as application:
            browser = Browser(InProcess(application, loop))
            browser.sign_in(of.token)
            for address in addresses(of):
                times, size = [], 0
                for _ in range(_TIMES):
                    began = time.process_time()
                    reply = browser.open(address)
                    times.append((time.process_time() - began) * 1_000)
                    size = len(reply.body)
                    if reply.status != 200:
                        sys.exit(f"{address} answers {reply.status}")
                name = address
                for one in (*of.cycle_ids, *of.objective_ids[-1:], *of.key_result_ids[-1:]):
                    name = name.replace(one, "…")
                print(f"{name:<28}{size / 1024:>8.1f}{median(times):>9.1f}{max(times[1:]):>9.1f}", flush=True)
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        database.close()


if __name__ == "__main__":
    main()
