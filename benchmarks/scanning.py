"""What heavy questions cost who asks them, and what they cost the others: one client scans an account of a million key
results again and again; beside it others read one record, list a page and check in.

It prints how each question is answered and after how long, then how long the others wait, without it and beside it.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import company
import milepost_calls
import report
from company import SESSION, Company
from measuring import Load, python_load
from milepost_calls import CHECK_IN, LIST_OF_SESSION, READ_WHOLE
from servers import serving

from milepost import app

SIZE = 1_000_000
_SCANNED = 150_000
_BESIDE = (READ_WHOLE, LIST_OF_SESSION, CHECK_IN)
# A regular expression that no SQL says, and that nothing matches.
_PATTERN = '{"$regex": "(no|where)+x"}'


def questions(of: Company) -> dict[str, str]:
    """Query strings by what they ask."""
    # Of the rows those of the newest sessions: each is made a second after the one before.
    oldest = of.cycle_ids[-min(len(of.cycle_ids), _SCANNED // SESSION)]
    since = f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(int(oldest[:8], 16)))}"
    return {
        "a page of all of them": "limit=100",
        "a text that no index holds": _filter('{"description": "nowhere"}'),
        "a part of a name": _filter('{"name": {"$regex": "nowhere"}}'),
        "a regular expression": _filter(f'{{"name": {_PATTERN}}}'),
        f"the same over {_SCANNED:,}": _filter(f'{{"name": {_PATTERN}, "dateCreated": {{"$gte": "{since}"}}}}'),
        "sorted by what no index holds": "sort=-attainment,description",
    }


def _filter(condition: str) -> str:
    return f"filter={quote(condition)}"


def ask(port: int, of: Company, question: str) -> tuple[int, float]:
    """The status of an answer, and its milliseconds."""
    connection = HTTPConnection("127.0.0.1", port, timeout=300)
    begun = time.perf_counter()
    connection.request("GET", f"/api/v2/metrics?{question}", headers=milepost_calls.bearer(of))
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, (time.perf_counter() - begun) * 1000


@contextmanager
def asking(port: int, of: Company, question: str) -> Iterator[None]:
    """One client that asks again and again, as long as the context lasts."""
    over = threading.Event()

    def again() -> None:
        while question and not over.is_set():
            ask(port, of, question)

    client = threading.Thread(target=again)
    client.start()
    try:
        yield
    finally:
        over.set()
        client.join()


def waits(load: Load, port: int, of: Company, seconds: float) -> list[str]:
    """p50, p99 and the longest in milliseconds of each kind of call."""
    cells = []
    for call in _BESIDE:
        found = sorted(load.run(port, milepost_calls.growing(of)[call], 1, seconds)["latencies"])
        cells.append(
            " / ".join(f"{found[min(len(found) - 1, int(share * len(found)))] * 1000:.1f}" for share in (0.5, 0.99, 1))
        )
    return cells


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE, help="how many key results")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="milepost-scanning-") as folder:
        path = Path(folder) / "milepost.db"
        database = app.database(f"sqlite:///{path}")
        company.CHECK_INS_EACH = 1  # what is scanned are key results
        made = company.build(database, sessions=-(-options.size // SESSION))
        database.close()
        print(report.machine())
        with serving("milepost", f"sqlite:///{path}", made.server_key) as port, python_load() as load:
            asked = questions(made)
            print(
                report.head(
                    ["question", "status", "ms", *(f"beside it: {call}, p50 / p99 / longest" for call in _BESIDE)]
                )
            )
            print(report.row(["none", "", "", *waits(load, port, made, options.seconds)]))
            for words, question in asked.items():
                status, taken = ask(port, made, question)
                with asking(port, made, question):
                    print(
                        report.row([words, str(status), f"{taken:,.0f}", *waits(load, port, made, options.seconds)]),
                        flush=True,
                    )


if __name__ == "__main__":
    main()
