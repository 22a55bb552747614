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
from milepost.transfer.viva import load as loading
from milepost.transfer.viva import progress
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
    assert (tally.found, tally.taken, tally.further, tally.history_added) == (5, 4, 1, 2)
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
        "viva.csv, row 3, parent: goes in a circle: the row stands beneath itself",
        "viva.csv, row 2, parent: goes in a circle: the row stands beneath itself",
        'viva.csv, row 5, parent: no rows have the title "Nowhere": one was expected',
        'viva.csv, row 6, type: "Kudos" is none of objective, key result and initiative',
        "viva.csv, row 7, title: is required",
        "viva.csv, row 8, time period: is not said: add a column for it, or name one for all rows with --cycle",
        'viva.csv, row 10, target: "many" is no number',
    ]
    assert key_result(acme, "Good").objective_id == objective(acme, "Fine").id
    assert key_result(acme, "Alone").objective_id == objective(acme, "Alone").id
    assert "viva.csv, row 4: names no objective, and stands beneath one of its own title" in report.notes


def test_several_parents_in_one_cell_and_what_stands_beneath_a_key_result_at_the_top(take: Taken, acme: Acme) -> None:
    report = take(
        "Title,Type,Parent,Time period,Target,Current,Tags\n"
        "Grow,Objective,,Q1 2026,,,\n"
        'Uptime,KPI,"Nobody; Grow",Q1 2026,99,90,"a;b"\n'
        "Revenue,Key results,,Q1 2026,10,5,\n"
        "Sell more,Objective,Revenue,Q1 2026,,,\n"
        "Workroom,Objective,Grow,Q1 2026,,,\n"
    )
    assert problems(report) == []
    uptime = key_result(acme, "Uptime")
    assert uptime.objective_id == objective(acme, "Grow").id
    assert uptime.custom_fields == {"Parent": "Nobody; Grow"}
    assert [tag.title for tag in uptime.tags] == ["a", "b"]
    assert objective(acme, "Sell more").parent_id == objective(acme, "Revenue").id
    assert objective(acme, "Workroom").parent_id == objective(acme, "Grow").id


def test_a_key_results_own_period_is_kept(take: Taken, acme: Acme) -> None:
    take(
        "Title,Type,Parent,Time period,Target\nGrow,Objective,,Annual 2026,\n"
        "One,Key result,Grow,Q1 2026,5\nTwo,Key result,Grow,Annual 2026,5\n"
    )
    assert key_result(acme, "One").custom_fields == {"Time period": "Q1 2026"}
    assert key_result(acme, "Two").custom_fields is None


def test_a_row_that_says_something_else_at_no_date_is_refused(take: Taken, acme: Acme) -> None:
    text = (
        "Title,Type,Parent,Time period,Target,Current,Check-in date,Check-in note\n"
        "Grow,Objective,,Q1 2026,,,,\nOne,Key result,Grow,Q1 2026,9,5,,\n"
        "One,Key result,Grow,Q1 2026,9,5,,\nOne,Key result,Grow,Q1 2026,9,7,,\n"
        "One,Key result,Grow,Q1 2026,9,,2026-02-01,a note\nOne,Key result,Grow,Q1 2026,9,8,2026-02-02,\n"
    )
    report = take(text)
    words = "is that of row 3, and says something else of it: give it a date and a value, or another title"
    assert problems(report) == [f"viva.csv, row {row}, title: {words}" for row in (5, 6)]
    (tally,) = report.sheets
    assert (tally.taken, tally.already_there, tally.further, tally.refused) == (2, 1, 1, 2)
    again = take(text)
    assert (problems(again), [one.already_there for one in again.sheets]) == ([], [6])


@pytest.mark.parametrize(
    ("cells", "fractions"),
    [
        ([0.45, 1.0, 1.2, 2.5], True),
        ([45.0, 60.0, 1.0], False),
        ([1.0, 1.0], False),
        (["0.5", "1"], True),
        (["0,5", "1"], True),
        (["45%", "0.5 %"], False),
        ([], False),
    ],
)
def test_how_progress_is_said_is_told_from_its_column(cells: list[Any], fractions: bool) -> None:
    assert progress.is_fraction(cells, None) is fractions


def test_who_is_ahead_of_the_target_stays_so(take: Taken, acme: Acme, tmp_path: Path) -> None:
    head = ["Title", "Type", "Parent", "Time period", "Target", "Progress"]
    rows = [["Grow", "Objective", "", "Q1 2026", "", 0.8], *(
        [f"Kr {share}", "Key result", "Grow", "Q1 2026", 50, share] for share in (0.45, 1.2)
    )]  # fmt: skip
    report = take(workbook(tmp_path / "ahead.xlsx", Plan=[head, *rows]))
    assert "Plan: Progress is taken to be in fractions: 0.45 is 45 %" in report.notes
    assert (key_result(acme, "Kr 0.45").current, key_result(acme, "Kr 1.2").current) == (22.5, 60.0)


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


def test_an_export_that_memory_should_not_hold_is_refused(
    take: Taken, acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "CELLS", 10)
    with pytest.raises(CannotRead, match="has more than 10 cells in its rows: split the export by period"):
        take("Title,Type,Period\n" + "Grow,Objective,Q1 2026\n,,\n" * 4)
    take("Title,Type,Period\n" + "Grow,Objective,Q1 2026\n,,\n" * 3)
    assert objective(acme, "Grow").name == "Grow"


def test_a_file_that_breaks_off_leaves_nothing(take: Taken, acme: Acme, tmp_path: Path) -> None:
    before = held(acme.database, acme.account.id)
    with pytest.raises(CannotRead):
        take(BY_ID + '15,"Never closed,Objective\n')
    assert held(acme.database, acme.account.id) == before
