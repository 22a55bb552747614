"""Exports of Viva Goals, as their columns may be: by ids or titles, of one sheet or several, in any order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acme import Acme
from engines import held
from milepost.actions import custom_fields, key_results, objectives, tasks
from milepost.actions.verification import verify
from milepost.domain import instants
from milepost.domain.key_result import Kind
from milepost.domain.query import Query
from milepost.domain.task import ParentKind, TaskStatus
from milepost.store import check_ins, cycles
from milepost.transfer.files import CannotRead
from milepost.transfer.table.columns import asked
from milepost.transfer.table.load import read
from milepost.transfer.table.report import Report
from milepost.transfer.viva.columns import Field
from milepost.transfer.viva.load import load
from workbooks import Days, workbook

Taken = Callable[..., Report]

# A plausible export: three levels, a key result with two check-ins, and a row before the one that it stands beneath.
BY_ID = """\
ID,Title,Type,Owner,Owner UPN,Parent ID,Period,Start,Target,Current,Status,Last check-in,Check-in note,Due date,Team
12,Win the north,Key result,Ben Bauer,ben@acme.test,11,Q4 2025,10,50,30,On track,2025-10-20,Half way,2025-12-31,Sales
11,Grow,Objective,Anna Ahlberg,anna@acme.test,,Q4 2025,,,,Behind,2025-11-01,Slow,2025-12-31,Sales
13,Open an office,Initiative,Zoe,zoe@acme.test,12,Q4 2025,,,,Completed,,,2025-11-30,Sales
14,Grow the team,Objective,Ben Bauer,ben@acme.test,12,Q4 2025,,,,,,,,People
12,Win the north,Key result,Ben Bauer,ben@acme.test,11,Q4 2025,10,50,42,On track,2025-11-20,Nearly,2025-12-31,Sales
"""


@pytest.fixture
def take(acme: Acme, tmp_path: Path) -> Taken:
    """Import an export: a file, or the text of one."""

    def run(given: Path | str, *mapped: str, **options: Any) -> Report:
        path = given if isinstance(given, Path) else tmp_path / "viva.csv"
        if isinstance(given, str):
            path.write_text(given)
        report = load(acme.context(acme.anna), read(path), asked(mapped, Field), **options)
        verify(acme.database, None)
        return report

    return run


def objective(acme: Acme, name: str) -> Any:
    found = objectives.list_(acme.context(acme.anna), Query(limit=1_000)).items
    (one,) = [view.objective for view in found if view.objective.name == name]
    return one


def key_result(acme: Acme, name: str) -> Any:
    found = key_results.list_(acme.context(acme.anna), Query(limit=1_000)).items
    (one,) = [view.key_result for view in found if view.key_result.name == name]
    return one


def task(acme: Acme, name: str) -> Any:
    found = tasks.list_(acme.context(acme.anna), Query(limit=1_000)).items
    (one,) = [view.task for view in found if view.task.name == name]
    return one


def problems(report: Report) -> list[str]:
    return [str(one) for one in report.problems]


def test_rows_by_id_in_any_order(take: Taken, acme: Acme) -> None:
    report = take(BY_ID)
    assert problems(report) == []
    (tally,) = report.sheets
    assert (tally.found, tally.taken, tally.already_there, tally.history_added) == (5, 4, 1, 2)
    assert report.unmatched == {"zoe@acme.test": 1}
    grow, team, north = objective(acme, "Grow"), objective(acme, "Grow the team"), key_result(acme, "Win the north")
    assert (grow.owner_ids, team.owner_ids) == ((acme.anna.id,), (acme.ben.id,))
    assert (north.objective_id, team.parent_id) == (grow.id, grow.id)
    assert (north.start, north.target, north.current, north.kind) == (10, 50, 42, Kind.INCREASE)
    assert north.due_at == instants.parse("2025-12-31T00:00:00Z", "")
    assert north.custom_fields == {"Status": "On track", "Team": "Sales", "Viva Goals ID": "12"}
    assert grow.custom_fields == {
        "Status": "Behind", "Team": "Sales", "Viva Goals ID": "11", "Check-in note": "Slow",
        "Last check-in": "2025-11-01",
    }  # fmt: skip
    history = check_ins.history(acme.database, acme.account.id, north.id)
    assert [(one.value, one.comment) for one in history] == [(30, "Half way"), (42, "Nearly")]
    assert history[0].effective_at == instants.parse("2025-10-20T00:00:00Z", "")
    office = task(acme, "Open an office")
    assert (office.parent_id, office.parent_kind, office.status) == (north.id, ParentKind.KEY_RESULT, TaskStatus.DONE)
    cycle = cycles.records.find(acme.database, acme.account.id, grow.cycle_id)
    assert cycle is not None
    assert (cycle.name, cycle.starts_at) == ("Q4 2025", instants.parse("2025-10-01T00:00:00Z", ""))


def test_again_changes_nothing_and_a_later_file_adds_what_is_new(take: Taken, acme: Acme) -> None:
    take(BY_ID)
    before = held(acme.database, acme.account.id)
    again = take(BY_ID)
    assert (again.sheets[0].taken, again.sheets[0].history_added, problems(again)) == (0, 0, [])
    assert held(acme.database, acme.account.id) == before
    objectives.revise(acme.context(acme.anna), objective(acme, "Grow").id, objectives.ObjectiveChange(name="Grow up"))
    row = "12,Win the north,KR,Ben Bauer,,11,Q4 2025,10,50,45,On track,2025-12-01,Now,,\n"
    later = take(BY_ID + row)
    assert (later.sheets[0].taken, later.sheets[0].history_added) == (0, 1)
    assert key_result(acme, "Win the north").current == 45


def test_a_workbook_by_titles_with_progress_only(take: Taken, acme: Acme, tmp_path: Path) -> None:
    heading = ["Objectives and key results"]
    names = ["Title", "Type", "Aligned to", "Owner", "Progress", "Period", "Check-in date", "Notes"]
    rows = [
        heading,
        names,
        ["Delight", "Objective", "", "Anna Ahlberg", 0.45, "H1 2025", "", ""],
        ["Answer fast", "Key Result", "Delight", "Ben Bauer", 0.45, "H1 2025", Days(45_800), "Better"],
        ["Delight", "Objective", "", "Anna Ahlberg", 0.1, "H2 2025", "", ""],
        ["Answer faster", "Key Result", "Delight", "Ben Bauer", 1.2, "H2 2025", "", "no date"],
        ["Hire", "Project", "Answer fast", "", "", "", "", ""],
    ]
    report = take(workbook(tmp_path / "viva.xlsx", OKRs=rows))
    assert problems(report) == []
    fast, faster = key_result(acme, "Answer fast"), key_result(acme, "Answer faster")
    assert (fast.start, fast.target, fast.current, fast.check_in_count) == (0, 100, 45, 1)
    assert faster.custom_fields == {"Notes": "no date"}
    assert fast.cycle_id != faster.cycle_id
    assert task(acme, "Hire").parent_id == fast.id
    assert task(acme, "Hire").status is TaskStatus.TODO


def test_the_custom_fields_are_defined(take: Taken, acme: Acme) -> None:
    take(BY_ID)
    names = {one.name for one in custom_fields.list_(acme.context(acme.anna), Query()).items}
    assert names == {"Status", "Team", "Period", "Viva Goals ID", "Check-in note", "Last check-in"}


def test_each_row_that_cannot_be_taken_is_named_and_the_others_come_in(take: Taken, acme: Acme) -> None:
    report = take(
        "Title,Type,Parent,Time period,Target,Current\n"
        "Up,Objective,Down,Q1 2026,,\n"
        "Down,Objective,Up,Q1 2026,,\n"
        "Alone,Key result,,Q1 2026,1,\n"
        "Lost,Key result,Nowhere,Q1 2026,1,\n"
        "What,Kudos,,Q1 2026,,\n"
        ",Objective,,Q1 2026,,\n"
        "Whenever,Objective,,,,\n"
        "Fine,Objective,,Q1 2026,,\n"
        "Odd,Key result,Fine,Q1 2026,many,\n"
        "Good,Key result,Fine,,5,1\n"
    )
    assert problems(report) == [
        "viva.csv, row 3, parent: row 2, which it stands beneath, is not taken",
        "viva.csv, row 2, parent: row 3, which it stands beneath, is not taken",
        "viva.csv, row 4, parent: is required: a key result belongs to an objective",
        'viva.csv, row 5, parent: no rows have the title "Nowhere": one was expected',
        'viva.csv, row 6, type: "Kudos" is none of objective, key result and initiative',
        "viva.csv, row 7, title: is required",
        "viva.csv, row 8, time period: is not said: add a column for it, or name one for all rows with --cycle",
        'viva.csv, row 10, target: "many" is no number',
    ]
    assert key_result(acme, "Good").objective_id == objective(acme, "Fine").id


def test_an_export_without_types_says_what_to_do(take: Taken) -> None:
    (said,) = problems(take("Objective Title,Key Result Title,Owner,Status\nGrow,Win,anna@acme.test,on track\n"))
    assert said == (
        "viva.csv: has no columns for both title and type among Objective Title, Key Result Title, Owner, Status: say "
        "which with --map 'HEADING=title' and --map 'HEADING=type'; a table without types is taken by `milepost import "
        "table`"
    )


def test_headings_that_the_operator_explains_and_a_dry_run(take: Taken, acme: Acme) -> None:
    text = "What,Sort,Under\nGrow,Objective,\nWin,Key result,Grow\n"
    assert problems(take(text)) == [
        "viva.csv: has no columns Title and Type among its first rows: say which with --map"
    ]
    words = ("What=title", "Sort=type", "Under=parent")
    before = held(acme.database, acme.account.id)
    assert take(text, *words, cycle_name="Q1 2026", dry_run=True).sheets[0].taken == 2
    assert held(acme.database, acme.account.id) == before
    report = take(text, *words, cycle_name="Q1 2026", fallback=acme.ben.email)
    assert key_result(acme, "Win").owner_ids == (acme.ben.id,)
    assert report.sheets[0].taken == 2


def test_a_file_that_breaks_off_leaves_nothing(take: Taken, acme: Acme, tmp_path: Path) -> None:
    before = held(acme.database, acme.account.id)
    with pytest.raises(CannotRead):
        take(BY_ID + '15,"Never closed,Objective\n')
    assert held(acme.database, acme.account.id) == before
