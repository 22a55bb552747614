"""Measures servers in turns (A B A B …), so that a machine that slows down slows down all of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import msgspec
from servers import HERE, Server, answer

_WARM_UP = 0.2


class Measured(msgspec.Struct):
    """What one server did for one kind of call over all rounds. `bytes`: the length of the first answer's body."""

    bytes: int
    latencies: list[float] = []
    elapsed: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.elapsed

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


class Load(Protocol):
    """What sends requests in turn over so many connections, each waiting for its answer, for so many seconds."""

    def run(self, port: int, requests: Sequence[str], connections: int, seconds: float) -> dict[str, Any]:
        """`latencies` in seconds, one an answer, and the time that all of it took, `elapsed`."""


class PythonLoad:
    """The load generator `load.py`, a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, port: int, requests: Sequence[str], connections: int, seconds: float) -> dict[str, Any]:
        """As `Load` says; exits where the generator failed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        job = {"port": port, "requests": requests, "connections": connections, "seconds": seconds}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            sys.exit("the load generator failed; what it said stands above")
        result: dict[str, Any] = json.loads(line)
        return result


@contextmanager
def python_load() -> Iterator[Load]:
    """The generator, running."""
    program = [sys.executable, HERE / "load.py"]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield PythonLoad(process)


def measure(
    load: Load, servers: Sequence[Server], call: str, connections: int, rounds: int, seconds: float
) -> dict[str, Measured]:
    """What each server did, by its name."""
    found = {one.name: Measured(len(answer(one.port, one.calls[call][0]))) for one in servers}
    for one in servers:
        load.run(one.port, one.calls[call], connections, min(_WARM_UP, seconds))
    for _ in range(rounds):
        for one in servers:
            result = load.run(one.port, one.calls[call], connections, seconds)
            found[one.name].latencies += result["latencies"]
            found[one.name].elapsed += result["elapsed"]
    return found
