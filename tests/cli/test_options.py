"""What every command shares: --database before and after its name, --json, help with an example, its errors."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import pytest

from milepost.cli import main
from terminal import Terminal


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that call it, groups too."""
    yield path, group
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


NOBODY = 65_534
EVERY = [pytest.param(path, command, id=" ".join(path) or "milepost") for path, command in commands()]


def test_the_commands_are_those_that_are_promised() -> None:
    found = {" ".join(path) for path, command in commands() if not isinstance(command, click.Group)}
    assert found >= {
        "serve",
        "demo",
        "doctor",
        "backup",
        "account add",
        "account list",
        "account suspend",
        "account resume",
        "account stale",
        "account rename",
        "user add",
        "user list",
        "user role",
        "user email",
        "user deactivate",
        "user activate",
        "user erase",
        "token add",
        "token list",
        "token revoke",
        "key add",
        "key list",
        "key revoke",
        "key reseal",
        "audit list",
        "audit export",
        "audit head",
        "verify",
        "copy",
        "import gtmhub",
        "import simpleokr",
    }


@pytest.mark.parametrize(("path", "command"), EVERY)
def test_help_shows_an_example_of_the_command_itself(
    milepost: Terminal, path: tuple[str, ...], command: click.Command
) -> None:
    shown = milepost.right(*path, "--help").out
    lines = shown.splitlines()
    (start,) = (number for number, line in enumerate(lines) if line in ("  Example:", "  Examples:"))
    assert lines[start].endswith("s:") == (len(lines) > start + 2)
    words = " ".join(("milepost", *path))
    assert lines[start + 1].startswith(f"    {words}"), f"the example calls {words}, on a line of its own"
    assert command.help


@pytest.mark.parametrize(("path", "command"), EVERY)
def test_the_line_of_a_command_in_a_list_is_the_first_sentence_of_its_help_and_whole(
    milepost: Terminal, path: tuple[str, ...], command: click.Command
) -> None:
    shown = milepost.right(*path[:-1], "--help").out
    line = command.get_short_help_str(limit=1_000)
    assert not path or any(row.split() == [path[-1], *line.split()] for row in shown.splitlines())


def test_the_list_of_commands_loads_neither_the_database_nor_the_server() -> None:
    program = "import sys; from milepost.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
    assert "Commands:" in found
    assert not {"sqlalchemy", "sqlite3", "psycopg", "starlette", "uvicorn"} & set(found.splitlines()[-1].split())


def test_the_demo_says_that_it_does_not_use_the_database(milepost: Terminal) -> None:
    assert "not used" in milepost.right("demo", "--help").out
    assert "sqlite:///milepost.db" in milepost.right("serve", "--help").out


@pytest.mark.parametrize(("path", "command"), EVERY)
def test_every_command_takes_the_shared_options(path: tuple[str, ...], command: click.Command) -> None:
    options = {option for parameter in command.params for option in parameter.opts}
    assert {"--database", "--json"} <= options


def test_the_database_may_be_named_before_or_after_the_command(company: Terminal, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path}/other.db"
    assert company("account", "add", "Other", environment=other).code == 0
    for words in (
        ("--database", other, "account", "list", "--json"),
        ("account", "--database", other, "list", "--json"),
        ("account", "list", "--json", "--database", other),
        ("--database", company.url, "account", "list", "--json", "--database", other),
    ):
        assert [one["name"] for one in company.right(*words).json] == ["Other"], words
    assert [one["name"] for one in company.right("account", "list", "--json").json] == ["Acme"]


def test_json_may_be_said_before_the_command_too(company: Terminal) -> None:
    after = company.right("user", "list", "--json").out
    assert company.right("--json", "user", "list").out == company.right("user", "--json", "list").out == after


