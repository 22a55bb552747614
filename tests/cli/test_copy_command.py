"""`milepost copy`: a company moves from a file to a server and goes on there; what is refused, and what is told."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from milepost.actions import keys
from milepost.app import database, vault
from milepost.config import from_environment
from milepost.domain.key import signature
from milepost.store import copying
from milepost.store.engine.postgresql.locks import lock_number
from postgresql import Server
from terminal import Running, Terminal
from wire import Live

LIMIT = 60.0
OTHER_KEY = "another-server-key-0123456789abcdefgh"


@pytest.fixture(autouse=True)
def _no_server_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the person who runs the tests."""
    monkeypatch.delenv("MILEPOST_SECRET_KEY", raising=False)


@pytest.fixture
def url(postgresql_server: Server) -> Iterator[str]:
    """The address of a database without tables."""
    with postgresql_server.database(empty=True) as found:
        yield found


@pytest.fixture
def pair(company: Terminal) -> tuple[str, str]:
    """The credential and the secret of a signing key of Anna's."""
    credential, secret = company.right("key", "add", "--user", "anna@acme.test").line.split()
    return credential, secret


def key_file(company: Terminal) -> Path:
    return company.file.with_name("milepost.db.key")


def signs_in(address: str, credential: str, secret: str) -> bool:
    """Whether a server on a database, with this environment, takes a request that is signed with this pair."""
    with closing(database(address)) as opened:
        message = f"{credential}2026-03-31T12:00:00Z".encode()
        return bool(
            keys.authenticate(
                opened, vault(from_environment(), opened), credential, message, signature(secret, message)
            )
        )


def typed(words: str) -> str:
    """The command that stands between backquotes."""
    _, command, _ = words.split("`")
    return command


def test_a_company_moves_to_a_server_and_goes_on(
    company: Terminal, pair: tuple[str, str], url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = company.right("account", "list", "--json").json[0]["id"]
    token = company.right("token", "add", "--user", "anna@acme.test").line
    before = company.right("user", "list").out
    secret_url = url.replace("@", ":hush@", 1) if ":" not in url.split("//")[1].split("@", maxsplit=1)[0] else url

    done = company.right("copy", company.url, secret_url)
    rows = dict(line.split()[-2:] for line in done.out.splitlines()[1:])
    assert done.out.startswith("TABLE")
    assert rows == {
        "accounts": "1", "users": "2", "tokens": "1", "keys": "1", "audit": "5", "audit_payloads": "5", "tables": "15"
    }  # fmt: skip
    told, secrets = done.err.splitlines()
    place = f"postgresql://{url.rpartition('@')[2]}"
    assert told == f"Copied to {place}; all 15 rows were read again, and are the same in both."
    assert secrets.startswith(
        "Of 1 signing key(s), the secrets of 1 cannot be read in the copy yet: put the server key"
    )
    kept = key_file(company).read_text().strip()
    assert kept not in done.out + done.err
    assert "hush" not in done.out + done.err
    assert company.right("user", "list").out == before

    shell = subprocess.run(
        ["sh", "-c", f'{typed(secrets)}; printf %s "$MILEPOST_SECRET_KEY"'], check=True, capture_output=True, text=True
    )
    monkeypatch.setenv("MILEPOST_SECRET_KEY", shell.stdout)
    running = Running("serve", "--port", "0", folder=tmp_path, environment=url)
    try:
        with closing(Live(running.address, token, account)) as wire:
            assert [one["email"] for one in wire.get("v1/users").json["items"]] == ["anna@acme.test", "ben@acme.test"]
            assert wire.post("v1/sessions", {"title": "Q1"}).status == 201
    finally:
        outcome = running.end()
    assert (outcome.code, outcome.err) == (0, "")
    assert signs_in(url, *pair)
    again = company("copy", company.url, url)
    assert (again.code, again.out) == (1, "")
    assert again.err == (
        f"milepost: {place}: there are rows in accounts already, and only an empty database can become a copy: "
        "name another, which need not have tables yet\n"
    )


def test_and_back_into_a_file(company: Terminal, url: str, tmp_path: Path) -> None:
    company.right("copy", company.url, url)
    back = f"sqlite:///{tmp_path}/back.db"
    document = company.right("copy", url, back, "--json").json
    assert document["from"].startswith("postgresql://")
    assert document["to"] == str((tmp_path / "back.db").resolve())
    assert (document["rows"], document["tables"]["users"], document["tables"]["check_ins"]) == (9, 2, 0)
    assert (document["missed"], document["notes"]) == (0, [])
    lists = [company("user", "list", "--json", environment=one).json for one in (company.url, url, back)]
    assert lists[0] == lists[1] == lists[2]


def test_beside_a_file_the_server_key_is_a_file(company: Terminal, pair: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "new one").mkdir()
    target = f"sqlite:///{tmp_path}/new one/okr.db"
    done = company.right("copy", company.url, target)
    command = typed(done.err.splitlines()[-1])
    assert command.startswith("cp -p ")
    subprocess.run(["sh", "-c", command], check=True)
    assert signs_in(target, *pair)


def test_a_key_file_that_is_there_is_added_to(company: Terminal, pair: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "okr.db.key").write_text(f"{OTHER_KEY}\n")
    (tmp_path / "okr.db.key").chmod(0o600)
    target = f"sqlite:///{tmp_path}/okr.db"
    command = typed(company.right("copy", company.url, target).err.splitlines()[-1])
    assert command.startswith("cat ")
    subprocess.run(["sh", "-c", command], check=True)
    assert signs_in(target, *pair)


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        ("{kept}", "secrets of signing keys (1) can be read in the copy with the server key in MILEPOST_SECRET_KEY"),
        ("{other}", "MILEPOST_SECRET_KEY holds another server key than {file}; add that to it, behind a comma."),
        ("{other},{kept}", "secrets of signing keys (1) can be read in the copy with the server key in MILEPOST_SEC"),
    ],
)
def test_a_server_key_of_the_environment_is_tried(
    company: Terminal, pair: tuple[str, str], url: str, monkeypatch: pytest.MonkeyPatch, variable: str, told: str
) -> None:
    file = key_file(company)
    kept = file.read_text().strip()
    monkeypatch.setenv("MILEPOST_SECRET_KEY", variable.format(kept=kept, other=OTHER_KEY))
    done = company.right("copy", company.url, url)
    assert told.format(file=file) in done.err.splitlines()[-1]
    assert kept not in done.err
    assert OTHER_KEY not in done.err


