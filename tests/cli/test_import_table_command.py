"""`milepost import table`: what an operator sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal import Terminal
from workbooks import workbook

ROWS = [
    ["Cycle", "Objective", "Key result", "Owner", "Target"],
    ["Q1 2027", "Grow", "Win", "nobody@acme.test", 5],
    ["", "", "Lose", "", "many"],
]


@pytest.fixture
def plan(tmp_path: Path) -> str:
    return str(workbook(tmp_path / "plan.xlsx", Plan=ROWS))


def test_what_came_in_and_what_did_not(company: Terminal, plan: str) -> None:
    said = company("import", "table", plan)
    assert said.code == 1
    assert said.out.splitlines() == ["SHEET  FOUND  TAKEN  REFUSED", "Plan   2      1      1"]
    assert said.err.splitlines() == [
        "made the cycle Q1 2027: 2027-01-01 to 2027-03-31",
        'Plan, row 3, Target: "many" is no number',
        "owners whom nobody here is: nobody@acme.test (1 row)",
    ]
    assert company("import", "table", plan).out.splitlines() == [
        "SHEET  FOUND  ALREADY THERE  REFUSED",
        "Plan   2      1              1",
    ]


def test_a_dry_run(company: Terminal, plan: str) -> None:
    said = company("import", "table", plan, "--dry-run")
    assert said.err.splitlines()[-1] == "This was a dry run: nothing of it was kept."
    assert company("import", "table", plan, "--json").json["sheets"][0]["taken"] == 1


def test_a_column_that_is_not_there_cannot_mean_anything(company: Terminal, plan: str) -> None:
    before = company.right("verify").out
    said = company("import", "table", plan, "--map", "Goal of the week=target")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith('milepost: --map: no column is called "goal')
    assert "there are " in said.err
    assert company.right("verify").out == before


def test_a_column_that_nobody_knows(company: Terminal, plan: str) -> None:
    said = company("import", "table", plan, "--map", "Target=goal")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith('milepost: --map: "Target=goal" should be HEADING=FIELD, where FIELD is one of cycle,')


def test_a_file_that_is_not_there(company: Terminal) -> None:
    said = company("import", "table", "missing.xlsx")
    assert (said.code, said.err) == (1, "milepost: missing.xlsx: cannot be read: No such file or directory\n")


def test_it_needs_nothing_to_be_there(milepost: Terminal, tmp_path: Path) -> None:
    plan = str(workbook(tmp_path / "The plan.xlsx", Plan=ROWS[:2]))
    tried = milepost("import", "table", plan, "--dry-run")
    assert tried.out.splitlines() == ["SHEET  FOUND  TAKEN", "Plan   1      1"]
    assert not milepost.file.exists(), "a dry run leaves nothing"
    done = milepost("import", "table", plan)
    assert done.code == 0
    assert "Started a company for it, The plan. Its admin is admin@localhost" in done.err
    assert "The plan" in milepost("account", "list").out
    assert "/sign-in?code=" in milepost("user", "link", "admin@localhost").out
    again = milepost("import", "table", plan)
    assert again.out.splitlines() == ["SHEET  FOUND  ALREADY THERE", "Plan   1      1"]
    assert "Started" not in again.err


def test_a_file_that_cannot_be_read_starts_nothing(milepost: Terminal, tmp_path: Path) -> None:
    assert milepost("import", "table", str(tmp_path / "nowhere.csv")).code == 1
    assert not milepost.file.exists()


def test_how_days_are_meant_can_be_said(company: Terminal, tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    path.write_text("Cycle,Objective,Key result,Current,Date\nQ1 2026,Grow,Sell,1,3/2/2026\n", encoding="utf-8")
    said = company("import", "table", str(path))
    assert 'row 2, Date: "3/2/2026" may be either of two days: say which with --dates' in said.err
    for order, day in (("day-first", "2026-02-03"), ("month-first", "2026-03-02")):
        assert company("import", "table", str(path), "--dates", order).code == 0
        out = tmp_path / f"{order}.csv"
        assert company("export", str(out), "--rows", "check-ins").code == 0
        assert day in out.read_text(encoding="utf-8")