def test_without_a_word_the_database_is_in_the_current_folder(
    milepost: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert milepost("account", "add", "Acme", environment=None).code == 0
    assert (tmp_path / "milepost.db").is_file()
    assert len(milepost("account", "list", "--json", environment="sqlite:///milepost.db").json) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("account", "list"),
        ("account", "suspend", "0123456789abcdef01234567"),
        ("user", "list"),
        ("user", "add", "anna@acme.test", "--name", "Anna"),
        ("user", "deactivate", "anna@acme.test"),
        ("token", "add", "--user", "anna@acme.test"),
        ("token", "list"),
        ("token", "revoke", "0123456789abcdef01234567"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_a_database_that_is_not_there_is_not_made_by_looking(
    milepost: Terminal, tmp_path: Path, words: tuple[str, ...]
) -> None:
    outcome = milepost(*words)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        f"milepost: {milepost.file}: there is no database here yet: start one with `milepost serve` or "
        "`milepost account add NAME`, or name another\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("account", "add", " "), "NAME: is required"),
        (("account", "add", "Acme", "--id", "A1"), "--id: must be an id: 24 lower-case hex digits"),
        (("account", "suspend", "nobody"), "there is no account nobody"),
        (("user", "list", "--account", "nobody"), "there is no account nobody"),
        (("user", "add", "anna", "--name", "Anna"), "EMAIL: is not an e-mail address"),
        (
            ("user", "add", "BEN@acme.test", "--name", "B"),
            "EMAIL: another user of the account has the address ben@acme.test",
        ),
        (("user", "add", "x@acme.test", "--name", "x" * 4_001), "--name: is longer than 4,000 characters"),
        (("user", "deactivate", "x@acme.test"), "there is no user x@acme.test"),
        (("token", "add", "--user", "x@acme.test"), "there is no user x@acme.test"),
        (("token", "revoke", "nothing"), "there is no token nothing"),
    ],
)
def test_an_error_is_one_line_that_names_the_option(company: Terminal, words: tuple[str, ...], line: str) -> None:
    outcome = company(*words)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.removeprefix("milepost: ").startswith(line)
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("milepost.db", "milepost.db is not the address of a database: write sqlite:///milepost.db"),
        ("/srv/okr.db", "write sqlite:////srv/okr.db"),
        (
            "mysql://user:secret@host/name",
            "mysql is not supported: write sqlite:///FILE, such as",
        ),
        ("postgresql://user:secret@127.0.0.1:1/name", "postgresql://127.0.0.1:1/name: connection failed"),
        ("sqlite:///", "write sqlite:///milepost.db"),
        ("sqlite:///:memory:", "a database in memory cannot be shared"),
        ("POSTGRESQL://host/name", "write postgresql:// in small letters"),
        ("host=h password=secret", "this is not the address of a database: write sqlite:///milepost.db, or postgresql"),
        ("sqlite://okr.db", "write sqlite:///okr.db"),
        ("sqlite:///{folder}/no/where.db", "the folder {folder}/no does not exist"),
        ("sqlite:///{folder}", "{folder} is a folder; name a file in it, such as {folder}/milepost.db"),
        ("sqlite:///{folder}/notes.txt", "file is not a database"),
    ],
)
def test_a_database_that_cannot_be_opened(milepost: Terminal, tmp_path: Path, url: str, reason: str) -> None:
    (tmp_path / "notes.txt").write_text("a shopping list\n" * 100)
    outcome = milepost("account", "add", "Acme", "--database", url.format(folder=tmp_path))
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("milepost: ")
    assert reason.format(folder=tmp_path) in outcome.err
    assert "secret" not in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of a user whom permissions hold back: where root runs the tests, that is nobody."""
    was = os.geteuid()
    with TemporaryDirectory() as name:  # tmp_path lies where only its owner may look
        monkeypatch.chdir("/")
        if was == 0:
            os.chown(name, NOBODY, -1)
            os.seteuid(NOBODY)
        try:
            yield Path(name)
        finally:
            os.chmod(name, 0o700)
            os.seteuid(was)


def test_a_folder_that_cannot_be_written(somebody: Path) -> None:
    somebody.chmod(0o500)
    outcome = Terminal(somebody)("account", "add", "Acme")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (f"milepost: the folder {somebody} cannot be written by this user; name another\n")


def test_a_folder_that_cannot_be_looked_into(somebody: Path) -> None:
    somebody.chmod(0)
    for words in (("account", "add", "Acme"), ("account", "list")):
        outcome = Terminal(somebody)(*words)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.startswith(f"milepost: the folder {somebody} cannot be written by this user; ")


def test_a_file_that_cannot_be_read(somebody: Path) -> None:
    milepost = Terminal(somebody)
    milepost.file.write_bytes(b"")
    milepost.file.chmod(0)
    outcome = milepost("account", "add", "Acme")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(f"milepost: {milepost.file} cannot be read and written by this user; ")


def test_a_database_that_fails_under_way_is_told_in_a_line_too(company: Terminal) -> None:
    with closing(sqlite3.connect(company.file)) as other:
        other.execute("ALTER TABLE users RENAME TO gone")
    outcome = company("user", "list")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(f"milepost: {company.file}: the database cannot do this: no such table: users; ")


def test_a_damaged_file_is_told_by_its_name_with_what_to_do(company: Terminal) -> None:
    with closing(sqlite3.connect(company.file)) as other:
        (page,) = other.execute("SELECT rootpage FROM sqlite_master WHERE name = 'users'").fetchone()
        (size,) = other.execute("PRAGMA page_size").fetchone()
    with company.file.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\x5a" * size)
    outcome = company("user", "list")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(f"milepost: {company.file}: the database's file is damaged: stop the server, keep ")
    company.file.write_bytes(company.file.read_bytes()[:size] + b"\x5a" * 10 * size)
    assert company("user", "list").err.startswith(f"milepost: {company.file} is damaged (")


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("user", "nonsense"),
        ("user", "add", "anna@acme.test"),
        ("user", "add", "anna@acme.test", "--name", "Anna", "--role", "owner"),
        ("token", "add"),
        ("serve", "--port", "65536"),
        ("serve", "--port", "http"),
    ],
)
def test_a_wrong_use_ends_with_two(company: Terminal, words: tuple[str, ...]) -> None:
    outcome = company(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert "Usage: milepost" in outcome.err


def test_a_reader_that_leaves_early_is_no_error(company: Terminal) -> None:
    command = [sys.executable, "-m", "milepost", "user", "list", "--database", company.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_the_module_is_the_command(company: Terminal) -> None:
    command = [sys.executable, "-m", "milepost", "account", "list", "--json"]
    environment = {**os.environ, "MILEPOST_DATABASE": company.url}
    found = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert found.stdout.decode() == company.right("account", "list", "--json").out
    assert json.loads(found.stdout)[0]["name"] == "Acme"
