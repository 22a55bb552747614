"""Services to import from, over real sockets: Milepost itself with a whole account in it, and one that is told what to
answer.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import uvicorn

from acme import Acme, build
from milepost import app
from milepost.actions import keys, people, tokens
from milepost.actions.context import operator
from milepost.actions.people import UserChange
from milepost.config import Settings
from milepost.domain.instants import Instant
from milepost.domain.people import Role
from milepost.store import objectives
from milepost.store.engine import Database
from milepost.store.migrate import open_database
from wire import InProcess

CREDENTIAL = "mycredential"
SECRET = "a secret that nobody else is told"

UUID = "0b7f6a3e-2f0d-4c57-9f6b-2a8f0d6f1c11"
LISTS = ("users", "teams", "cycles", "objectives", "keyresults")

# More than two pages of a hundred.
MANY = 210


class Original(msgspec.Struct):
    """A served account. `shown` is everything that its API shows, by list and id."""

    database: Database
    acme: Acme
    address: str
    shown: dict[str, dict[str, Any]]


@contextmanager
def listening(database: Database) -> Iterator[str]:
    """Milepost over a database on a free port; its address."""
    with app.running(Settings(), database) as application:
        config = uvicorn.Config(application, port=0, log_level="warning", lifespan="off", ws="none", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, name="upstream")
        thread.start()
        while not server.started:
            threading.Event().wait(0.01)
        try:
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def original(folder: Path, more: Callable[[Acme, InProcess], None] = lambda _acme, _anna: None) -> Iterator[Original]:
    """A served Acme with a key of Anna's, after `more` was built into it through a client of hers."""
    database = open_database(folder / "original.db")
    acme = build(database)
    with talking(database, acme.account.id, acme.anna.email, acme.clock) as anna:
        more(acme, anna)
        shown = everything(anna)
    vault = app.vault(Settings(), database)
    keys.add(acme.context(acme.anna), vault, acme.anna.email, pair=(CREDENTIAL, SECRET))
    with listening(database) as address:
        yield Original(database, acme, address, shown)
    database.close()


@contextmanager
def talking(
    database: Database, account_id: str, email: str, clock: Callable[[], Instant] = app.clock
) -> Iterator[InProcess]:
    """A client of the SimpleOKR dialect, as the user of an address, who is made an admin."""
    boss = operator(database, account_id, clock)
    people.revise(boss, people.by_email(boss, email).id, UserChange(role=Role.ADMIN))
    loop = asyncio.new_event_loop()
    with app.running(Settings(), database, clock) as application:
        yield InProcess(application, loop, tokens.add(boss, email)[1], account_id, "/v1")
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def everything(client: InProcess) -> dict[str, dict[str, Any]]:
    """All that the API shows of an account, by list and id."""
    shown: dict[str, dict[str, Any]] = {name: _whole(client, name) for name in ("users", "teams", "cycles")}
    for name in ("objectives", "keyresults"):
        shown[name] = {}
        for cycle in shown["cycles"]:
            shown[name] |= _whole(client, name, cycle_id=cycle)
    return shown


