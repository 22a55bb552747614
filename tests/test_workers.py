"""Several processes serve one database: one may be killed, all may be told to end, and none remembers for long."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from acme import Acme
from checking_in import Clients, Stored, assert_consistent, client
from engines import change
from milepost import app
from milepost.actions import accounts, tokens
from milepost.actions.context import operator
from milepost.domain.account import AccountStatus
from server import Server, serving, wait_until
from wire import Live

# In seconds: what is revoked holds no longer anywhere; and what a call may take beside that.
HOLDS, SLACK = 5.0, 2.0

on_one_and_two = pytest.mark.parametrize("workers", [1, 2], ids=["one process", "two workers"])


Starter = Callable[..., Server]


@pytest.fixture
def started() -> Iterator[Starter]:
    """Starts servers, none of which outlives the test."""
    with ExitStack() as stack:

        def start(*how: Any) -> Server:
            server = Server(*how)
            stack.callback(server.kill)
            return server

        yield start


def serving_processes(server: Server) -> list[int]:
    return server.workers() or [server.pid]


def test_one_worker_is_killed_under_load(stored: Stored) -> None:
    with serving(stored.url, 2) as server:
        before = server.workers()
        assert len(before) == 2
        clients = Clients(server, stored.acme)
        clients.wait_for(40)
        os.kill(before[0], signal.SIGKILL)
        wait_until(lambda: len(set(server.workers()) - set(before)) == 1)
        clients.wait_for(40)
        clients.leave()
        assert not clients.wrong
        kept = {entry.id: entry.value for entry in assert_consistent(stored)}
        assert clients.answered.items() <= kept.items()
        assert len(kept) - len(clients.answered) <= clients.cut
        with server.only(*set(server.workers()) - set(before)), closing(client(server, stored.acme)) as wire:
            assert wire.get(f"v1/metrics/{stored.acme.revenue}").status == 200
    (line,) = server.said.partition("Listening on ")[2].splitlines()[1:]
    assert line.endswith(f" (process {before[0]}) was ended by SIGKILL; another one takes its place")


class Slow:
    """A check-in whose body is still to come. That it is under way is known: the server has asked for the body."""

    def __init__(self, server: Server, acme: Acme, value: float) -> None:
        self._body = f'{{"actual": {value}}}'.encode()
        lines = (
            f"POST /api/v1/metrics/{acme.revenue}/checkin HTTP/1.1",
            "Host: milepost.test",
            f"Authorization: Bearer {acme.tokens['anna']}",
            f"gtmhub-accountId: {acme.account.id}",
            f"Content-Length: {len(self._body)}",
            "Expect: 100-continue",
        )
        self._socket = socket.create_connection(_place(server), timeout=30)
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        assert self._socket.recv(1_000) == b"HTTP/1.1 100 Continue\r\n\r\n"

    def send(self) -> None:
        """The rest of the call."""
        self._socket.sendall(self._body)

    def status(self) -> int:
        """What came back, after which the connection is closed."""
        answer = HTTPResponse(self._socket)
        answer.begin()
        answer.read()
        assert self._socket.recv(1) == b""
        self.close()
        return answer.status

    def close(self) -> None:
        self._socket.close()


@on_one_and_two
def test_a_server_that_is_told_to_end_finishes_what_is_under_way(
    started: Starter, stored: Stored, workers: int
) -> None:
    server, calls = started(stored.url, workers), []
    for process in serving_processes(server):
        with server.only(process):
            calls += [Slow(server, stored.acme, len(calls) + number) for number in range(4)]
    waiting, sending = calls[::2], calls[1::2]
    with closing(app.attached(stored.url)) as database:
        with database.transaction():  # in which nobody else can change the account
            change(database, "UPDATE accounts SET status = status WHERE id = :account", account=stored.acme.account.id)
            for call in waiting:
                call.send()
            server.tell(signal.SIGTERM)
            wait_until(lambda: not _listens(server))
            time.sleep(0.5)
            for call in sending:
                call.send()
        assert [call.status() for call in calls] == [201] * len(calls)
    assert server.ended() == 0
    assert server.said.endswith(f"Listening on {server.address}\n")
    assert len(assert_consistent(stored)) == len(calls)


@pytest.mark.sqlite("how signals arrive does not depend on it")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_to_all_of_them_ends_them_cleanly(started: Starter, stored: Stored, number: signal.Signals) -> None:
    server = started(stored.url, 2)
    clients = Clients(server, stored.acme)
    with closing(client(server, stored.acme)) as idle:
        assert idle.get("v1/users").status == 200
        workers = server.workers()
        for worker in workers:
            os.kill(worker, signal.SIGINT)  # which is not for them
        clients.wait_for(20)
        assert server.workers() == workers
        server.tell(number, everybody=True)
        clients.join()
    assert (server.ended(), clients.wrong) == (0, [])
    assert server.said.endswith(f"Listening on {server.address}\n")
    kept = {entry.id for entry in assert_consistent(stored)}
    assert clients.answered.keys() == kept, "what was done was answered"


@pytest.mark.sqlite("how signals arrive does not depend on it")
def test_a_second_signal_does_not_wait_for_what_is_under_way(started: Starter, stored: Stored) -> None:
    server = started(stored.url, 2)
    with closing(Slow(server, stored.acme, 1)):
        server.tell(signal.SIGTERM)
        wait_until(lambda: not _listens(server))
        server.tell(signal.SIGINT, everybody=True)
        assert wait_until(lambda: not server.workers()) < 5
    assert server.ended() == 0
    assert assert_consistent(stored) == []


@pytest.mark.sqlite("how a process ends does not depend on it")
def test_workers_end_with_the_process_that_started_them(started: Starter, stored: Stored) -> None:
    server = started(stored.url, 2)
    under_way = Slow(server, stored.acme, 1)
    os.kill(server.pid, signal.SIGKILL)
    wait_until(lambda: not _listens(server))
    under_way.send()
    assert under_way.status() == 201
    assert server.ended() == -signal.SIGKILL  # which waits until nobody holds its output any more


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    """Where workers cannot start while a file named `broken` is there; the moments of all starts are in `starts`."""
    folder = tmp_path / "failing"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import os, sys, time\n"
        "if any('spawn_main' in word for word in sys.orig_argv):\n"
        f"    open({str(folder / 'starts')!r}, 'a').write(f'{{time.time()}}\\n')\n"
        f"    if os.path.exists({str(folder / 'broken')!r}):\n"
        "        os._exit(7)\n"
    )
    return folder


def _with(folder: Path) -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])}


@pytest.mark.sqlite("a worker that cannot start opens none")
def test_a_server_whose_workers_cannot_start_says_so(stored: Stored, failing: Path) -> None:
    (failing / "broken").touch()
    environment = {**os.environ, **_with(failing)}
    command = [sys.executable, "-m", "milepost", "serve", "--port", "0", "--workers", "2", "--database", stored.url]
    outcome = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=60)
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert outcome.stderr.startswith("milepost: worker ")
    assert outcome.stderr.endswith(") ended with code 7 before it could take calls; what it wrote says why\n")


@pytest.mark.sqlite("a worker that cannot start opens none")
def test_a_worker_that_cannot_be_replaced_is_tried_ever_more_rarely(
    started: Starter, stored: Stored, failing: Path
) -> None:
    server = started(stored.url, 2, _with(failing))
    lost, other = server.workers()
    (failing / "broken").touch()
    os.kill(lost, signal.SIGKILL)
    wait_until(lambda: server.said.count("ended with code 7; another one takes its place") == 2)
    (failing / "broken").unlink()
    with closing(client(server, stored.acme)) as wire:
        assert wire.get("v1/users").status == 200
    wait_until(lambda: len(server.workers()) == 2)
    assert other in server.workers()
    wait_until(lambda: len((failing / "starts").read_text().split()) == 5)  # a process is there before its Python runs
    moments = [float(line) for line in (failing / "starts").read_text().split()][2:]
    assert moments[2] - moments[0] > 2.4  # a second, then two; they are counted from when Python runs
    assert server.stop() == 0


Arrangement = Callable[[str], AbstractContextManager[list[tuple[Server, int]]]]


@contextmanager
def two_workers(url: str) -> Iterator[list[tuple[Server, int]]]:
    """A server, with each of its two processes."""
    with serving(url, 2) as server:
        yield [(server, worker) for worker in server.workers()]


@contextmanager
def two_servers(url: str) -> Iterator[list[tuple[Server, int]]]:
    """Two servers, each with its one process."""
    with serving(url) as one, serving(url) as other:
        yield [(server, server.pid) for server in (one, other)]


@pytest.mark.parametrize("arranged", [two_workers, two_servers], ids=lambda arranged: arranged.__name__)
def test_what_one_process_closes_opens_nothing_in_another(stored: Stored, arranged: Arrangement) -> None:
    """A token, an account, a user, within five seconds on a server's database and at once on an embedded one."""
    acme = stored.acme
    with arranged(stored.url) as processes, closing(app.attached(stored.url)) as database, ExitStack() as stack:

        def connected(name: str) -> list[Live]:
            """The caller at each process."""
            wires = []
            for server, process in processes:
                wire = stack.enter_context(closing(Live(server.address, acme.tokens[name])))
                with server.only(process):
                    assert wire.get("v1/users/app/me").status == 200
                wires.append(wire)
            return wires

        def found() -> list[int]:
            return [wire.get("v1/users").status for wire in (*vera, *ben, *rita)]

        vera, ben = connected("vera"), connected("ben")
        anna, rita = connected("anna"), connected("rita")
        boss = operator(database, acme.account.id, app.clock)
        (token,) = [one for one in tokens.everyone(boss) if one.user_id == acme.vera.id]
        tokens.revoke(boss, token.id)
        accounts.set_status(operator(database, acme.rival.id, app.clock), AccountStatus.SUSPENDED)
        assert anna[0].delete(f"v1/users/{acme.ben.id}").status == 204
        closed_at = time.monotonic()

        expected = [401, 401, 401, 401, 402, 402]
        if not database.is_embedded:
            # Each time all are asked, since a connection that says nothing for a while is closed.
            wait_until(lambda: found() == expected, HOLDS + SLACK)
        assert found() == expected
        assert time.monotonic() - closed_at < HOLDS + SLACK
        with closing(Live(processes[0][0].address, acme.tokens["anna"])) as wire:
            assert wire.get("v1/users").status == 200


def _place(server: Server) -> tuple[str, int]:
    parts = urlsplit(server.address)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def _listens(server: Server) -> bool:
    try:
        socket.create_connection(_place(server), timeout=30).close()
    except ConnectionRefusedError:
        return False
    return True
