"""`milepost serve` as an operator lives with it: the first start, the printed line, the next start, and the end."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from terminal import Running, Terminal
from wire import Live


@contextmanager
def serving(*words: str, folder: Path) -> Iterator[Running]:
    """`milepost` with these words on a free port, ended by SIGTERM as a whole: no complaint, and code 0."""
    running = Running(*words, "--port", "0", folder=folder)
    try:
        yield running
    finally:
        outcome = running.end()
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


def me(wire: Live) -> str:
    """The address of whoever the client's token acts for."""
    user_id = wire.get("v1/users/app/me").json["user"]["id"]
    return str(wire.get(f"v1/users/{user_id}").json["email"])


def test_the_first_start_prints_the_way_in_and_the_next_one_finds_everything(tmp_path: Path) -> None:
    with serving("serve", folder=tmp_path) as running:
        assert running.said[:2] == [
            "The database was empty. This is the way in; the token is shown only now",
            "(lost it? `milepost token add --user admin@localhost` makes another):",
        ]
        assert running.said[-2] == f"Database {tmp_path.resolve()}/milepost.db"
        assert running.address.startswith("http://127.0.0.1:")
        with closing(Live(running.address, *running.entrance)) as wire:
            assert f"  token    {wire.token}" in running.said
            assert f"  account  {wire.account}  My company" in running.said
            (admin,) = wire.get("v1/users").json["items"]
            assert (admin["email"], admin["roles"]) == ("admin@localhost", ["admin"])
            span = {"title": "Q3", "start": "2026-07-01T00:00:00Z", "end": "2026-09-30T23:59:59Z"}
            cycle = wire.post("v1/sessions", span).json["id"]
            aim = wire.post("v1/goals", {"name": "Grow", "sessionId": cycle}).json["id"]
            made = wire.post("v1/metrics", {"name": "Revenue", "goalId": aim})
            assert made.status == 201
            assert wire.post(f"v1/metrics/{made.json['id']}/checkin", {"actual": 40}).status == 201
    assert (tmp_path / "milepost.db").is_file()

    with serving("serve", folder=tmp_path) as running:
        where, line = running.said
        assert where == f"Database {tmp_path.resolve()}/milepost.db"
        assert line.startswith("Listening on http://127.0.0.1:")
        with closing(Live(running.address, wire.token, wire.account)) as again:
            reply = again.get(f"v1/metrics/{made.json['id']}")
            assert (reply.status, reply.json["actual"], len(reply.json["metricHistory"])) == (200, 40, 1)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine to paste the line into")
def test_the_printed_line_works_as_it_stands(tmp_path: Path) -> None:
    with serving("serve", folder=tmp_path) as running:
        (line,) = (line for line in running.said if line.startswith("  curl "))
        answer = subprocess.run(["sh", "-c", f"{line} -s"], capture_output=True, check=True).stdout
        assert [one["email"] for one in json.loads(answer)["items"]] == ["admin@localhost"]


def test_the_printed_token_opens_the_other_api_too(tmp_path: Path) -> None:
    with serving("serve", folder=tmp_path) as running:
        assert f"The token opens the SimpleOKR API too, at {running.address}/v1." in running.said
        assert f"Both are to be read and tried at {running.address}/docs." in running.said
        (token,) = (line.split()[1] for line in running.said if line.startswith("  token "))
        with closing(Live(running.address, token, base="/v1")) as wire:
            assert [one["email"] for one in wire.get("users").json["users"]] == ["admin@localhost"]


def test_a_program_reads_the_way_in_as_one_line_of_json(tmp_path: Path) -> None:
    with serving("serve", "--json", folder=tmp_path) as running:
        (line,) = running.said
        told = json.loads(line)
        assert told.keys() == {"address", "database", "account_id", "user", "token", "link", "curl"}
        with closing(Live(told["address"], told["token"], told["account_id"])) as wire:
            assert me(wire) == told["user"]
    with serving("serve", "--json", folder=tmp_path) as running:
        assert json.loads(running.said[0]).keys() == {"address", "database"}


def test_a_database_with_an_account_is_served_as_it_is(milepost: Terminal, tmp_path: Path) -> None:
    account = milepost.right("account", "add", "Acme").line
    milepost.right("user", "add", "ben@acme.test", "--name", "Ben Bauer")
    token = milepost.right("token", "add", "--user", "ben@acme.test").line
    with serving("--database", milepost.url, "serve", folder=tmp_path) as running:
        assert len(running.said) == 2
        with closing(Live(running.address, token, account)) as wire:
            assert me(wire) == "ben@acme.test"
            # The operator goes on while the server runs.
            milepost.right("user", "add", "vera@acme.test", "--name", "Vera Viklund", "--role", "viewer")
            assert len(wire.get("v1/users").json["items"]) == 2
            milepost.right("account", "suspend", account)
            assert wire.get("v1/users").status == 402
            milepost.right("account", "resume", account)
            milepost.right("user", "add", "anna@acme.test", "--name", "Anna", "--role", "admin")
            milepost.right("user", "deactivate", "ben@acme.test")
            assert wire.get("v1/users").status == 401


def test_it_tells_neither_its_server_nor_each_call(tmp_path: Path) -> None:
    with serving("serve", folder=tmp_path) as running, closing(Live(running.address)) as wire:
        reply = wire.request("GET", "/healthz")
        assert (reply.status, "server" in reply.headers, "date" in reply.headers) == (200, False, True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_signal_ends_it_cleanly(tmp_path: Path, command: str, number: signal.Signals) -> None:
    running = Running(command, "--port", "0", folder=tmp_path)
    with closing(Live(running.address)) as wire:
        assert wire.request("GET", "/healthz").status == 200
        outcome = running.end(number)  # a client is still connected
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == (["milepost.db"] if command == "serve" else [])


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_in_use_is_told_before_anything_is_made(milepost: Terminal, tmp_path: Path, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = milepost(command, "--port", str(port))
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        f"milepost: cannot listen on 127.0.0.1 port {port}: Address already in use; "
        "choose another with --host and --port (0 takes any free one)\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_host_that_is_not_this_machine(milepost: Terminal) -> None:
    outcome = milepost("serve", "--host", "192.0.2.1", "--port", "0")  # an address for documentation only
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("milepost: cannot listen on 192.0.2.1 port 0: ")


def test_listening_everywhere_names_an_address_that_works_here(tmp_path: Path) -> None:
    with serving("serve", "--host", "0.0.0.0", folder=tmp_path) as running:
        assert running.address.startswith("http://127.0.0.1:")
        with closing(Live(running.address, *running.entrance)) as wire:
            assert wire.get("v1/users").status == 200


def test_two_servers_that_start_at_once_make_one_company(milepost: Terminal, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "milepost", "serve", "--port", "0", "--database", milepost.url, "--json"]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = [json.loads(process.stdout.readline()) for process in started if process.stdout is not None]
    for process in started:
        process.terminate()
        assert process.wait(30) == 0
        assert process.stdout is not None
        process.stdout.close()
    assert sorted("token" in one for one in told) == [False, False, True]
    assert len(milepost.right("account", "list", "--json").json) == 1


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_setting_that_cannot_be_is_told_before_anything_is_made(
    milepost: Terminal, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("MILEPOST_RATE_LIMIT", "lots")
    outcome = milepost(command, "--port", "0")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "milepost: MILEPOST_RATE_LIMIT: write a number such as 1000, or off\n"
    assert not milepost.file.exists()
