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
        'Plan, row 3, target: "many" is no number',
        "nobody here is nobody@acme.test, who owns 1 row(s)",
    ]
    assert company("import", "table", plan).out.splitlines() == [
        "SHEET  FOUND  ALREADY THERE  REFUSED",
        "Plan   2      1              1",
    ]


def test_a_dry_run(company: Terminal, plan: str) -> None:
    said = company("import", "table", plan, "--dry-run")
    assert said.err.splitlines()[-1] == "This was a dry run: nothing of it was kept."
    assert company("import", "table", plan, "--json").json["sheets"][0]["taken"] == 1


def test_a_column_that_nobody_knows(company: Terminal, plan: str) -> None:
    said = company("import", "table", plan, "--map", "Target=goal")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith('milepost: map: "Target=goal" should be HEADING=FIELD, where FIELD is one of cycle,')


def test_a_file_that_is_not_there(company: Terminal) -> None:
    said = company("import", "table", "missing.xlsx")
    assert (said.code, said.err) == (1, "milepost: missing.xlsx: cannot be read: No such file or directory\n")
