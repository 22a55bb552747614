"""PocketBase: its server from the package index, a collection of key results and one of check-ins, a user's token.

Its tables are filled behind its back, with SQL; every call goes through its own API.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

from milepost_calls import CHECK_IN, LIST, READ, sample
from peers.documents import CHECK_IN_KINDS, Documents
from peers.ports import free_port
from servers import LeftOut, Server, ended, request

NAME = "PocketBase"
_ADMIN = "admin@bench.test"
_PATIENCE = 15.0
_SIGNED_IN = '@request.auth.id != ""'
_INDEXES = {
    "metrics": [
        "CREATE INDEX metrics_session_name ON metrics (sessionId, name, id)",
        "CREATE INDEX metrics_session ON metrics (sessionId, dateCreated, id)",
        "CREATE INDEX metrics_goal ON metrics (goalId, dateCreated, id)",
        "CREATE INDEX metrics_owner ON metrics (ownerId, dateCreated, id)",
    ],
    "checkins": ["CREATE INDEX checkins_history ON checkins (metricId, checkInDate, id)"],
}


@contextmanager
def running(folder: Path, environment: Path, held: Documents, cycle_id: str) -> Iterator[Server]:
    """The server with the company in it; a user's token goes with every call."""
    program, data, port = _program(environment), folder / "pocketbase", free_port()
    password = secrets.token_hex(12)
    told = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([program, "superuser", "upsert", _ADMIN, password, "--dir", data], check=True, **told)
    command = [program, "serve", "--http", f"127.0.0.1:{port}", "--dir", data]
    with ended(subprocess.Popen(command, text=True, **told)):
        admin = _Client(port)
        admin.await_health()
        admin.sign_in("_superusers", _ADMIN, password)
        # Batches are off at first; without logs of requests it is faster.
        admin.call("PATCH", "settings", {"batch": {"enabled": True, "maxRequests": 10}, "logs": {"maxDays": 0}})
        admin.call("POST", "collections", _collection("metrics", held.kinds))
        admin.call("POST", "collections", _collection("checkins", CHECK_IN_KINDS))
        user = {"email": "ada@bench.test", "password": password, "passwordConfirm": password, "verified": True}
        admin.call("POST", "collections/users/records", user)
        with sqlite3.connect(data / "data.db") as database:
            _insert(database, "metrics", held.kinds, held.key_results)
            _insert(database, "checkins", CHECK_IN_KINDS, held.check_ins)
        database.close()
        member = _Client(port)
        member.sign_in("users", "ada@bench.test", password)
        yield Server(NAME, port, _calls(held, cycle_id, {"Authorization": member.token}))


def version(environment: Path) -> str:
    """What the program says of itself."""
    said = subprocess.run([_program(environment), "--version"], check=True, capture_output=True, text=True).stdout
    return said.strip()


def _program(environment: Path) -> Path:
    program = environment / "bin" / "pocketbase"
    if not program.exists():
        raise LeftOut("it is not in .venv-bench, which `make bench` fills")
    return program


def _calls(held: Documents, cycle_id: str, headers: dict[str, str]) -> dict[str, list[str]]:
    some = sample([row[list(held.kinds).index("id")] for row in held.key_results])
    metrics, condition = "api/collections/metrics/records", quote(f"sessionId='{cycle_id}'")
    return {
        READ: [request("GET", f"{metrics}/{one}", headers) for one in some],
        LIST: [
            request("GET", f"{metrics}?perPage=100&page={page}&sort=name,id&filter={condition}", headers)
            for page in range(1, 21)
        ],
        CHECK_IN: [request("POST", "api/batch", headers, _check_in(one)) for one in some],
    }


def _check_in(metric_id: str) -> str:
    """One transaction: the entry of the history, then the value that stands."""
    entry = {"metricId": metric_id, "value": 42.5, "comment": "as planned", "confidence": 0.7}
    return json.dumps(
        {
            "requests": [
                {"method": "POST", "url": "/api/collections/checkins/records", "body": entry},
                {
                    "method": "PATCH",
                    "url": f"/api/collections/metrics/records/{metric_id}?fields=id,actual",
                    "body": {"actual": 42.5},
                },
            ]
        }
    )


def _collection(name: str, kinds: dict[str, str]) -> dict[str, Any]:
    """A collection of those columns, open to everybody who is signed in. Ids may have the length of Milepost's."""
    spelled = {"name": "id", "type": "text", "system": True, "primaryKey": True, "required": True}
    spelled |= {"min": 15, "max": 24, "pattern": "^[a-z0-9]+$", "autogeneratePattern": "[a-z0-9]{15}"}
    fields = [spelled, *({"name": column, "type": kind} for column, kind in kinds.items() if column != "id")]
    rules = dict.fromkeys(("listRule", "viewRule", "createRule", "updateRule"), _SIGNED_IN)
    return {"name": name, "type": "base", "fields": fields, "indexes": _INDEXES[name], **rules}


def _insert(database: sqlite3.Connection, table: str, columns: dict[str, str], rows: list[list[Any]]) -> None:
    names = ", ".join(f"`{name}`" for name in columns)
    database.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", rows)


class _Client:
    """Calls of PocketBase's API, with a token once there is one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.token = ""

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=10)
        headers = {"Content-Type": "application/json", "Authorization": self.token}
        connection.request(method, f"/api/{path}", None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        if response.status >= 300:
            raise LeftOut(f"{method} {path} was answered with {response.status} {content.decode()}")
        return json.loads(content)

    def sign_in(self, collection: str, email: str, password: str) -> None:
        asked = {"identity": email, "password": password}
        self.token = self.call("POST", f"collections/{collection}/auth-with-password", asked)["token"]

    def await_health(self) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self.call("GET", "health")
            except ConnectionError:
                if time.monotonic() > until:
                    raise LeftOut("it did not start") from None
                time.sleep(0.1)
            else:
                return
