"""One command of Milepost in a process of its own: how long it takes, and how much memory."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import msgspec

_RUN = (
    "import resource, sys; from milepost.cli import main\n"
    "try: main(sys.argv[1:])\n"
    "finally: print('KiB', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
)


class Taken(msgspec.Struct, frozen=True):
    """Seconds, the most memory in MiB, and what was printed."""

    seconds: float
    memory: int
    out: str

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s, with {self.memory} MiB of memory at most"


def run(*words: str) -> Taken:
    """Run `milepost` with these words; an error where it does not succeed."""
    begun = time.perf_counter()
    ended = subprocess.run([sys.executable, "-c", _RUN, *words], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - begun
    (memory,) = re.findall(r"KiB ([0-9]+)", ended.stderr)
    return Taken(seconds, int(memory) // 1024, ended.stdout)