def _whole(client: InProcess, name: str, **query: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    token: str | None = ""
    while token is not None:
        page = client.get(name, **query, page_token=token)
        assert page.status == 200, page.body
        found |= {one["id"]: one for one in page.json[name]}
        token = page.json["next_page_token"]
    return found


def whole_account(acme: Acme, anna: InProcess) -> None:
    """Everything that this API can show: each type, each attribute set and not, other cycles, many pages, and records
    that were born in the other dialect.
    """
    gtmhub = anna.at("/api")
    for number in range(MANY // 2):
        acme.clock.forward(seconds=61)
        _made(gtmhub.post("v1/users", {"email": f"{number}@acme.test", "firstName": f"N\u00ba {number}"}))
    assert gtmhub.delete(f"v1/users/{acme.vera.id}").status < 300
    teams = [_made(anna.post("teams", {"name": name})) for name in ("Sales", "")]
    cycles = [_made(anna.post("cycles", {"name": name})) for name in ("2025", "2027", "")]
    first, *others = [
        _made(
            anna.post(
                "objectives",
                {
                    "name": f"Aim {number}",
                    "cycle_id": cycles[number % 2],
                    "assignee_id": _uuid(anna, acme.ben.email) if number % 2 else None,
                    "team_id": teams[0] if number % 3 else None,
                    "description": "<b>Why</b> \u2026" if number % 5 else None,
                    "is_company": number % 7 == 0,
                    "is_personal": number % 11 == 0,
                },
            )
        )
        for number in range(2 * MANY)
    ]
    for number, above in enumerate(others[-5:]):
        acme.clock.forward(days=1)
        below = first if number == 0 else others[number]
        one = anna.get(f"objectives/{below}").json
        _made(anna.post(f"objectives/{below}", one | {"parent_objective_id": above}))
    for number in range(MANY):
        acme.clock.forward(seconds=59)
        made = anna.post(f"objectives/{others[0] if number % 2 else first}/keyresults", _key_result(number))
        if number % 3 == 0:
            change = {"current_value": f"{number}.125", "confidence": f"0.{number:03}"}
            made = anna.post(f"keyresults/{_made(made)}", made.json | change)
        _made(made)
    _born_elsewhere(acme, anna)


def _key_result(number: int) -> dict[str, Any]:
    named = {"name": f"Measure {number}", "current_value": ("0", "10.5", "-3.25", "100000000000000")[number % 4]}
    return (
        named
        | (
            {"type": "positive", "target_value_min": "40000", "confidence": "0.5"},
            {"type": "negative", "target_value_min": "-0.001"},
            {"type": "range", "target_value_min": "1", "target_value_max": "2.5"},
            {"type": "baseline", "confidence": "1"},
            {"type": "milestone"},
        )[number % 5]
    )


def _born_elsewhere(acme: Acme, anna: InProcess) -> None:
    """Records of 24 digits with what only the other dialect knows, and one with a UUID of its own."""
    gtmhub = anna.at("/api")
    owners = [acme.ben.id, acme.anna.id, acme.account.id]
    goal = gtmhub.post("v1/goals", {"name": "Elsewhere", "sessionId": acme.q3.id, "ownerIds": owners}).json["id"]
    metric = {"name": "Stay", "goalId": goal, "initialValue": 5, "target": 7.5, "targetOperator": "should_stay_above"}
    made = gtmhub.post("v1/metrics", metric).json["id"]
    entry = {"actual": 6, "comment": "well", "confidence": 5.1246589809538445}
    checked_in = gtmhub.post(f"v1/metrics/{made}/checkin", entry)
    assert checked_in.status < 300, checked_in.body
    standing = objectives.records.find(acme.database, acme.account.id, goal)
    assert standing is not None
    objectives.insert(acme.database, msgspec.structs.replace(standing, id=UUID, parent_id=goal, key_result_count=0))


def _made(reply: Any) -> str:
    assert reply.status in (200, 201), reply.body
    return str(reply.json["id"])


def _uuid(anna: InProcess, email: str) -> str:
    return str(next(one["id"] for one in anna.get("users").json["users"] if one["email"] == email))


class Doorway:
    """A service that answers what it is told to: `answer` gets the path with its query and the headers, and gives the
    status, headers and body, or `None` to hang up. `asked` is what came, in order.
    """

    def __init__(self, answer: Callable[[str, Mapping[str, str]], tuple[int, dict[str, str], bytes] | None]) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        doorway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:  # the library calls it so
                doorway.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                said = answer(self.path, doorway.asked[-1][1])
                if said is None:
                    self.close_connection = True
                    return
                status, headers, body = said
                self.send_response(status)
                for name, value in {"content-length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def answering(
    answer: Callable[[str, Mapping[str, str]], tuple[int, dict[str, str], bytes] | None],
) -> Iterator[Doorway]:
    """A doorway for as long as the context lasts."""
    doorway = Doorway(answer)
    try:
        yield doorway
    finally:
        doorway.close()


def relayed(address: str, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
    """What the service at an address answers to the same request."""
    with httpx2.Client(trust_env=False) as client:
        got = client.get(address + path, headers={"authorization": headers["authorization"]})
    return got.status_code, {"content-type": "application/json"}, got.content
