"""`milepost import simpleokr`: what it asks for, what it prints where, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from milepost import app
from milepost.store import accounts, users
from milepost.store.migrate import open_database
from terminal import Outcome, Terminal
from upstream import CREDENTIAL, SECRET, Original, answering, everything, original, relayed, talking

CYCLE = "0b7f6a3e-2f0d-4c57-9f6b-2a8f0d6f1c10"
EMPTY = json.dumps(
    {"next_page_token": None, "users": [], "teams": [], "cycles": [], "objectives": [], "keyresults": []}
).encode()


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Original]:
    """A served company with three people, an objective and its key result."""
    with original(tmp_path_factory.mktemp("original")) as found:
        yield found


def pull(milepost: Terminal, url: str, *words: str, secret: str = SECRET) -> Outcome:
    """The command, with the secret on standard input."""
    outcome = milepost(
        "import", "simpleokr", "--url", url, "--credential", CREDENTIAL, "--secret", "-", *words, given=f"{secret}\n"
    )
    assert secret not in outcome.out + outcome.err
    return outcome


def kept(milepost: Terminal) -> int:
    """How many users the database holds."""
    database = open_database(milepost.file)
    found = sum(users.count(database, one.id) for one in accounts.everyone(database))
    database.close()
    return found


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/"])
def test_it_takes_everything_and_tells_what(milepost: Terminal, there: Original, ending: str) -> None:
    done = pull(milepost, there.address + ending)
    assert done.code == 0, done.err
    lines = [line.split() for line in done.out.splitlines()]
    assert lines == [
        ["LIST", "FOUND", "TAKEN"], ["users", "3", "3"], ["teams", "0", "0"], ["cycles", "1", "1"],
        ["objectives", "1", "1"], ["keyresults", "1", "1"],
    ]  # fmt: skip
    assert done.err == "Nobody in this account is an admin yet: make one with `milepost user role EMAIL admin`.\n"
    database = open_database(milepost.file)
    (account,) = accounts.everyone(database)
    with talking(database, account.id, "anna@acme.test") as anna:
        assert everything(anna) == there.shown
    database.close()


def test_somebody_gets_in_the_way_that_it_says(milepost: Terminal, there: Original) -> None:
    pull(milepost, there.address)
    milepost.right("user", "role", "anna@acme.test", "admin")
    assert milepost.right("key", "add", "--user", "anna@acme.test").line.startswith("mk_")
    assert pull(milepost, there.address).err == ""


def test_a_second_run_finds_everything_there(milepost: Terminal, there: Original) -> None:
    pull(milepost, there.address)
    again = pull(milepost, there.address, "--json")
    assert again.code == 0
    assert [(one["taken"], one["already_there"]) for one in again.json["lists"]] == [
        (0, 3), (0, 0), (0, 1), (0, 1), (0, 1)
    ]  # fmt: skip
    assert kept(milepost) == 3


def test_a_dry_run_keeps_nothing(milepost: Terminal, there: Original) -> None:
    done = pull(milepost, there.address, "--dry-run")
    assert done.code == 0
    assert done.err == "This was a dry run: nothing of it was kept.\n"
    assert ["users", "3", "3"] in [line.split() for line in done.out.splitlines()]
    assert kept(milepost) == 0
    assert milepost.right("account", "list", "--json").json == []


def test_it_goes_to_the_account_that_is_named(company: Terminal, there: Original) -> None:
    other = company.right("account", "add", "Other").line
    refused = pull(company, there.address)
    assert refused.code == 1
    assert "say which with --account" in refused.err
    assert pull(company, there.address, "--account", other, "--json").json["account_id"] == other


def test_an_address_that_is_held_here_is_a_problem_in_words(company: Terminal, there: Original) -> None:
    done = pull(company, there.address)
    assert done.code == 1
    assert "users[0], email: anna@acme.test is the address of another user here already" in done.err
    assert done.out.splitlines()[0].split() == ["LIST", "FOUND", "TAKEN", "REFUSED"]
    assert kept(company) == 3


@pytest.mark.parametrize(("word", "start"), [("zero", 0), ("current", 7)])
def test_the_start_is_what_the_operator_says(milepost: Terminal, word: str, start: int) -> None:
    moments = {"created_at": "2018-02-20T12:32:56Z", "modified_at": "2018-02-20T12:32:56Z"}
    aim, measure = ({"id": f"0b7f6a3e-2f0d-4c57-9f6b-2a8f0d6f1c1{number}", "name": "x", **moments} for number in "12")
    kind = {"type": "positive", "current_value": "7.00", "target_value_min": "9.00", "confidence": "0.00"}
    lists = json.loads(EMPTY) | {
        "cycles": [aim | {"id": CYCLE}],
        "objectives": [aim | {"cycle_id": CYCLE, "is_company": False, "is_personal": False}],
        "keyresults": [measure | kind | {"objective_id": aim["id"]}],
    }
    with answering(lambda *_: (200, {}, json.dumps(lists).encode())) as service:
        done = pull(milepost, service.address, "--start", word)
        assert done.code == 0, done.err
        assert pull(milepost, service.address, "--start", "middle").code == 2
    database = open_database(milepost.file)
    assert database.connection.execute("SELECT start_value, current_value FROM key_results").fetchall() == [(start, 7)]
    database.close()


def test_what_differs_is_told_once_for_each_list(milepost: Terminal, there: Original) -> None:
    pull(milepost, there.address)
    milepost.right("user", "deactivate", "ben@acme.test")
    milepost.right("user", "deactivate", "vera@acme.test")
    again = pull(milepost, there.address)
    assert again.code == 0
    told = "users: 2 here differ(s) from there, left as it stands; the first is users[1], in is_active"
    assert told in again.err.splitlines()


@pytest.mark.parametrize(("count", "shown"), [(10, 10), (11, 4)])
def test_one_cause_does_not_fill_the_screen(milepost: Terminal, count: int, shown: int) -> None:
    moment = "2018-02-20T12:32:56Z"
    lost = [
        {
            "id": str(uuid4()), "name": "x", "created_at": moment, "modified_at": moment, "cycle_id": str(uuid4()),
            "is_company": False, "is_personal": False,
        }
        for _ in range(count)
    ]  # fmt: skip
    cycle = {"id": CYCLE, "name": "", "created_at": moment}
    lists = json.loads(EMPTY) | {"cycles": [cycle], "objectives": lost}
    with answering(lambda *_: (200, {}, json.dumps(lists).encode())) as service:
        done = pull(milepost, service.address)
    lines = [line for line in done.err.splitlines() if "admin" not in line]
    assert done.code == 1
    assert len(lines) == shown
    assert lines[0].startswith(f"objectives[0] of cycle {CYCLE}, cycle_id: there is no cycle")
    assert (lines[-1] == f"  and {count - 3} more like this") == (count > 10)


# Secrets


def test_a_wrong_secret_is_one_line_and_no_database_is_made(milepost: Terminal, there: Original) -> None:
    done = pull(milepost, there.address, secret="wrong-wrong-wrong")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"milepost: {there.address}/v1/users refuses the key: see to --credential and --secret")
    assert len(done.err.splitlines()) == 1
    assert not milepost.file.exists()


def test_a_secret_on_the_command_line_is_taken_too_and_never_shown(milepost: Terminal, there: Original) -> None:
    words = ("import", "simpleokr", "--url", there.address, "--credential", CREDENTIAL, "--secret")
    assert milepost(*words, SECRET).code == 0
    wrong = milepost(*words, "another secret")
    assert wrong.code == 1
    assert "another secret" not in wrong.out + wrong.err


@pytest.mark.parametrize(
    ("given", "said"),
    [(b"", "--secret: is empty"), (b"\n", "--secret: is empty"), (b"\xff\n", "--secret: what came on standard input")],
)
def test_a_secret_that_is_none_is_refused(milepost: Terminal, given: bytes, said: str) -> None:
    words = ("--url", "https://okr.example", "--credential", CREDENTIAL, "--secret", "-")
    done = milepost("import", "simpleokr", *words, given=given)
    assert done.code == 1
    assert done.err.startswith(f"milepost: {said}")


@pytest.mark.parametrize("credential", ["", "my credential", "a&b", "näme", "x\r\nHost: elsewhere", "x" * 201])
def test_a_credential_that_is_none_is_refused(milepost: Terminal, credential: str) -> None:
    words = ("--url", "https://okr.example", "--credential", credential, "--secret", "s3cret")
    done = milepost("import", "simpleokr", *words)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("milepost: --credential: is 1 to 200 printable")


def test_a_wrong_address_is_refused_without_its_password(milepost: Terminal) -> None:
    done = pull(milepost, "https://anna:hunter2@okr.example")
    assert done.code == 1
    assert done.err.startswith("milepost: --url: must hold no user name or password")
    assert "hunter2" not in done.err


def test_an_address_that_others_can_read_along_with_is_warned_of(
    milepost: Terminal, there: Original, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An address outside this machine, which is told apart by its text alone, is asked for by way of a proxy here.
    with answering(lambda *_: (401, {}, b"{}")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.address)
        done = pull(milepost, "http://okr.example")
    assert done.err.splitlines()[0].startswith("Warning: this address begins with http://")
    assert proxy.asked[0][0].startswith("http://okr.example/v1/users")
    assert "Warning" not in pull(milepost, there.address).err


# Trouble on the way


def test_what_a_service_says_never_moves_the_terminals_cursor(milepost: Terminal) -> None:
    with answering(lambda *_: (403, {}, json.dumps({"message": "\x1b[2J\x1b]0;x\x07"}).encode())) as service:
        done = pull(milepost, service.address)
    assert done.code == 1
    assert not {"\x1b", "\x07"} & set(done.err)


def test_trouble_in_the_middle_says_that_what_came_before_is_kept(milepost: Terminal, there: Original) -> None:
    def answer(path: str, headers: Mapping[str, str]) -> Any:
        return (404, {}, b"{}") if path.startswith("/v1/cycles") else relayed(there.address, path, headers)

    with answering(answer) as service:
        done = pull(milepost, service.address)
        assert kept(milepost) == 3
        dry = pull(milepost, service.address, "--dry-run")
    assert done.code == 1
    assert done.err.endswith("What came before is kept: run the command again, and it goes on\n")
    assert "kept" not in dry.err


def test_what_is_tried_again_is_told_and_a_report_follows(milepost: Terminal) -> None:
    left = iter([(503, {}, b"{}")])
    with answering(lambda *_: next(left, (200, {}, EMPTY))) as service:
        done = pull(milepost, service.address)
    assert done.code == 0
    assert done.err.splitlines()[0].startswith(f"{service.address}/v1/users answers 503; trying again in ")


def test_a_killed_command_is_run_again_and_ends_the_same(milepost: Terminal, there: Original) -> None:
    reached, killed = threading.Event(), threading.Event()

    def answer(path: str, headers: Mapping[str, str]) -> Any:
        if path.startswith("/v1/keyresults"):
            reached.set()
            killed.wait(60)
            return None
        return relayed(there.address, path, headers)

    words = ["import", "simpleokr", "--credential", CREDENTIAL, "--secret", "-", "--database", milepost.url, "--url"]
    with answering(answer) as service:
        process = subprocess.Popen(
            [sys.executable, "-m", "milepost", *words, service.address], stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdin is not None
        process.stdin.write(f"{SECRET}\n".encode())
        process.stdin.close()
        assert reached.wait(60)
        process.kill()
        assert process.wait() == -signal.SIGKILL
        assert process.stderr is not None
        process.stderr.close()
        killed.set()
    assert kept(milepost) == 3
    done = pull(milepost, there.address, "--json")
    assert [(one["taken"], one["already_there"]) for one in done.json["lists"]] == [
        (0, 3), (0, 0), (0, 1), (0, 1), (1, 0)
    ]  # fmt: skip
    database = open_database(milepost.file)
    with talking(database, done.json["account_id"], "anna@acme.test", app.clock) as anna:
        assert everything(anna) == there.shown
    database.close()


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_progress_is_drawn_where_somebody_watches(there: Original, tmp_path: Path, more: tuple[str, ...]) -> None:
    words = ["import", "simpleokr", "--url", there.address, "--credential", CREDENTIAL, "--secret", "-", *more]
    screen, terminal = pty.openpty()
    drawn: list[bytes] = []
    watcher = threading.Thread(target=lambda: drawn.extend(_read(screen)))
    watcher.start()
    done = subprocess.run(
        [sys.executable, "-m", "milepost", *words, "--database", f"sqlite:///{tmp_path}/watched.db"],
        input=f"{SECRET}\n".encode(),
        stdout=subprocess.PIPE,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        check=True,
    )
    os.close(terminal)
    watcher.join()
    os.close(screen)
    shown = b"".join(drawn).decode()
    assert "keyresults" in shown
    assert "3/?" in shown
    assert done.stdout.decode().splitlines()[0].startswith("LIST")


def _read(screen: int) -> Iterator[bytes]:
    """What comes on a screen until its terminal is closed."""
    with suppress(OSError):  # which is how Linux tells that it is closed
        while part := os.read(screen, 65_536):
            yield part


def test_help_says_what_an_operator_must_know(milepost: Terminal) -> None:
    shown = " ".join(milepost.right("import", "simpleokr", "--help").out.split())
    for words in ("others can see a command line", "milepost user role EMAIL admin", "--start [zero|current]"):
        assert words in shown
