"""An operator whose database is on a PostgreSQL server: every command, and what is said where one cannot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from postgresql import Server
from terminal import Running, Terminal
from wire import Live

KEY = "0123456789abcdef" * 4


@pytest.fixture
def url(postgresql_server: Server) -> Iterator[str]:
    """The address of a database without tables, with a password that the server does not ask for."""
    with postgresql_server.database(empty=True) as found:
        yield found.replace("@", ":hush@", 1) if ":" not in found.split("//")[1].split("@")[0] else found


@pytest.fixture
def milepost(tmp_path: Path, url: str) -> Terminal:
    """`milepost`, with MILEPOST_DATABASE set to that address."""
    terminal = Terminal(tmp_path)
    terminal.url = url
    return terminal


@pytest.fixture
def shown(url: str) -> str:
    """The address as it may be shown."""
    return f"postgresql://{url.rpartition('@')[2]}"


def test_an_operator_s_commands(milepost: Terminal, tmp_path: Path, shown: str) -> None:
    refused = milepost("account", "list")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith(f"milepost: {shown}: there is nothing in this database yet: start it with")
    account = milepost.right("account", "add", "Acme", "--json").json["id"]
    milepost.right("user", "add", "anna@acme.test", "--name", "Anna Ahlberg", "--role", "admin")
    assert milepost.right("token", "add", "--user", "anna@acme.test").line.startswith("mp_")
    assert [one["id"] for one in milepost.right("account", "list", "--json").json] == [account]
    assert milepost("user", "list", "--database", milepost.url, environment=None).code == 0

    saved = tmp_path / "saved"
    saved.mkdir()
    (saved / "teams.json").write_text(json.dumps([{"id": "61a000000000000000000001", "name": "Sales"}]))
    dry = milepost.right("import", "gtmhub", str(saved), "--account", account, "--dry-run", "--json").json
    assert [one["taken"] for one in dry["files"] if one["found"]] == [1]
    again = milepost.right("import", "gtmhub", str(saved), "--account", account, "--json").json
    assert [one["taken"] for one in again["files"] if one["found"]] == [1], "the dry run kept nothing"


def test_secrets_need_a_server_key_of_the_environment(
    milepost: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    milepost.right("account", "add", "Acme")
    milepost.right("user", "add", "anna@acme.test", "--name", "Anna Ahlberg")
    refused = milepost("key", "add", "--user", "anna@acme.test")
    assert (refused.code, refused.err) == (
        1,
        "milepost: there is no server key to encrypt secrets with: "
        "set MILEPOST_SECRET_KEY to 32 or more random characters\n",
    )
    monkeypatch.setenv("MILEPOST_SECRET_KEY", KEY)
    assert milepost.right("key", "add", "--user", "anna@acme.test").line.startswith("mk_")
    assert list(tmp_path.iterdir()) == []


def test_a_server_serves_it_and_never_shows_the_password(tmp_path: Path, url: str, shown: str) -> None:
    for _ in range(2):
        running = Running("serve", "--port", "0", folder=tmp_path, environment=url)
        try:
            assert f"Database {shown}" in running.said
            assert "hush" not in "".join(running.said)
            if len(running.said) > 2:
                entrance = running.entrance
            with closing(Live(running.address, *entrance)) as wire:
                (admin,) = wire.get("v1/users").json["items"]
                assert admin["email"] == "admin@localhost"
        finally:
            outcome = running.end()
        assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_an_address_that_does_not_work_is_said_without_the_password(milepost: Terminal) -> None:
    outcome = milepost("account", "list", "--database", "postgresql://milepost:hush@127.0.0.1:1/okr")
    assert outcome.code == 1
    assert outcome.err.startswith("milepost: postgresql://127.0.0.1:1/okr: connection failed")
    assert outcome.err.endswith("; see that the server runs, and that the address is right\n")
    assert "hush" not in outcome.err
