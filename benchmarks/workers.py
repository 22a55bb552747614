"""Two workers of one server against one, under the load of wrk: a generator in Python would need a core of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import milepost_calls
import msgspec
from company import Company
from milepost_calls import LIST, READ
from servers import LeftOut, ended

NAME = "wrk"
COUNTS = (1, 2)
CONNECTIONS = 16
# Two workers are to answer so many times as many reads a second as one.
LEAST = 1.5

_LISTENING = re.compile(r"Listening on http://[^:]+:([0-9]+)")
_RATE = re.compile(r"Requests/sec:\s*([0-9.]+)")
_FAILED = re.compile(r"Non-2xx or 3xx responses: ([0-9]+)|Socket errors: (.*)")


class Held(msgspec.Struct):
    """A company, and the address of the database that it is in."""

    url: str
    company: Company


class Rates(msgspec.Struct):
    """How many answers a second of one kind of call each number of workers gave, over one engine."""

    engine: str
    call: str
    by_count: dict[int, float]

    @property
    def ratio(self) -> float:
        """Of two workers to one."""
        return self.by_count[2] / self.by_count[1]


def measured(databases: Mapping[str, Held], rounds: int, seconds: float) -> list[Rates]:
    """Reads of one and of lists, in turns of one worker and two; `LeftOut` where wrk is not installed."""
    if shutil.which(NAME) is None:
        raise LeftOut("it is not installed; Debian's package wrk has it")
    found = []
    for engine, held in databases.items():
        calls = milepost_calls.compared(held.company)
        with ExitStack() as stack:
            ports = {count: stack.enter_context(_serving(held, count)) for count in COUNTS}
            for call in (READ, LIST):
                rates: dict[int, list[float]] = {count: [] for count in COUNTS}
                for _ in range(rounds):
                    for count, port in ports.items():
                        rates[count].append(_rate(port, calls[call], seconds))
                found.append(Rates(engine, call, {count: sum(all_) / len(all_) for count, all_ in rates.items()}))
    return found


@contextmanager
def _serving(held: Held, workers: int) -> Iterator[int]:
    """The port of `milepost serve` with so many workers."""
    command = [sys.executable, "-m", "milepost", "serve", "--port", "0", "--workers", str(workers)]
    settings = {"DATABASE": held.url, "SECRET_KEY": held.company.server_key, "RATE_LIMIT": "off"}
    environment = os.environ | {f"MILEPOST_{name}": value for name, value in settings.items()}
    with ended(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if listening := _LISTENING.search(line):
                yield int(listening[1])
                return
        raise LeftOut(f"milepost serve ended at once, with status {process.wait()}; what it said stands above")


def _rate(port: int, requests: Sequence[str], seconds: float) -> float:
    """Answers a second; exits where one was a refusal."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "requests.lua"
        texts = ",\n".join(json.dumps(text) for text in requests)
        script.write_text(
            f"local texts = {{{texts}}}\nlocal at = 0\n"
            "request = function()\n  at = at % #texts + 1\n  return texts[at]\nend\n",
            "ascii",
        )
        command = [NAME, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-s", script]
        said = subprocess.run([*command, f"http://127.0.0.1:{port}"], check=True, capture_output=True, text=True).stdout
    rate = _RATE.search(said)
    if rate is None or _FAILED.search(said):
        sys.exit(f"wrk says: {said}")
    return float(rate[1])
