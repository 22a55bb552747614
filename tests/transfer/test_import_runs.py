"""Where records go, what a dry run leaves, and that an import stopped and run again ends as one that was not."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from killing import until_through
from milepost.actions import accounts as known_accounts
from milepost.domain.errors import NotFound
from milepost.store import accounts, key_results, users
from milepost.store.engine import Database
from milepost.store.migrate import open_database
from milepost.transfer.gtmhub import folder as importing
from saved_company import (
    ACCOUNT,
    GOAL,
    JANE,
    METRIC,
    OTHER,
    SESSION,
    account,
    at,
    company,
    content,
    entry,
    goal,
    imported,
    metric,
    now,
    places,
    session,
    user,
    write,
)

HOUSE = "61a0000000000000000000a9"


def _without_account(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in item.items() if key != "accountId"} for item in items]


def _unnamed(**lists: Any) -> dict[str, Any]:
    return {name: _without_account(items) for name, items in company(**lists).items()}


# Accounts


def test_records_go_where_their_account_id_says(database: Database, take) -> None:
    both = [account(), account(id=OTHER, name="Other")]
    theirs = {"accountId": OTHER}
    report = take(
        accounts=both,
        users=[user(), user(**theirs)],
        sessions=[session(), session(**theirs)],
        goals=[goal(), goal(**theirs)],
        metrics=[metric(), metric(**theirs, actual=7)],
    )
    assert (report.problems, [one.taken for one in report.files]) == ([], [2] * 5)
    assert key_results.records.find(database, ACCOUNT, METRIC).current == 0
    assert key_results.records.find(database, OTHER, METRIC).current == 7


def test_a_reference_into_another_account_is_none(take) -> None:
    both = [account(), account(id=OTHER, name="Other")]
    assert places(take(accounts=both, metrics=[metric(accountId=OTHER)])) == ["metrics.json[0].goalId"]


def test_records_that_name_no_account_go_to_that_of_the_file(database: Database, take) -> None:
    known_accounts.add(database, now, "House", HOUSE)
    report = take(**_unnamed())
    assert (report.problems, [one.taken for one in report.files]) == ([], [1] * 5)
    assert key_results.records.find(database, ACCOUNT, METRIC) is not None


def test_without_that_file_they_go_to_the_only_account_there_is(database: Database, tmp_path: Path) -> None:
    lists = _unnamed()
    del lists["accounts"]
    folder = write(tmp_path / "saved", **lists)
    assert places(imported(database, folder))[0] == "users.json[0].accountId"
    known_accounts.add(database, now, "House", HOUSE)
    assert imported(database, folder).problems == []
    assert key_results.records.find(database, HOUSE, METRIC) is not None


def test_they_go_nowhere_where_there_is_a_choice(database: Database, take) -> None:
    report = take(**_unnamed(accounts=[account(), account(id=OTHER, name="Other")]))
    assert places(report) == [f"{file}.json[0].accountId" for file in ("users", "sessions", "goals", "metrics")]


@pytest.mark.parametrize("broken", ["{", [{"id": ACCOUNT}]])
def test_they_go_nowhere_where_the_account_was_refused(database: Database, take, broken) -> None:
    known_accounts.add(database, now, "House", HOUSE)
    report = take(**_unnamed() | {"accounts": broken})
    assert places(report)[1:] == [f"{file}.json[0].accountId" for file in ("users", "sessions", "goals", "metrics")]
    assert users.count(database, HOUSE) == 0


def test_an_account_that_is_here_already_stays_as_it_is(database: Database, take) -> None:
    known_accounts.add(database, now, "My own name", ACCOUNT)
    report = take()
    assert (report.problems, report.tally("accounts.json").already_there) == ([], 1)
    assert accounts.find(database, ACCOUNT).name == "My own name"


def test_what_differs_from_what_is_here_is_named_and_stays_as_it_is(database: Database, take) -> None:
    take()
    before = key_results.records.find(database, ACCOUNT, METRIC)
    report = take(
        users=[user(name="Jane Roe")],
        sessions=[session(title="Q2", status="closed")],
        goals=[goal(name="Grow more", ownerIds=[], closedStatus={"status": "abandoned"})],
        metrics=[metric(name="Income", target=500)],
    )
    assert [str(note) for note in report.notes if "is here already" in note.message] == [
        f"users.json[0]: {JANE} is here already, and stays as it is: the file has another name",
        f"sessions.json[0]: {SESSION} is here already, and stays as it is: the file has another title, status",
        f"goals.json[0]: {GOAL} is here already, and stays as it is: the file has another name, ownerIds, closedStatus",
        f"metrics.json[0]: {METRIC} is here already, and stays as it is: the file has another name, target",
    ]
    assert (report.problems, [one.differs for one in report.files]) == ([], [0, 1, 1, 1, 1])
    assert key_results.records.find(database, ACCOUNT, METRIC) == before
    again = take()
    assert {one.differs for one in again.files} == {0}


def test_a_named_account_gets_everything_whatever_it_says(database: Database, tmp_path: Path) -> None:
    known_accounts.add(database, now, "House", HOUSE)
    folder = write(tmp_path / "saved", **company(users=[user(accountId=OTHER)], goals=_without_account([goal()])))
    report = imported(database, folder, HOUSE)
    assert report.problems == []
    assert [one.taken for one in report.files] == [0, 1, 1, 1, 1]
    assert [(note.file, note.index) for note in report.notes] == [("accounts.json", 0)]
    assert accounts.find(database, ACCOUNT) is None
    assert key_results.records.find(database, HOUSE, METRIC).owner_ids == (JANE,)


def test_a_named_account_must_be_here(database: Database, tmp_path: Path) -> None:
    before = content(database)
    with pytest.raises(NotFound):
        imported(database, write(tmp_path / "saved", **company()), HOUSE)
    assert content(database) == before


# Dry runs


def test_a_dry_run_says_the_same_and_keeps_nothing(database: Database, tmp_path: Path) -> None:
    entries = [entry(5, 10, 1), entry(6, 12, 2) | {"metricValue": "x"}]
    folder = write(tmp_path / "saved", **company(metrics=[metric(metricHistory=entries, actual=10), 5]))
    before = content(database)
    said = imported(database, folder, dry_run=True)
    assert content(database) == before
    assert said.dry_run
    done = imported(database, folder)
    assert (said.files, said.problems, said.notes) == (done.files, done.problems, done.notes)
    assert content(database) != before


def test_a_dry_run_over_what_is_there_keeps_nothing_either(database: Database, take, tmp_path: Path) -> None:
    take()
    before = content(database)
    fuller = write(
        tmp_path / "fuller",
        **company(
            metrics=[metric(metricHistory=[entry(5, 10, 1)])], users=[user(), user(id=OTHER, email="o@acme.test")]
        ),
    )
    said = imported(database, fuller, dry_run=True)
    assert (said.tally("metrics.json").history_added, said.tally("users.json").taken) == (1, 1)
    assert content(database) == before


# Stopping and running again


class Stopped(Exception):
    """What ends an import in its midst."""


def _plan() -> dict[str, Any]:
    """Two accounts, parents that come later, back-dated and nameless entries, gaps, owners that nobody knows."""
    goals = [f"61a0000000000000000{number:02}0d1" for number in range(5)]
    metrics = [
        metric(
            id=f"61a0000000000000000{number:02}0e1",
            goalId=goals[number % 5],
            actual=number * 10,
            metricHistory=[
                entry(20, 5.5),
                entry(20, 5.5),
                entry(10 + number, number, createdAt=at(25)) | {"id": f"61a0000000000000000{number:02}0f1"},
            ],
            **({"confidence": {"value": 0.5}} if number % 2 else {}),
        )
        for number in range(8)
    ]
    return company(
        accounts=[account(), account(id=OTHER, name="Other")],
        users=[user(), user(accountId=OTHER), user(id=HOUSE, email="JANE@acme.test")],
        goals=[goal(id=one, parentId=above) for one, above in zip(goals, [*goals[1:], ""], strict=True)],
        metrics=[*metrics, 5, metric(id=HOUSE[:-2] + "e9", goalId=JANE)],
    )


@pytest.mark.parametrize("stop", range(1, 22))
def test_stopped_after_any_item_and_run_again_it_ends_the_same(
    database: Database, tmp_path: Path, stop: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)
    folder = write(tmp_path / "saved", **_plan())
    straight = open_database(tmp_path / "straight.db")
    whole = imported(straight, folder)
    done = 0

    def progress(_file: str, _done: int, _total: int) -> None:
        nonlocal done
        done += 1
        if done == stop:
            raise Stopped

    with pytest.raises(Stopped):
        imported(database, folder, progress=progress)
    last = imported(database, folder)

    assert content(database) == content(straight)
    assert places(last) == places(whole) == ["metrics.json[8]", "metrics.json[9].goalId"]
    straight.close()


@pytest.mark.sqlite("watched through a connection of its own driver")
def test_a_transaction_holds_at_most_a_thousand_records(database: Database, tmp_path: Path) -> None:
    people = [user(id=f"61a000000000000000{number:06}", email=f"{number}@acme.test") for number in range(2_500)]
    folder = write(tmp_path / "saved", accounts=[account()], users=people)
    other = sqlite3.connect(database.path)
    seen = []

    def progress(file: str, done: int, _total: int) -> None:
        if file == "users.json" and done % 100 == 0:
            seen.append((done, other.execute("SELECT count(*) FROM users").fetchone()[0]))

    imported(database, folder, progress=progress)
    other.close()
    assert {kept for _, kept in seen} == {0, 1_000, 2_000}
    assert all(done - kept <= importing.BATCH == 1_000 for done, kept in seen)


KILLED = """
import os, signal, sys
from pathlib import Path
from milepost import app
from milepost.transfer.gtmhub import saved
from milepost.transfer.gtmhub.folder import load

