"""How fast Milepost answers beside the same server answering constant bytes: prints a table, asserts nothing.

Both servers and the load generator are processes of one machine and share its cores, so the rates are lower than a
machine of its own would give; the ratio to the constant server tells what Milepost itself costs. The two are measured
in turns (A B A B …), so that a machine that slows down slows down both.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import authentication
import company
import msgspec
from company import Company

from milepost.domain import ids

HERE = Path(__file__).parent
POOL = 500
CONNECTIONS = (1, 16)
HEADINGS = (
    *("call", "connections", "bytes", "per second", "p50 ms", "p99 ms"),
    *("constant: per second", "p50 ms", "p99 ms", "ratio"),
)


class Call(msgspec.Struct):
    """One kind of call: raw requests to send in turn, and the answer to the first of them."""

    name: str
    requests: list[str]
    answer: str = ""


class Measured(msgspec.Struct):
    """What one server did for one call over all rounds."""

    latencies: list[float]
    elapsed: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.elapsed

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def calls(of: Company) -> list[Call]:
    """The calls to measure, each with many requests, so that no single record stays in a cache."""
    random = Random(1)
    some = random.sample(of.key_result_ids, POOL)
    bearer, signature = f"Bearer {of.token}", company.signed_header(of)
    uuids = [ids.as_uuid(one) for one in some]
    filtered = quote(f'{{sessionId:"{of.session_id}",attainment:{{$gte:0.5}}}}')
    body = '{"actual": 42.5, "comment": "as planned", "confidence": 0.7}'
    skips = random.sample(range(15_000), POOL)
    cycle = ids.as_uuid(of.session_id)
    texts: list[tuple[str, str, list[tuple[str, str, str]]]] = [
        ("read one", bearer, [("GET", f"api/v1/metrics/{one}", "") for one in some]),
        ("list 100", bearer, [("GET", f"api/v2/metrics?limit=100&skip={skip}", "") for skip in skips]),
        ("list 100, filter", bearer, [("GET", f"api/v2/metrics?limit=100&filter={filtered}", "")]),
        ("check-in", bearer, [("POST", f"api/v1/metrics/{one}/checkin", body) for one in some]),
        ("SimpleOKR: read one, token", bearer, [("GET", f"v1/keyresults/{one}", "") for one in uuids]),
        ("SimpleOKR: read one, signed", signature, [("GET", f"v1/keyresults/{one}", "") for one in uuids]),
        ("SimpleOKR: list 100, signed", signature, [("GET", f"v1/keyresults?cycle_id={cycle}", "")]),
    ]
    return [
        Call(name, [_request(of, number, authorization, *asked) for asked in all_of_it])
        for number, (name, authorization, all_of_it) in enumerate(texts)
    ]


def _request(of: Company, number: int, authorization: str, method: str, path: str, body: str) -> str:
    lines = [
        f"{method} /{path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: {authorization}",
        f"gtmhub-accountId: {of.account_id}",
        f"x-answer: {number}",
        "Accept: application/json",
    ]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", body])


def first_answer(port: int, request: str) -> str:
    """The body that a request is answered with."""
    head, _, body = request.partition("\r\n\r\n")
    first, *headers = head.split("\r\n")
    method, path, _ = first.split(" ")
    connection = HTTPConnection("127.0.0.1", port)
    connection.request(method, path, body or None, dict(line.split(": ", 1) for line in headers))
    answer = connection.getresponse().read().decode()
    connection.close()
    return answer


@contextmanager
def server(kind: str, path: Path) -> Iterator[int]:
    """The port of a server process of that kind."""
    process = subprocess.Popen([sys.executable, HERE / "serve.py", kind, path], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


class Load:
    """The load generator's process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, HERE / "load.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, port: int, requests: list[str], connections: int, seconds: float) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        job = {"port": port, "requests": requests, "connections": connections, "seconds": seconds}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            sys.exit("the load generator failed; what it said stands above")
        result: dict[str, Any] = json.loads(answer)
        return result

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def measure(load: Load, ports: list[int], call: Call, connections: int, rounds: int, seconds: float) -> list[Measured]:
    """What each server did, in turns."""
    found = [Measured([]) for _ in ports]
    for port in ports:
        load.run(port, call.requests, connections, min(0.2, seconds))  # warm-up
    for _ in range(rounds):
        for port, measured in zip(ports, found, strict=True):
            result = load.run(port, call.requests, connections, seconds)
            measured.latencies += result["latencies"]
            measured.elapsed += result["elapsed"]
    return found


def row(call: Call, connections: int, milepost: Measured, constant: Measured) -> str:
    """A row of the table."""
    cells = [call.name, str(connections), f"{len(call.answer):,}"]
    for one in (milepost, constant):
        cells += [f"{one.rate:,.0f}", f"{one.percentile(0.5):.2f}", f"{one.percentile(0.99):.2f}"]
    return "| " + " | ".join([*cells, f"{milepost.rate / constant.rate:.2f}"]) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.2, help="of each turn")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each server for each line")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as processes:
        database, answers = Path(folder) / "bench.db", Path(folder) / "answers.json"
        started = time.perf_counter()
        built = company.build(database)
        print(
            f"{len(built.key_result_ids):,} key results, built in {time.perf_counter() - started:.0f} s. "
            f"{platform.machine()}, {os.cpu_count()} cores shared with the load generator, "
            f"Python {platform.python_version()}.\n"
        )
        milepost = processes.enter_context(server("milepost", database))
        asked = calls(built)
        for call in asked:
            call.answer = first_answer(milepost, call.requests[0])
        answers.write_text(json.dumps({number: call.answer for number, call in enumerate(asked)}))
        constant = processes.enter_context(server("constant", answers))
        load = Load()
        processes.callback(load.close)
        print("| " + " | ".join(HEADINGS) + " |")
        print("|---" + "|--:" * (len(HEADINGS) - 1) + "|")
        for call in asked:
            for connections in CONNECTIONS:
                both = measure(load, [milepost, constant], call, connections, options.rounds, options.seconds)
                print(row(call, connections, *both), flush=True)
        print(f"\n{authentication.report(database, built)}")


if __name__ == "__main__":
    main()
