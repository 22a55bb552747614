"""Commands that are killed at random moments and run again, until one of them gets through."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Sequence


def until_through(words: Sequence[str], given: bytes = b"") -> list[float]:
    """Run `milepost` with these words again and again, killed after ever longer random times, until it ends by itself,
    and well. The seconds after which it was killed come back, of the first time too few for anything to be done.
    """
    killed: list[float] = []
    while True:
        process = subprocess.Popen(
            [sys.executable, "-m", "milepost", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        limit = 0.01 + random.uniform(0.0, 2.0 * len(killed))
        try:
            _, said = process.communicate(given, timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        else:
            assert process.returncode == 0, said.decode()
            return killed
        assert process.returncode in (0, -signal.SIGKILL)
        killed.append(limit)