def progress(file, done, total):
    if file == "metrics.json" and done == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

load(app.database(sys.argv[1]), app.clock, saved.read(Path(sys.argv[2])), progress=progress)
"""


@pytest.mark.sqlite("tests/test_durability.py kills on every engine")
@pytest.mark.parametrize(("item", "kept"), [(1_000, 0), (1_001, 1_000), (1_150, 1_000)])
def test_killed_and_run_again_it_ends_the_same(database: Database, tmp_path: Path, item: int, kept: int) -> None:
    rows = [
        metric(id=f"61a000000000000000{number:06}", actual=number, metricHistory=[entry(5, 1), entry(6, number)])
        for number in range(1_200)
    ]
    folder = write(tmp_path / "saved", **company(metrics=rows))
    straight = open_database(tmp_path / "straight.db")
    imported(straight, folder)

    url = f"sqlite:///{database.path}"
    killed = subprocess.run([sys.executable, "-c", KILLED, url, str(folder), str(item)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert database.connection.execute("SELECT count(*) FROM key_results").fetchone() == (kept,)
    subprocess.run([sys.executable, "-m", "milepost", "import", "gtmhub", str(folder), "--database", url], check=True)

    whole = content(straight, times=False)
    straight.close()
    assert len(whole["key_results"]) == 1_200
    assert content(database, times=False) == whole


@pytest.mark.sqlite("tests/test_durability.py kills on every engine")
def test_killed_at_random_moments_it_ends_the_same(database: Database, tmp_path: Path) -> None:
    ids = [f"61a000000000000000{number:06}" for number in range(1_050)]
    rows = [
        metric(id=one, actual=number, metricHistory=[entry(5, 1), entry(6, number)]) for number, one in enumerate(ids)
    ]
    begun = {"newStatus": "todo", "modifiedAt": at(3), "modifiedBy": JANE}
    tasks = [
        {"id": f"61c{one[3:]}", "accountId": ACCOUNT, "name": "Do", "dateCreated": at(3), "status": "todo",
         "snapshots": [{"id": f"61d{one[3:]}", **begun}]}
        for one in ids[:100]
    ]  # fmt: skip
    folder = write(tmp_path / "saved", **company(metrics=rows, tasks=tasks))
    straight = open_database(tmp_path / "straight.db")
    imported(straight, folder)
    whole = content(straight, times=False)
    straight.close()

    assert until_through(["import", "gtmhub", str(folder), "--database", f"sqlite:///{database.path}"])
    assert (len(whole["key_results"]), len(whole["tasks"])) == (1_050, 100)
    assert content(database, times=False) == whole
