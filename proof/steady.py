"""A mixed load of both dialects at 70 % of the most that a server answers, for ten minutes.

Prints, of each kind of call, how many there were and how long they took, and how the server's memory went. Ends with 1
where an answer was an error; where the run is long enough to say so, also where memory grew by more than 10 % after the
first minute, or where the slowest hundredth of a kind took more than five times what half of it did.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import msgspec

sys.path.append(str(Path(__file__).parent.parent / "benchmarks"))
import company
import milepost_calls
from company import Company
from servers import request

from milepost import app
from milepost.domain import ids
from server import Server

CONNECTIONS = 16
SHARE = 0.7
GROWTH, SPREAD = 1.10, 5.0
# In seconds: how long the most is measured, when memory is first looked at, and what is too short to judge by.
_PEAK, _SETTLED = 10.0, 60.0
# Of a hundred calls, so many of each kind.
_MIX = {
    "read one": 35, "check-in": 20, "list 100": 8, "list 100, filter": 8, "list by goal": 9,
    "SimpleOKR: read one": 12, "SimpleOKR: list of a cycle": 4, "SimpleOKR: say a value": 4,
}  # fmt: skip
_HUNDREDS = 400


class Memory:
    """The memory of all of a server's processes in MiB, looked at each second."""

    def __init__(self, server: Server) -> None:
        self.seen: list[float] = []
        self._server = server
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(1):
            self.seen.append(sum(map(_resident, (self._server.pid, *self._server.workers()))))

    def growth(self, settled: float) -> float:
        """The most that there was afterwards, as a multiple of what there was after so many seconds."""
        begun = self.seen[min(int(settled), len(self.seen) - 1)]
        return max(self.seen[int(settled) :] or [begun]) / begun


def _resident(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


class Kind(msgspec.Struct):
    """The latencies of a kind of call, in seconds."""

    latencies: list[float] = []

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def mixed(of: Company) -> list[tuple[str, str]]:
    """The requests of the mix in an order of chance, each with its kind. What is said is said of any key result: to say
    it of a few again and again would make their histories, and with them every answer, longer by the minute.
    """
    headers, random = milepost_calls.bearer(of), Random(1)
    compared, further = milepost_calls.compared(of), milepost_calls.further(of)
    growing = milepost_calls.growing(of)
    cycle, everything = ids.as_uuid(of.cycle_ids[0]), [ids.as_uuid(one) for one in of.key_result_ids]
    said = json.dumps({"name": "Said", "type": "positive", "target_value_min": "100", "current_value": "42.5"})
    by_kind = {
        "read one": compared[milepost_calls.READ],
        "check-in": milepost_calls.check_ins(headers, of.key_result_ids),
        "list 100": compared[milepost_calls.LIST],
        "list 100, filter": further["list 100, filter"],
        "list by goal": growing[milepost_calls.LIST_OF_GOAL],
        "SimpleOKR: read one": [request("GET", f"v1/keyresults/{one}", headers) for one in everything],
        "SimpleOKR: list of a cycle": [request("GET", f"v1/keyresults?cycle_id={cycle}", headers)],
        "SimpleOKR: say a value": [request("POST", f"v1/keyresults/{one}", headers, said) for one in everything],
    }
    mix = [(kind, random.choice(by_kind[kind])) for kind, count in _MIX.items() for _ in range(count * _HUNDREDS)]
    random.shuffle(mix)
    return mix


def sent(server: Server, mix: list[tuple[str, str]], seconds: float, rate: float) -> tuple[dict[str, Kind], float]:
    """The latencies of each kind, and how many answers a second there were; exits where one was an error."""
    job = {
        "port": int(server.address.rpartition(":")[2]), "requests": [text for _, text in mix],
        "connections": CONNECTIONS, "seconds": seconds, "rate": rate,
    }  # fmt: skip
    program = Path(__file__).with_name("paced.py")
    command = [sys.executable, program]
    done = subprocess.run(command, input=json.dumps(job), text=True, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(f"an answer was an error, or there was none; the server said: {server.said}")
    result: dict[str, Any] = json.loads(done.stdout)
    kinds = {kind: Kind() for kind in _MIX}
    for number, latency in result["latencies"]:
        kinds[mix[number % len(mix)][0]].latencies.append(latency)
    return kinds, len(result["latencies"]) / result["elapsed"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="at 70 %% of the most")
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    judged = options.seconds > _SETTLED * 2
    with tempfile.TemporaryDirectory(prefix="milepost-load-") as folder:
        path = Path(folder) / "load.db"
        with closing(app.database(f"sqlite:///{path}")) as database:
            mix = mixed(company.build(database, 2))
        server = Server(path, options.workers)
        try:
            _, most = sent(server, mix, min(_PEAK, options.seconds), 0)
            with Memory(server) as memory:
                kinds, rate = sent(server, mix, options.seconds, most * SHARE)
        finally:
            server.kill()
    print(f"most: {most:,.0f} answers a second; then {rate:,.0f} for {options.seconds:g} s, no error\n")
    print(f"{'call':<28}{'answers':>10}{'p50 ms':>9}{'p99 ms':>9}{'p99/p50':>9}")
    far = []
    for name, kind in kinds.items():
        if kind.latencies:
            half, most_of = kind.percentile(0.5), kind.percentile(0.99)
            far += [name] if most_of > SPREAD * half else []
            print(f"{name:<28}{len(kind.latencies):>10,}{half:>9.1f}{most_of:>9.1f}{most_of / half:>9.1f}")
    settled = _SETTLED if judged else 0
    growth = memory.growth(settled)
    print(f"\nmemory after {settled:g} s {memory.seen[int(settled)]:.0f} MiB, the most since {growth:.2f} times that")
    faults = [f"p99 is over {SPREAD:g} times p50: {', '.join(far)}"] if far else []
    faults += [f"memory grew by more than {GROWTH - 1:.0%}"] if growth > GROWTH else []
    print(*faults or ["everything holds"], sep="\n")
    if faults and not judged:
        print(f"(a run of {options.seconds:g} s is too short to say so: only errors count)")
    sys.exit(1 if faults and judged else 0)


if __name__ == "__main__":
    main()
