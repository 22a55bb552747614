"""`milepost doctor` and `milepost backup`, as an operator uses them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from milepost.cli import main
from milepost.config import unknown
from milepost.store.migrate import HEAD
from openid import CLIENT, provider
from postgresql import Server
from terminal import Terminal

Spoiler = Callable[[Path], object]


def said(milepost: Terminal, **environment: str) -> dict[str, tuple[str, str]]:
    """What the doctor says, by subject; it ends with code 1 where anything is wrong."""
    outcome = CliRunner().invoke(main, ["doctor"], env={"MILEPOST_DATABASE": milepost.url, **environment})
    found = {}
    for line in outcome.stdout.splitlines():
        found[line[7:19].strip()] = (line[:6].strip(), line[20:])
    assert outcome.exit_code == any(state == "wrong" for state, _ in found.values()), outcome.output
    return found


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def by(statement: str) -> Spoiler:
    return lambda path: execute(path, statement)


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4_096)
        file.write(b"\xff" * 20_000)


def test_a_set_up_that_is_well(company: Terminal) -> None:
    company.file.chmod(0o600)
    before = company.file.read_bytes(), sorted(os.listdir(company.file.parent))
    found = said(company)
    assert {state for state, _ in found.values()} == {"ok"}
    assert found.keys() == {
        "settings", "rights", "room", "integrity", "journal", "version", "server key", "tokens", "clock",
    }  # fmt: skip
    assert (company.file.read_bytes(), sorted(os.listdir(company.file.parent))) == before, "it changes nothing"


@pytest.mark.parametrize(
    ("spoil", "subject", "state", "words"),
    [
        (Path.unlink, "database", "wrong", "there is no file"),
        (lambda path: path.write_text("Milk and eggs. " * 900), "database", "wrong", "file is not a database"),
        (lambda path: path.chmod(0o666), "rights", "wrong", "every user of this machine may change"),
        (lambda path: path.chmod(0o644), "rights", "note", "every user of this machine may read"),
        (overwrite, "integrity", "wrong", "is damaged"),
        (by("PRAGMA journal_mode = DELETE"), "journal", "note", "the journal mode is delete"),
        (by("UPDATE alembic_version SET version_num = '9999'"), "version", "wrong", "newer than"),
        (by("UPDATE alembic_version SET version_num = '0001'"), "version", "note", "upgrades them"),
        (by("ALTER TABLE key_results RENAME TO x"), "version", "wrong", "no tables of Milepost's"),
        (by("UPDATE audit SET at = at + 3600000000"), "clock", "wrong", "minutes from now"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(company: Terminal, spoil: Spoiler, subject: str, state: str, words: str) -> None:
    company.file.chmod(0o600)
    spoil(company.file)
    before = company.file.read_bytes() if company.file.exists() else b""
    found = said(company)
    assert found[subject][0] == state
    assert words in found[subject][1]
    assert (company.file.read_bytes() if company.file.exists() else b"") == before


def test_tokens_and_the_server_key(company: Terminal) -> None:
    company.right("token", "add", "--user", "ben@acme.test")
    company.right("key", "add", "--user", "ben@acme.test")
    found = said(company)
    assert found["tokens"] == ("note", "1 never expire: see with `milepost token list` whether all are still wanted")
    assert found["server key"] == ("ok", "it opens the secrets of all signing keys (1)")
    key = company.file.with_name("milepost.db.key")
    key.chmod(0o644)
    assert "is open to other users of this machine" in said(company)["server key"][1]
    key.unlink()
    state, words = said(company)["server key"]
    assert (state, words.startswith("the secrets of 1 of 1 keys cannot be read: ")) == ("wrong", True)
    assert said(company, MILEPOST_SECRET_KEY="x")["server key"][0] == "wrong"


@pytest.mark.parametrize(
    ("name", "value", "subject", "state", "words"),
    [
        ("MILEPOST_METRIC", "1", "settings", "wrong", "means nothing to this program; maybe MILEPOST_METRICS is meant"),
        ("MILEPOST_PUBLIC_URL", "http://okr.example.com", "address", "note", "in the clear"),
        ("MILEPOST_PUBLIC_URL", "https://okr.example.com", "address", "ok", "https://okr.example.com"),
        ("MILEPOST_DATABASE", "milepost.db", "database", "wrong", "is not the address of a database"),
    ],
)
def test_settings(company: Terminal, name: str, value: str, subject: str, state: str, words: str) -> None:
    found = said(company, **{name: value})[subject]
    assert (found[0], words in found[1]) == (state, True), found


def test_a_provider_is_asked(company: Terminal) -> None:
    def asked(issuer: str) -> tuple[str, str]:
        return said(company, MILEPOST_OIDC_ISSUER=issuer, MILEPOST_OIDC_CLIENT_ID=CLIENT)["provider"]

    with provider(lambda: 0) as vouching:
        state, words = asked(vouching.issuer)
        assert (state, "/sign-in/provider/answer" in words) == ("ok", True), words
        vouching.other_issuer = "https://evil.test"
        state, words = asked(vouching.issuer)
        assert (state, "it says that it is https://evil.test" in words) == ("wrong", True), words
    assert asked(vouching.issuer)[0] == "wrong"


def test_every_setting_is_told_of(milepost: Terminal) -> None:
    told = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    help_of_serve = milepost.right("serve", "--help").out
    _, known = unknown({})
    assert {"MILEPOST_DATABASE", "MILEPOST_LOG"} <= set(known)
    for name in known:
        assert f"`{name}`" in told
        assert name in help_of_serve


def test_a_setting_that_cannot_be_is_named_by_every_command(company: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_LOG", "xml")
    outcome = company("account", "list")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "milepost: MILEPOST_LOG is 'xml': it can be people, json or off\n"


def test_for_programs(company: Terminal) -> None:
    company.file.chmod(0o600)
    told = company.right("doctor", "--json").json
    assert told["ok"] is True
    assert {"subject": "version", "state": "ok", "words": f"the tables are those of this program ({HEAD})"} in told[
        "checks"
    ]
    company.file.unlink()
    outcome = company("doctor", "--json")
    assert (outcome.code, outcome.json["ok"]) == (1, False)


def test_on_postgresql(postgresql_server: Server, tmp_path: Path) -> None:
    with postgresql_server.database() as url:
        milepost = Terminal(tmp_path)
        milepost.url = url
        found = said(milepost)
        # The server of these tests is one that forgets.
        assert found["durability"][0] == "wrong"
        assert found["durability"][1].startswith("fsync, full_page_writes, synchronous_commit is off")
        assert {found[one][0] for one in ("database", "connections", "clocks", "version", "server key", "tokens")} == {
            "ok"
        }
    found = said(milepost)
    assert found["database"][0] == "wrong"
    assert "does not exist; make it with `createdb`" in found["database"][1]
    with postgresql_server.database(empty=True) as milepost.url:
        assert "holds no tables of Milepost's" in said(milepost)["version"][1]


def test_a_backup_is_a_whole_database(company: Terminal, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    company.right("key", "add", "--user", "ben@acme.test")
    outcome = company.right("backup", str(copy))
    assert outcome.line == str(copy)
    assert "milepost.db.key is not among them: keep a copy of it, but not beside this one" in outcome.err
    assert company.right("verify", "--database", f"sqlite:///{copy}").out.startswith("ok\n")
    again = company("backup", str(copy))
    assert (again.code, again.out) == (1, "")
    assert again.err == f"milepost: {copy} is there already: name a file that is not\n"
    told = company.right("backup", "--json", str(tmp_path / "second.db")).json
    assert told == {"file": str((tmp_path / "second.db").resolve()), "bytes": copy.stat().st_size}


def test_a_backup_upgrades_nothing(company: Terminal, tmp_path: Path) -> None:
    execute(company.file, "UPDATE alembic_version SET version_num = '0001'")
    company.right("backup", str(tmp_path / "old.db"))
    assert sorted(os.listdir(tmp_path)) == ["milepost.db", "old.db"]


def test_what_cannot_be_backed_up(milepost: Terminal, tmp_path: Path) -> None:
    outcome = milepost("backup", str(tmp_path / "copy.db"))
    assert (outcome.code, outcome.out, outcome.err) == (
        1, "", f"milepost: {milepost.file}: there is no database here; name another with --database\n",
    )  # fmt: skip
    outcome = milepost("backup", str(tmp_path / "copy.db"), "--database", "postgresql://nowhere.invalid/x")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("milepost: postgresql://nowhere.invalid/x: ")
    assert not (tmp_path / "copy.db").exists()
