"""What is measured: a server process, and the raw requests that ask it for each kind of call."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import msgspec

HERE = Path(__file__).parent


class LeftOut(Exception):
    """A server that cannot be measured here; the message says why."""


class Server(msgspec.Struct):
    """A server that listens on a port. `calls`: by the name of a kind of call, many requests of it to send in turn."""

    name: str
    port: int
    calls: Mapping[str, list[str]]


def request(method: str, path: str, headers: Mapping[str, str], body: str = "") -> str:
    """A request as it goes over the wire."""
    lines = [f"{method} /{path} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
    return "\r\n".join([*lines, "", body])


def answer(port: int, request: str) -> bytes:
    """The body that a request is answered with; exits where that is a refusal."""
    head, _, body = request.partition("\r\n\r\n")
    first, *headers = head.split("\r\n")
    method, path, _ = first.split(" ")
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body or None, dict(line.split(": ", 1) for line in headers))
    response = connection.getresponse()
    content = response.read()
    connection.close()
    if response.status >= 300:
        sys.exit(f"{method} {path}: {response.status} {content[:500].decode()}")
    return content


@contextmanager
def serving(kind: str, about: str | Path, server_key: str = "") -> Iterator[int]:
    """The port of a server process of one of the kinds that `serve.py` knows."""
    environment = {**os.environ, "MILEPOST_SECRET_KEY": server_key, "MILEPOST_RATE_LIMIT": "off"}
    with ended(
        subprocess.Popen(
            [sys.executable, HERE / "serve.py", kind, about], stdout=subprocess.PIPE, text=True, env=environment
        )
    ) as process:
        yield port_of(process)


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that is told to end when the context does."""
    with process:
        try:
            yield process
        finally:
            process.terminate()


def port_of(process: subprocess.Popen[str]) -> int:
    """The port that a server prints once it listens."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise LeftOut(f"its server ended at once, with status {process.wait()}; what it said stands above")
    return int(line)
