"""The usual Python way, as a server to measure: `fastcrud_service.py` in its own environment, on PostgreSQL."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from milepost_calls import CHECK_IN, LIST, READ, sample
from peers.documents import CHECK_IN_KINDS, Documents
from servers import LeftOut, Server, ended, port_of, request

NAME = "FastCRUD"
_PACKAGES = ("fastcrud", "fastapi", "sqlalchemy", "asyncpg")
_BODY = '{"value": 42.5, "comment": "as planned", "confidence": 0.7}'


@contextmanager
def running(folder: Path, environment: Path, held: Documents, cycle_id: str, url: str) -> Iterator[Server]:
    """The service over an empty database that it fills with the company; it knows no tokens."""
    file = folder / "documents.json"
    file.write_bytes(msgspec.json.encode({**msgspec.structs.asdict(held), "check_in_kinds": CHECK_IN_KINDS}))
    program = [_python(environment), Path(__file__).parent / "fastcrud_service.py", url, folder]
    with ended(subprocess.Popen(program, stdout=subprocess.PIPE, text=True)) as process:
        port = port_of(process)
        yield Server(NAME, port, _calls(held, cycle_id))


def version(environment: Path) -> str:
    """The versions of what it is made of."""
    program = "import sys; from importlib.metadata import version as v; print(*(f'{n} {v(n)}' for n in sys.argv[1:]))"
    said = subprocess.run([_python(environment), "-c", program, *_PACKAGES], check=True, capture_output=True, text=True)
    return said.stdout.strip()


def _python(environment: Path) -> Path:
    python = environment / "bin" / "python"
    if not python.exists():
        raise LeftOut("it is not in .venv-bench, which `make bench` fills")
    return python


def _calls(held: Documents, cycle_id: str) -> dict[str, list[str]]:
    some = sample([row[list(held.kinds).index("id")] for row in held.key_results])
    return {
        READ: [request("GET", f"metrics/{one}", {}) for one in some],
        LIST: [
            request("GET", f"metrics?sessionId={cycle_id}&sort=name,id&page={page}&itemsPerPage=100", {})
            for page in range(1, 21)
        ],
        CHECK_IN: [request("POST", f"metrics/{one}/checkin", {}, _BODY) for one in some],
    }
