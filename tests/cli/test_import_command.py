"""`milepost import gtmhub`: what it prints where, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from milepost.cli import main
from milepost.store import accounts, users
from milepost.store.migrate import open_database

ACCOUNT = "61a0000000000000000000a1"
PEOPLE = [
    {"id": f"61a0000000000000000000b{number}", "accountId": ACCOUNT, "email": f"{number}@acme.test"}
    for number in range(3)
]

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The command over a folder of lists, on a database of its own."""

    def command(lists: dict[str, Any], *arguments: str) -> Result:
        folder = tmp_path / "saved"
        folder.mkdir(exist_ok=True)
        for name, items in lists.items():
            (folder / f"{name}.json").write_text(json.dumps(items))
        url = f"sqlite:///{tmp_path}/milepost.db"
        return CliRunner().invoke(main, ["import", "gtmhub", str(folder), "--database", url, *arguments])

    return command


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[], int]:
    """How many users the database holds."""

    def count() -> int:
        database = open_database(tmp_path / "milepost.db")
        found = sum(users.count(database, one.id) for one in accounts.everyone(database))
        database.close()
        return found

    return count


def test_an_import_tells_what_it_took_of_each_file(run: Run, kept) -> None:
    done = run({"accounts": [{"id": ACCOUNT, "name": "Acme"}], "users": PEOPLE})
    assert done.exit_code == 0, done.output
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0] == ["FILE", "FOUND", "TAKEN"], "a column that is all zero is not shown"
    assert lines[1][:3] == ["accounts.json", "1", "1"]
    assert lines[2][:3] == ["users.json", "3", "3"]
    # Nobody watches: no progress is drawn. And nobody is said to be an admin.
    assert [line[:56] for line in done.stderr.splitlines()] == [f"Nobody in the account {ACCOUNT} is an adm"]
    assert kept() == 3


def test_what_cannot_be_taken_is_on_standard_error_and_the_exit_code_is_one(run: Run, kept) -> None:
    done = run({"accounts": [{"id": ACCOUNT, "name": "Acme"}], "users": [*PEOPLE, {"id": "x"}]})
    assert done.exit_code == 1
    assert "users.json[3].id: must be an id" in done.stderr
    assert "users.json[3]" not in done.stdout
    assert kept() == 3


def test_json_is_the_whole_report_on_standard_output(run: Run) -> None:
    owned = {"id": "61a0000000000000000000d1", "accountId": ACCOUNT, "name": "Grow", "ownerIds": ["0" * 24]}
    cycle = {"id": "61a0000000000000000000c1", "accountId": ACCOUNT, "title": "Q1"}
    done = run(
        {
            "accounts": [{"id": ACCOUNT, "name": "Acme"}],
            "users": [*PEOPLE, {"id": "x"}],
            "sessions": [cycle],
            "goals": [{**owned, "sessionId": cycle["id"]}],
        },
        "--json",
    )
    report = json.loads(done.stdout)
    assert done.exit_code == 1
    assert report["dry_run"] is False
    assert report["files"][1] == {
        "file": "users.json", "found": 4, "taken": 3, "already_there": 0, "differs": 0, "left_out": 0, "refused": 1,
        "history_added": 0, "history_refused": 0, "gaps_closed": 0,
    }  # fmt: skip
    (problem,) = report["problems"]
    assert (problem["file"], problem["index"], problem["field"]) == ("users.json", 3, "id")
    (owner,) = report["unknown_owners"]
    assert (owner["id"], owner["records"], owner["first"]) == ("0" * 24, 1, "goals.json[0].ownerIds")


def test_unknown_owners_are_told_and_do_not_fail_the_command(run: Run) -> None:
    cycle = {"id": "61a0000000000000000000c1", "accountId": ACCOUNT, "title": "Q1"}
    goal = {"id": "61a0000000000000000000d1", "accountId": ACCOUNT, "name": "Grow", "ownerIds": ["0" * 24]}
    done = run(
        {
            "accounts": [{"id": ACCOUNT, "name": "Acme"}],
            "sessions": [cycle],
            "goals": [goal | {"sessionId": cycle["id"]}],
        }
    )
    assert done.exit_code == 0
    assert f"goals.json[0].ownerIds: nobody here is {'0' * 24}" in done.stderr