def test_secrets_whose_server_key_is_lost_are_told(company: Terminal, pair: tuple[str, str], url: str) -> None:
    key_file(company).unlink()
    told = company.right("copy", company.url, url).err.splitlines()[-1]
    assert told.startswith(f"Of 1 signing key(s), the secrets of 1 cannot be read in the copy: the key {pair[0]}: ")
    assert "MILEPOST_SECRET_KEY is not set: put it back where it was, or, if it is lost, revoke" in told


def test_what_cannot_be_copied_is_said_and_nothing_is_made(
    company: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*words: str, code: int = 1) -> str:
        outcome = company("copy", *words)
        assert (outcome.code, outcome.out) == (code, "")
        return outcome.err

    target, missing = f"sqlite:///{tmp_path}/target.db", f"sqlite:///{tmp_path}/missing.db"
    assert "missing.db: there is no database here yet" in refused(missing, target)
    (tmp_path / "empty.db").touch()
    for _ in range(2):  # it is given no tables
        assert "empty.db: there is no database here yet" in refused(f"sqlite:///{tmp_path}/empty.db", target)
    assert "okr.db is not the address of a database: write sqlite:///okr.db" in refused(company.url, "okr.db")
    assert "FROM-URL and TO-URL, and none from --database" in refused(
        company.url, target, "--database", company.url, code=2
    )
    assert "Missing argument 'TO-URL'" in refused(company.url, code=2)
    assert not (tmp_path / "missing.db").exists()
    assert not (tmp_path / "target.db").exists()
    assert "cannot be copied into itself: name two databases" in refused(company.url, company.url)
    monkeypatch.setenv("MILEPOST_SECRET_KEY", "short")
    assert "MILEPOST_SECRET_KEY: a server key is 32 or more" in refused(company.url, target)
    assert company("account", "list", "--json", environment=target).json == []


def test_changes_that_were_made_meanwhile_are_told(
    company: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = copying._compare

    def late(*arguments: Any) -> None:
        if not (tmp_path / "late").exists():
            (tmp_path / "late").touch()
            company.right("user", "role", "ben@acme.test", "admin")
        compare(*arguments)

    monkeypatch.setattr(copying, "_compare", late)
    done = company.right("copy", company.url, f"sqlite:///{tmp_path}/target.db")
    assert done.err.splitlines()[-1] == (
        f"While it was copied, 1 change(s) were made to {company.file}, which are not in the copy: stop its server, "
        "and copy again into another empty database."
    )


def test_ctrl_c_ends_it_and_leaves_nothing(company: Terminal, url: str) -> None:
    assert company("account", "list", environment=url).code == 1  # there are no tables yet
    with closing(database(url)), psycopg.connect(url) as holding:
        holding.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number("everything")])
        process = subprocess.Popen(
            [sys.executable, "-m", "milepost", "copy", company.url, url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until = time.monotonic() + LIMIT
        # In this database: another test's process may wait in its own.
        here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        waits = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND {here}"
        while holding.execute(waits).fetchone() == (0,):
            assert time.monotonic() < until
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LIMIT)
    place = f"postgresql://{url.rpartition('@')[2]}"
    assert (process.returncode, out) == (1, "")
    assert err == f"milepost: interrupted: nothing was copied, and {place} is as empty as before\n"
    assert company("account", "list", "--json", environment=url).json == []


def test_who_watches_sees_bars(company: Terminal, tmp_path: Path) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "milepost", "copy", company.url, f"sqlite:///{tmp_path}/target.db"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=slave, env={**os.environ, "TERM": "xterm"}) as run:
        os.close(slave)
        seen = b""
        while True:
            try:
                more = os.read(master, 65_536)
            except OSError:  # the other end is closed
                break
            if not more:
                break
            seen += more
    os.close(master)
    assert run.returncode == 0
    for name in (b"copied", b"verified"):
        assert name in seen
    assert b"9/9" in seen
