"""What an operator sees of the trail: `milepost audit`, `milepost verify` and `milepost user erase`."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from terminal import Terminal


@pytest.fixture
def account(company: Terminal) -> str:
    return str(company.right("account", "list", "--json").json[0]["id"])


def tamper(company: Terminal, statement: str) -> None:
    with closing(sqlite3.connect(company.file)) as connection, connection:
        assert connection.execute(statement).rowcount


def test_verify_says_ok_with_counts(company: Terminal, account: str) -> None:
    said = company.right("verify")
    assert said.out.splitlines() == ["ok", "TABLE     RECORDS", "audit     3", "accounts  1", "users     2"]
    found = company.right("verify", "--json", "--account", account).json
    assert (found["ok"], found["heads_checked"]) == (True, 0)
    assert [(one["id"], one["records"]["users"], one["head"]["number"]) for one in found["accounts"]] == [
        (account, 2, 3)
    ]


def test_verify_names_what_does_not_fit_and_ends_with_1(company: Terminal, account: str) -> None:
    tamper(company, "UPDATE users SET role = 'viewer' WHERE role = 'admin'")
    anna = company.right("user", "list", "--json").json[0]["id"]
    said = company("verify")
    assert (said.code, said.out) == (1, "")
    what = "role is not what record 2 of the trail says"
    assert said.err == f'milepost: account {account}: users {anna}: {what}: "viewer" stands, "admin" should\n'
    found = company("verify", "--json")
    assert (found.code, found.err) == (1, "")
    assert found.json == {
        "ok": False, "account_id": account, "table": "users", "id": anna, "what": what, "stands": '"viewer"',
        "should": '"admin"',
    }  # fmt: skip


def test_a_head_that_was_kept_elsewhere_shows_that_the_end_was_cut_off(company: Terminal, tmp_path: Path) -> None:
    first = company.right("audit", "head").line
    company.right("user", "role", "ben@acme.test", "viewer")
    second = company.right("audit", "head").line
    assert [head.split(":")[1] for head in (first, second)] == ["3", "4"]
    kept = tmp_path / "heads.txt"
    kept.write_text(f"# of our server\n\n{first}\n2026-11-22 {second}\n")
    assert company.right("verify", "--heads", str(kept), "--head", first, "--json").json["heads_checked"] == 3
    for statement in (
        "DELETE FROM audit_payloads WHERE number = 4",
        "DELETE FROM audit WHERE number = 4",
        "UPDATE users SET role = 'member' WHERE role = 'viewer'",
    ):
        tamper(company, statement)
    company.right("verify", "--head", first)
    said = company("verify", "--heads", str(kept))
    assert said.code == 1
    assert "audit 4: the record is missing, although its hash was anchored; the chain ends at 3" in said.err


@pytest.mark.parametrize(
    ("line", "words"),
    [("2026-11-22", "line 2: 2026-11-22 is no head"), (b"\xff\xfe", "cannot be read"), (None, "cannot be read")],
)
def test_a_file_without_heads_is_refused(company: Terminal, tmp_path: Path, line: Any, words: str) -> None:
    kept = tmp_path / "heads.txt"
    if line is not None:
        kept.write_bytes(b"# heads\n" + (line if isinstance(line, bytes) else line.encode()))
    said = company("verify", "--heads", str(kept))
    assert said.code == 1
    assert words in said.err
    assert company("verify", "--head", "a:b:c").code == 2


def test_the_trail_is_shown_the_newest_first(company: Terminal, account: str) -> None:
    said = company.right("audit", "list").out.splitlines()
    assert said[0].split() == ["NUMBER", "AT", "WHO", "THROUGH", "ACTION", "RECORD"]
    assert [line.split()[0] for line in said[1:]] == ["3", "2", "1"]
    assert said[-1].split()[2:] == ["operator", "cli", "account.added", account]
    whole = company.right("audit", "list", "--json", "--limit", "1").json
    assert [(one["number"], one["action"], one["after"]["email"]) for one in whole] == [
        (3, "user.added", "ben@acme.test")
    ]


def test_a_part_of_the_trail_is_shown(company: Terminal, account: str) -> None:
    def numbers(*words: str) -> list[int]:
        return [one["number"] for one in company.right("audit", "list", "--json", *words).json]

    assert numbers("--record", account) == [1]
    assert numbers("--actor", "anna@acme.test") == []
    assert numbers("--since", "2020-01-01") == [3, 2, 1]
    assert numbers("--since", "2999-01-01") == []
    assert numbers("--until", "2020-01-01") == []
    assert numbers("--until", "2999-01-01T00:00:00Z", "--limit", "2") == [3, 2]
    assert (
        company("audit", "list", "--actor", "nobody@acme.test").err == "milepost: there is no user nobody@acme.test\n"
    )
    assert company("audit", "list", "--since", "soon").code == 2


def test_the_trail_is_exported_whole(company: Terminal, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in company.right("audit", "export").out.splitlines()]
    assert [one["number"] for one in lines] == [1, 2, 3]
    assert [one["previous"] for one in lines] == ["", lines[0]["hash"], lines[1]["hash"]]
    assert json.loads(lines[2]["after"])["email"] == "ben@acme.test"
    file = tmp_path / "trail.jsonl"
    said = company.right("audit", "export", str(file), "--after", "1")
    assert said.err == f"2 records are in {file}\n"
    assert [json.loads(line) for line in file.read_text().splitlines()] == lines[1:]
    assert os.stat(file).st_mode & 0o777 == 0o600
    again = company("audit", "export", str(file))
    assert (again.code, again.err) == (1, f"milepost: {file} is there already: name another file\n")
    nowhere = company("audit", "export", str(tmp_path / "none" / "trail.jsonl"))
    assert "cannot be written" in nowhere.err


def test_an_export_is_checked_elsewhere_as_it_is_documented(company: Terminal, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "history.md").read_text()
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    company.right("user", "erase", "ben@acme.test", "--yes")
    file = tmp_path / "trail.jsonl"
    company.right("audit", "export", str(file))

    def checked() -> subprocess.CompletedProcess[str]:
        # Of nothing but the language: -I leaves out what is installed for this user, -S what is installed at all.
        words = [sys.executable, "-I", "-S", "-c", program, str(file)]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    head = company.right("audit", "head").line.split(":")
    assert checked().stdout == f"ok {head[1]} {head[2]}\n"
    for one, other in (("[erased]", "Ben"), ('"cli"', '"api"'), ('"number":4', '"number":5')):
        whole = file.read_text()
        file.write_text(whole.replace(one, other))
        assert "AssertionError" in checked().stderr, one
        file.write_text(whole)


def test_a_person_is_erased_from_everything(company: Terminal, tmp_path: Path) -> None:
    before = company.right("audit", "head").line
    tried = company.right("user", "erase", "ben@acme.test", "--dry-run")
    assert tried.out.splitlines() == ["TABLE           RECORDS", "users           1", "audit_payloads  1"]
    assert company("user", "erase", "ben@acme.test", given="n\n").code == 1
    assert company.right("user", "list", "--json").json[1]["name"] == "Ben Bauer"
    said = company.right("user", "erase", "ben@acme.test", given="y\n")
    assert "It cannot be undone. Erase ben@acme.test?" in said.err
    assert f"{company.file} was written anew, and does not" in said.err
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"Bauer" not in kept
    assert b"ben@acme.test" not in kept
    company.right("verify", "--head", before)
    gone = company("user", "erase", "ben@acme.test", "--yes")
    assert (gone.code, gone.err) == (1, "milepost: there is no user ben@acme.test\n")


def test_further_words_are_erased_if_they_are_named(company: Terminal) -> None:
    company.right("token", "add", "--user", "anna@acme.test", "--name", "for Bauer and Benny")
    done = company.right("user", "erase", "ben@acme.test", "--yes", "--also", "Bauer", "--also", "benny", "--json")
    assert done.json == {
        "email": "ben@acme.test", "erased": True, "records": {"users": 1, "tokens": 1, "audit_payloads": 2},
    }  # fmt: skip
    assert company.right("token", "list", "--json").json[0]["name"] == "for [erased] and [erased]"
    company.right("verify")


def test_the_last_admin_is_not_erased(company: Terminal) -> None:
    said = company("user", "erase", "anna@acme.test", "--yes")
    assert said.code == 1
    assert "without an active admin" in said.err