def test_an_import_of_a_part_takes_it_and_ends_with_one(run: Run, kept) -> None:
    done = run({"accounts": [{"id": ACCOUNT, "name": "Acme"}], "users": {"items": PEOPLE, "totalCount": 7}})
    assert done.exit_code == 1
    assert done.stderr.startswith("users.json: holds 3 of 7 (totalCount): the other pages of this list were not saved")
    assert kept() == 3


@pytest.mark.parametrize("others", [{"metrics_2": []}, {"kpis": []}, {"metrics_2": [], "kpis": []}])
def test_a_file_that_nobody_knows_ends_with_one(run: Run, others) -> None:
    done = run({"accounts": [{"id": ACCOUNT, "name": "Acme"}], **others})
    assert done.exit_code == 1
    assert all(f"{name}.json: left out" in done.stderr for name in others)


@pytest.mark.parametrize(("count", "shown"), [(10, 10), (11, 4), (27, 4)])
def test_one_cause_does_not_fill_the_screen(run: Run, count: int, shown: int) -> None:
    rows = [
        {"id": f"61a0000000000000000{number:05}", "accountId": ACCOUNT, "name": "x", "goalId": "0" * 24}
        for number in range(count)
    ]
    lists = {"accounts": [{"id": ACCOUNT, "name": "Acme"}], "users": [*PEOPLE, {"id": "x"}], "metrics": rows}
    lines = [line for line in run(lists).stderr.splitlines() if "is an admin yet" not in line]
    assert len(lines) == 1 + shown
    assert lines[0].startswith("users.json[3].id: ")
    assert lines[3].startswith("metrics.json[2].goalId: ")
    assert (lines[-1] == f"  and {count - 3} more like this") == (count > 10)
    assert len(json.loads(run(lists, "--json").stdout)["problems"]) == 1 + count


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(run: Run, kept) -> None:
    done = run({"accounts": [{"id": ACCOUNT, "name": "Acme"}], "users": PEOPLE}, "--dry-run")
    assert done.exit_code == 0
    assert ["users.json", "3", "3"] in [line.split()[:3] for line in done.stdout.splitlines()]
    assert "nothing of it was kept" in done.stderr
    assert kept() == 0


def test_a_second_run_finds_everything_there(run: Run, kept) -> None:
    lists = {"accounts": [{"id": ACCOUNT, "name": "Acme"}], "users": PEOPLE}
    run(lists)
    again = json.loads(run(lists, "--json").stdout)
    assert [(one["taken"], one["already_there"]) for one in again["files"]] == [(0, 1), (0, 3)]
    assert kept() == 3


def test_an_account_that_is_not_here_is_one_line(run: Run) -> None:
    done = run({"users": PEOPLE}, "--account", ACCOUNT)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"milepost: there is no account {ACCOUNT}\n"


def test_a_folder_with_nothing_in_it_is_one_line_and_no_database_is_made(run: Run, tmp_path: Path) -> None:
    done = run({})
    assert done.exit_code == 1
    assert done.stderr.startswith(f"milepost: {tmp_path}/saved: holds none of accounts.json")
    assert not (tmp_path / "milepost.db").exists()


def test_a_message_never_moves_the_terminals_cursor(run: Run) -> None:
    odd = [one | {"email": "odd@acme.test\u001b[2J"} for one in PEOPLE[:2]]
    done = run({"accounts": [{"id": ACCOUNT, "name": "Acme"}], "users": odd})
    assert "odd@acme.test" in done.stderr
    assert "\u001b" not in done.output


def test_progress_is_drawn_where_somebody_watches(run: Run, tmp_path: Path) -> None:
    run({"accounts": [{"id": ACCOUNT, "name": "Acme"}], "users": PEOPLE}, "--dry-run")
    command = [sys.executable, "-m", "milepost", "import", "gtmhub", str(tmp_path / "saved")]
    screen, terminal = pty.openpty()
    done = subprocess.run(
        [*command, "--database", f"sqlite:///{tmp_path}/watched.db"],
        stdout=subprocess.PIPE,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        check=True,
    )
    os.close(terminal)
    drawn = os.read(screen, 65_536).decode()
    os.close(screen)
    assert "users.json" in drawn
    assert "3/3" in drawn
    assert done.stdout.decode().splitlines()[0].startswith("FILE")


def test_help_shows_an_example() -> None:
    shown = CliRunner().invoke(main, ["import", "gtmhub", "--help"]).output
    assert "milepost import gtmhub saved-answers --dry-run" in shown
