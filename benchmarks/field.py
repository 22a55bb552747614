"""Who is measured: Milepost and the floors, which are always there, and the others, where they can be started."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import company
import milepost_calls
import msgspec
from company import Company
from milepost_calls import LIST, READ
from peers import fastcrud_server, pocketbase, postgresql
from peers.documents import documents
from peers.postgresql import Cluster
from report import BARE, CONSTANT, MILEPOST, MILEPOST_POSTGRESQL
from servers import LeftOut, Server, answer, request, serving
from workers import Held

from milepost import app
from milepost.store.migrate import CannotOpen


class Field(msgspec.Struct):
    """The servers in the order in which they are measured, who is left out and why, and the versions of the others;
    Milepost's databases by the names of its servers.
    """

    servers: list[Server] = []
    left_out: dict[str, str] = {}
    versions: list[str] = []
    databases: dict[str, Held] = {}


@contextmanager
def running(folder: Path, environment: Path, built: Company, database: Path) -> Iterator[Field]:
    """All servers over the company of an SQLite database; `environment` is where the peers are installed."""
    field = Field(databases={MILEPOST: Held(f"sqlite:///{database}", built)})
    with ExitStack() as stack:
        field.servers += _own(folder, built, database, stack)
        held = documents(field.servers[0].port, milepost_calls.bearer(built), database)
        cycle = built.cycle_ids[0]

        def add(name: str, start: Callable[[], AbstractContextManager[Server]], version: Callable[[], str]) -> None:
            try:
                field.servers.append(stack.enter_context(start()))
                field.versions.append(version())
            except LeftOut as why:
                field.left_out[name] = str(why)
                print(f"{name} is left out: {why}", flush=True)

        add(
            pocketbase.NAME,
            lambda: pocketbase.running(folder, environment, held, cycle),
            lambda: pocketbase.version(environment),
        )
        cluster = _Asked(folder, environment, stack)
        add(
            MILEPOST_POSTGRESQL,
            lambda: _on_postgresql(cluster(), field, len(built.cycle_ids)),
            lambda: cluster().version,
        )
        add(
            fastcrud_server.NAME,
            lambda: fastcrud_server.running(folder, environment, held, cycle, cluster().create("fastcrud")),
            lambda: fastcrud_server.version(environment),
        )
        yield field


class _Asked:
    """The PostgreSQL server that two of them share, started when the first asks for it."""

    def __init__(self, folder: Path, environment: Path, stack: ExitStack) -> None:
        self._start = lambda: stack.enter_context(postgresql.cluster(folder, environment))
        self._started: Cluster | LeftOut | None = None

    def __call__(self) -> Cluster:
        if self._started is None:
            try:
                self._started = self._start()
            except LeftOut as why:
                self._started = why
        if isinstance(self._started, LeftOut):
            raise self._started
        return self._started


def _own(folder: Path, built: Company, database: Path, stack: ExitStack) -> list[Server]:
    """Milepost on SQLite, and the floors."""
    calls = milepost_calls.numbered(milepost_calls.further(built) | milepost_calls.compared(built))
    port = stack.enter_context(serving("milepost", f"sqlite:///{database}", built.server_key))
    answers = {str(number): answer(port, asked[0]).decode() for number, asked in enumerate(calls.values())}
    (folder / "answers.json").write_text(json.dumps(answers), "utf-8")
    account, cycle = built.account_id, built.cycle_ids[0]
    bare = {
        READ: [request("GET", f"one/{account}/{one}", {}) for one in milepost_calls.sample(built.key_result_ids)],
        LIST: [request("GET", f"page/{account}/{cycle}?skip={skip}", {}) for skip in milepost_calls.SKIPS],
    }
    return [
        Server(MILEPOST, port, calls),
        Server(CONSTANT, stack.enter_context(serving("constant", folder / "answers.json")), calls),
        Server(BARE, stack.enter_context(serving("bare", database)), bare),
    ]


@contextmanager
def _on_postgresql(cluster: Cluster, field: Field, sessions: int) -> Iterator[Server]:
    """Milepost on PostgreSQL, over a company of its own there, which the field is told of."""
    url = cluster.create("milepost")
    try:
        database = app.database(url)
    except CannotOpen as why:
        raise LeftOut(str(why)) from why
    built = company.build(database, sessions, settle=lambda: cluster.analyze("milepost"))
    database.close()
    cluster.analyze("milepost")
    field.databases[MILEPOST_POSTGRESQL] = Held(url, built)
    with serving("milepost", url, built.server_key) as port:
        yield Server(MILEPOST_POSTGRESQL, port, milepost_calls.compared(built))
