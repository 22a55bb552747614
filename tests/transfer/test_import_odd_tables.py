"""Tables as people make them: sums between the rows, two rows of headings, commas and points, days without a value."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acme import Acme
from milepost.actions import cycles, key_results, objectives, people
from milepost.actions.cycles import CycleChange
from milepost.actions.people import UserChange
from milepost.actions.surroundings import History
from milepost.domain import instants
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.key_result import KeyResult, Kind
from milepost.domain.query import Query
from milepost.domain.views import KeyResultView
from milepost.transfer.files import CannotRead
from milepost.transfer.table import cells, columns, numbers, quarters
from milepost.transfer.table.load import load, read
from milepost.transfer.table.report import Report
from statements import counted
from workbooks import Days, document, packed, workbook

Taken = Callable[..., Report]


@pytest.fixture
def take(acme: Acme, tmp_path: Path) -> Taken:
    """Import a file, or a CSV file of some text or bytes, into the company."""

    def run(given: Path | str | bytes, *mapped: str, commas: bool | None = None, **options: Any) -> Report:
        if isinstance(given, str | bytes):
            path = tmp_path / "okrs.csv"
            path.write_bytes(given if isinstance(given, bytes) else given.encode())
            given = path
        sheets = read(given, has_decimal_commas=commas)
        return load(acme.context(acme.anna), sheets, columns.asked(mapped, columns.Field), **options)

    return run


def views(acme: Acme) -> dict[str, KeyResultView]:
    page = key_results.list_(acme.context(acme.anna), Query(limit=1_000), History.ALL)
    return {one.key_result.name: one for one in page.items}


def made(acme: Acme) -> dict[str, KeyResult]:
    return {name: view.key_result for name, view in views(acme).items()}


def places(acme: Acme) -> dict[str, tuple[str, str]]:
    """The cycle and the objective of each key result."""
    return {name: (view.cycle.name, view.objective.name) for name, view in views(acme).items()}


def problems(report: Report) -> list[str]:
    return [str(one) for one in report.problems]


HEAD = "Quarter,Objective,Key Result,Target,Actual,Comments,Last Updated\n"


def test_a_row_without_a_date_among_others_with_one_keeps_what_it_says(take: Taken, acme: Acme) -> None:
    rows = "Q1 2026,Grow,Nps,60,30,hello,\nQ1 2026,Grow,Users,9,4,so so,2026-02-01\n"
    assert problems(take(HEAD + rows)) == []
    found = made(acme)
    assert (found["Nps"].current, found["Nps"].custom_fields) == (30.0, {"Comments": "hello"})
    entries = views(acme)["Users"].check_ins
    assert [(one.value, one.comment) for one in entries] == [(4.0, "so so")]
    assert found["Users"].custom_fields is None


def test_a_row_with_a_date_and_no_value_is_a_key_result_that_waits_for_one(take: Taken, acme: Acme) -> None:
    assert problems(take(HEAD + "Q1 2026,Grow,Users,9,,not yet,2026-02-01\n")) == []
    users = made(acme)["Users"]
    assert users.check_in_count == 0
    assert users.custom_fields == {"Comments": "not yet", "Last Updated": "2026-02-01"}
    again = HEAD + "Q1 2026,Grow,Later,9,1,,2026-02-01\nQ1 2026,Grow,Later,9,,lost?,2026-02-08\n"
    assert problems(take(again)) == ["okrs.csv, row 3, Actual: is required where there is a date"]


def test_a_second_row_of_a_name_that_says_something_else_is_refused(take: Taken, acme: Acme) -> None:
    head = "Quarter,Objective,Key Result,Target,Actual\n"
    report = take(head + "Q1 2026,O,Same,100,20\nQ1 2026,O,same ,200,50\nQ1 2026,O,Same,100,20\n")
    assert problems(report) == [
        "okrs.csv, row 3, Key Result: is that of row 2, in the same objective: give one of them another name, "
        "or each its date"
    ]
    assert [(one.taken, one.already_there, one.refused) for one in report.sheets] == [(1, 1, 1)]
    assert made(acme)["Same"].target == 100.0
    assert problems(take(head + "Q1 2026,O,Same,300,20\n")) == [], "what was here before stays as it is"


def test_a_sum_between_rows_is_not_taken_and_moves_nothing(take: Taken, acme: Acme) -> None:
    head = "Quarter,Objective,Key result,Target,Current\n"
    rows = "Q1 2026,Grow,Rev,100,1\n,,Users,100,2\nSubtotal,,,300,60\n,Retain,NPS,9,3\n,,Churn,9,4\n,,Total:,400,90\n"
    assert problems(take(head + rows)) == [
        'okrs.csv, row 4: looks like a sum ("Subtotal"), of which nothing is taken',
        'okrs.csv, row 7: looks like a sum ("Total:"), of which nothing is taken',
    ]
    assert places(acme)["Churn"] == ("Q1 2026", "Retain")
    assert "Total:" not in made(acme)


def test_a_refused_row_still_says_where_those_beneath_it_belong(take: Taken, acme: Acme) -> None:
    head = "Quarter,Objective,Key result,Target\n"
    report = take(head + "Q1 2026,Grow,Rev,9\nQ2 2026,Retain,NPS,many\n,,Churn,9\n")
    assert [one.row for one in report.problems] == [3]
    assert places(acme)["Churn"] == ("Q2 2026", "Retain")


def test_an_objective_on_a_row_of_its_own(take: Taken, acme: Acme) -> None:
    head = "Quarter,Objective,Key result,Target,Current,Description,Tags,RAG\n"
    report = take(head + 'Q1 2026,Grow,,100,45,Why we grow,"a;b",green\n,,Users,9,3,,,\n')
    assert [(one.found, one.taken, one.already_there) for one in report.sheets] == [(2, 2, 0)]
    assert any("rows that name an objective and no key result, and have values: 1;" in note for note in report.notes)
    found = {one.objective.name: one.objective for one in objectives.list_(acme.context(acme.anna), Query()).items}
    assert (found["Grow"].description, [tag.title for tag in found["Grow"].tags]) == ("Why we grow", ["a", "b"])
    assert found["Grow"].custom_fields == {"RAG": "green"}
    assert places(acme)["Users"] == ("Q1 2026", "Grow")


def test_what_has_no_target_or_no_start_is_told(take: Taken, acme: Acme) -> None:
    report = take("Quarter,Objective,Key result,Type,Target,Current\nQ1 2026,O,One,,,5\nQ1 2026,O,Two,Reduce,10,100\n")
    assert any(
        "key results without a target, which count as reached until they have one: 1;" in one for one in report.notes
    )
    assert "okrs.csv, row 3: starts at 100, the value of this row, since none is said" in report.notes
    two = made(acme)["Two"]
    assert (two.start, two.kind, two.attainment) == (100.0, Kind.DECREASE, 0.0)
    head = "Quarter,Objective,Key result,Type,Start,Target\n"
    assert problems(take(head + "Q1 2026,O,Three,Reduce,,10\n")) == [
        "okrs.csv, row 2, Start: is required where a value is to decrease"
    ]
    take(head + "Q1 2026,O,Four,,10,5\n")
    assert made(acme)["Four"].kind is Kind.DECREASE


def test_words_that_mean_nothing_here_are_kept_with_their_row(take: Taken, acme: Acme) -> None:
    report = take("Quarter,Objective,Key result,Type,Target,Current,Confidence\nQ1 2026,O,One,Moonshot,9,-,high\n")
    assert problems(report) == []
    assert made(acme)["One"].custom_fields == {"Type": "Moonshot", "Confidence": "high"}
    assert [one for one in report.notes if "kept as a custom field" in one] == [
        'okrs.csv, Type: "Moonshot" is no kind of key result that is known here: kept as a custom field',
        'okrs.csv, Confidence: "high" is no confidence between 0 and 1, nor of 10 or 100: kept as a custom field',
    ]


@pytest.mark.parametrize(("said", "sure"), [("80%", 0.8), ("80", 0.8), ("7/10", 0.7), ("0.7", 0.7), ("7", 7.0)])
def test_how_sure_somebody_is(said: str, sure: float) -> None:
    assert cells.share(said, "confidence") == sure


def test_two_rows_of_headings(take: Taken, acme: Acme, tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "two.xlsx",
        Plan=[
            ["Quarter", "Objective", "Key result", "Value", "", "", "RAG"],
            ["", "", "", "Start", "Target", "Current", ""],
            ["Q1 2026", "Grow", "Rev", 1, 10, 5, "green"],
        ],
    )
    assert problems(take(path)) == []
    rev = made(acme)["Rev"]
    assert (rev.start, rev.target, rev.current, rev.custom_fields) == (1.0, 10.0, 5.0, {"RAG": "green"})


def test_the_headings_are_where_most_of_them_are(take: Taken, acme: Acme) -> None:
    text = "Metric:,weekly\n\nQuarter,Objective,Key result,Initial,Goal\nQ1 2026,Grow,Target,0,4\nQ1 2026,Grow,KR,0,5\n"
    assert problems(take(text)) == []
    assert (made(acme)["Target"].target, made(acme)["KR"].target) == (4.0, 5.0)
    other = take("Type,Name,Owner\nObjective,Grow,\nKey Result,Revenue,\n")
    assert problems(other) == [
        "okrs.csv: has no column of key results, tasks or addresses among its first rows (Type, Name, Owner): "
        "say which with --map"
    ]


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("Quarter,Key result,Target", "has no column of objectives: say which with --map"),
        (
            "Objective,Key result",
            "has no column of cycles: say which with --map, or name one for all rows with --cycle",
        ),
    ],
)
def test_what_a_table_lacks_is_said_once(take: Taken, head: str, words: str) -> None:
    assert problems(take(f"{head}\na,b,1\nc,d,2\n")) == [f"okrs.csv: {words}"]


def test_columns_of_one_heading_are_all_kept(take: Taken, acme: Acme) -> None:
    take("Quarter,Objective,Key result,Note,Note,note\nQ1 2026,O,One,a,b,c\n")
    assert made(acme)["One"].custom_fields == {"Note": "a", "Note 2": "b", "note": "c"}


@pytest.mark.parametrize(
    ("text", "commas", "found"),
    [
        ("1.250", True, 1250.0), ("1.250", False, 1.25), ("1,250", True, 1.25), ("1,250", False, 1250.0),
        ("0.125", True, 0.125), ("0,125", False, 0.125), ("1.250,5", False, 1250.5), ("1,250,000", True, 1250000.0),
        ("1,5", False, 1.5), ("1.5", True, 1.5), ("-", None, None), ("N/A", None, None), ("\u22125 %", None, -5.0),
    ],
)  # fmt: skip
def test_numbers_with_commas_and_points(text: str, commas: bool | None, found: float | None) -> None:
    assert numbers.read(text, commas) == found


@pytest.mark.parametrize("text", ["1.250", "1,250"])
def test_a_number_that_may_be_two_is_refused_where_nothing_tells(take: Taken, text: str) -> None:
    head = "Quarter\tObjective\tKey result\tTarget\n"
    assert problems(take(f"{head}Q1 2026\tO\tOne\t{text}\n")) == [
        f'okrs.csv, row 2, Target: "{text}" may be 1250 or 1.250: say which with --numbers'
    ]
    assert problems(take(f"{head}Q1 2026\tO\tOne\t{text}\n", commas=True)) == []


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Quarter\tObjective\tKey result\tStart\tTarget\nQ1 2026\tO\tOne\t0,5\t1.750\n", 1750.0),
        ("Quarter\tObjective\tKey result\tStart\tTarget\nQ1 2026\tO\tOne\t0.5\t1.750\n", 1.75),
        ("Quarter;Objective;Key result;Start;Target\nQ1 2026;O;One;0.5;1.750\n", 1.75),
        ("Quarter;Objective;Key result;Start;Target\nQ1 2026;O;One;1;1.750\n", 1750.0),
        ('Quarter,Objective,Key result,Start,Target\nQ1 2026,O,One,"0,5","1,750"\n', 1.75),
        ('Quarter,Objective,Key result,Start,Target\nQ1 2026,O,One,1,"1,750"\n', 1750.0),
    ],
)
def test_the_other_numbers_of_a_table_tell_what_one_is(take: Taken, acme: Acme, text: str, target: float) -> None:
    assert problems(take(text)) == []
    assert made(acme)["One"].target == target


def test_of_two_moments_of_a_day_the_later_counts_wherever_it_stands(take: Taken, acme: Acme) -> None:
    head = "Quarter,Objective,Key result,Target,Current,Date\n"
    take(head + "Q1 2026,O,One,9,8,3/31/2026 5:00 PM\nQ1 2026,O,One,9,5,3/31/2026 9:00 AM\n")
    one = made(acme)["One"]
    assert (one.current, one.last_check_in_at) == (8.0, instants.parse("2026-03-31T17:00:00Z", ""))


def test_letters_that_are_a_guess_are_told(take: Taken, acme: Acme) -> None:
    report = take("Quarter,Objective,Key result\nQ1 2026,O,Größe\n".encode("cp1252"))
    assert "Größe" in made(acme)
    assert any('is not in UTF-8, and is read in Windows\' Western alphabet, as "Größe"' in one for one in report.notes)
    assert not any("UTF-8" in one for one in take("Quarter,Objective,Key result\nQ1 2026,O,Größe 2\n").notes)


def test_rows_are_numbered_as_a_spreadsheet_does(take: Taken) -> None:
    rows = 'Q1 2026,O,"One\nmore",1\n\nQ1 2026,O,Two,many\n'
    assert [one.row for one in take("Quarter,Objective,Key result,Target\n" + rows).problems] == [4]


def test_a_row_with_a_formula_that_failed_is_refused(take: Taken, acme: Acme, tmp_path: Path) -> None:
    head = "".join(f'<c r="{place}1" t="inlineStr"><is><t>{name}</t></is></c>' for place, name in zip(
        "ABCD", ("Quarter", "Objective", "Key result", "Target"), strict=True
    ))  # fmt: skip
    rows = "".join(
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>Q1 2026</t></is></c>'
        f'<c r="B{number}" t="inlineStr"><is><t>O</t></is></c>'
        f'<c r="C{number}" t="inlineStr"><is><t>{name}</t></is></c>{target}</row>'
        for number, name, target in (
            (2, "Good", '<c r="D2"><v>7</v></c>'),
            (3, "Failed", '<c r="D3" s="0" t="e"><f>1/0</f><v>#DIV/0!</v></c>'),
        )
    )
    path = packed(tmp_path / "failed.xlsx", {"A & B": document(f'<row r="1">{head}</row>{rows}')})
    assert problems(take(path)) == [
        "A & B, row 3: has a formula that failed, such as #DIV/0!: mend it, or clear its cell"
    ]
    assert "Good" in made(acme)
    assert "Failed" not in made(acme)


def test_what_is_tried_is_shown_before_it_is_taken(take: Taken) -> None:
    text = "Session,Objective,Key result,Goal,Current,RAG\n" + "".join(
        f"Q1 2026,O,Kr {n},9,{n},red\n" for n in range(5)
    )
    report = take(text, dry_run=True)
    assert report.notes[:2] == [
        "okrs.csv: Session is the cycle, Key result is the name, Goal is the target",
        "okrs.csv: kept as custom fields: RAG",
    ]
    assert [one for one in report.notes if "becomes" in one] == [
        f"okrs.csv, row {number + 2} becomes: Q1 2026 \u203a O \u203a Kr {number}: from 0, to 9, now {number}"
        for number in range(3)
    ]
    assert "would make the cycle Q1 2026: 2026-01-01 to 2026-03-31" in report.notes
    assert not any("becomes" in one for one in take(text).notes)


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("Q4 2021", "2021-10-01 2021-12-31"),
        ("2022-H1", "2022-01-01 2022-06-30"),
        ("FY 2023", "2023-01-01 2023-12-31"),
        ("Company OKRs 2025", "2025-01-01 2025-12-31"),
        ("March 2025", "2025-03-01 2025-03-31"),
        ("2025-02", "2025-02-01 2025-02-28"),
        ("03/2025", "2025-03-01 2025-03-31"),
        ("1Q 2025", "2025-01-01 2025-03-31"),
        ("3. Quartal 2025", "2025-07-01 2025-09-30"),
        ("Third quarter 2025", "2025-07-01 2025-09-30"),
        ("second half 2025", "2025-07-01 2025-12-31"),
        ("Jan - Mar 2025", "2025-01-01 2025-03-31"),
        ("2025-01-01 to 2025-03-31", "2025-01-01 2025-03-31"),
        ("Q1-Q2 2025", "2025-01-01 2025-06-30"),
        ("Q1 2025 - Q4 2025", "2025-01-01 2025-12-31"),
        ("Nov 2025 - Jan 2026", "2025-11-01 2026-01-31"),
        ("2025 W12", ""),
        ("T1 2027", ""),
        ("S1 2025", ""),
        ("Q5 2025", ""),
        ("2025/26", ""),
        ("Sprint 7 2025", ""),
        ("Q1 FY2025", ""),
        ("Summer 2025", ""),
        ("2025 2026", ""),
        ("2025-13-01", ""),
        ("13/2025", ""),
        ("Subtotal", ""),
        ("Mar - Jan 2025", ""),
        ("Jan Mar 2025", ""),
    ],
)
def test_the_days_that_a_name_speaks_of(name: str, days: str) -> None:
    found = quarters.dates(name)
    shown = "" if found is None else " ".join(str(instants.local_day(one, instants.zone("UTC"))) for one in found)
    assert shown == days


def test_a_month_that_a_spreadsheet_took_for_its_first_day(take: Taken, acme: Acme, tmp_path: Path) -> None:
    first_of_january = Days(46_388)
    plan = [["Quarter", "Objective", "Key result"], [first_of_january, "O", "One"]]
    report = take(workbook(tmp_path / "month.xlsx", Plan=plan))
    assert "made the cycle January 2027: 2027-01-01 to 2027-01-31" in report.notes
    assert places(acme)["One"] == ("January 2027", "O")


def test_a_name_over_the_rows_of_its_dates_is_that_of_each(take: Taken, acme: Acme) -> None:
    head = "Quarter,Objective,Key result,Target,Date,Value\n"
    rows = "Q1 2026,Grow,Rev,9,2026-01-05,1\n,,,,2026-01-12,2\n,,,,2026-01-19,4\n,,,,,7\n"
    report = take(head + rows)
    assert problems(report) == ["okrs.csv, row 5, Key result: is required"]
    assert [entry.value for entry in views(acme)["Rev"].check_ins] == [1.0, 2.0, 4.0]


def test_a_sheet_for_each_quarter(take: Taken, acme: Acme, tmp_path: Path) -> None:
    rows = [["Objective", "Key result", "Target"], ["Grow", "Rev", 5]]
    other = [["Objective", "Key result", "Target"], ["Grow", "Rev", 7]]
    path = workbook(tmp_path / "quarters.xlsx", **{"Q1 2027": rows, "Q2 2027": other, "Lists": [["red"], ["green"]]})
    report = take(path)
    assert problems(report) == []
    assert [one for one in report.notes if "Lists" in one] == [
        "Lists: has no column of key results, tasks or addresses among its first rows (red): say which with --map; "
        "passed over"
    ]
    page = key_results.list_(acme.context(acme.anna), Query(limit=100))
    found = [(one.cycle.name, one.key_result.target) for one in page.items if one.key_result.name == "Rev"]
    assert sorted(found) == [("Q1 2027", 5.0), ("Q2 2027", 7.0)]
    assert problems(take(path, cycle_name="2028")) == [
        "Q2 2027, row 2, Key result: is that of Q1 2027, row 2, in the same objective: give one of them another name, "
        "or each its date"
    ]


def test_people_as_other_systems_write_them(take: Taken, acme: Acme) -> None:
    boss = acme.context(acme.anna)
    anna, ben = people.by_email(boss, "anna@acme.test"), people.by_email(boss, "ben@acme.test")
    last, first = anna.last_name, anna.first_name
    head = "Quarter\tObjective\tKey result\tOwner\n"
    rows = (
        f"Q1 2026\tO\tTurned\t{last}, {first}\nQ1 2026\tO\tBoth\t{anna.name} & ben@acme.test\n"
        f"Q1 2026\tO\tSaid\t{ben.name} (Sales)\nQ1 2026\tO\tGone\tZoe / {anna.name}\n"
    )
    report = take(head + rows)
    found = made(acme)
    assert (last, first) == ("Ahlberg", "Anna")
    assert [found[one].owner_ids for one in ("Turned", "Both", "Said", "Gone")] == [
        (anna.id,), (anna.id, ben.id), (ben.id,), (anna.id,),
    ]  # fmt: skip
    assert report.unmatched == {"Zoe": 1}
    assert found["Gone"].custom_fields == {"Owner": f"Zoe / {anna.name}"}


def test_a_name_that_two_have_is_nobodys(take: Taken, acme: Acme) -> None:
    boss = acme.context(acme.anna)
    anna = people.by_email(boss, "anna@acme.test")
    people.add(boss, UserChange(email="other@acme.test", first_name=anna.first_name, last_name=anna.last_name))
    report = take(f"Quarter,Objective,Key result,Owner\nQ1 2026,O,One,{anna.name}\n")
    assert made(acme)["One"].owner_ids == ()
    assert f"several here are called {anna.name}: write the address" in report.notes


def test_two_columns_cannot_be_one_field(take: Taken) -> None:
    report = take("Quarter,Objective,Key result,A,B\nQ1 2026,O,One,1,2\n", "A=current", "B=current")
    assert problems(report) == ["okrs.csv: two columns cannot both be the current: pass over one, as in --map HEADING="]


@pytest.mark.sqlite  # whose statements can be listened to
def test_a_refused_row_costs_no_more_beside_many_others(take: Taken, acme: Acme) -> None:
    def read_again(bad: int) -> int:
        rows = "".join(
            f"Q1 2026,Good {bad} {n},k,increase,10\nQ1 2026,Bad {n},k,between,10\n"
            if n < bad
            else f"Q1 2026,Good {bad} {n},k,increase,10\n"
            for n in range(6)
        )
        with counted(acme.database) as statements:
            report = take(f"Quarter,Objective,Key result,Type,Target\n{rows}")
        assert len(report.problems) == bad
        return sum("FROM objectives" in one and "cycle_id = " in one.partition("WHERE")[2] for one in statements)

    assert read_again(6) == read_again(1) > 0


def test_a_file_that_grows_within_a_day_brings_what_is_new(take: Taken, acme: Acme) -> None:
    head = "Quarter,Objective,Key result,Target,Current,Date\n"
    rows = "Q1 2026,O,One,9,1,2026-01-05\n,,One,,2,2026-01-12\n"
    take(head + rows)
    longer = head + rows + ",,One,,3,2026-01-12\n"
    assert [one.history_added for one in take(longer).sheets] == [1]
    assert [entry.value for entry in views(acme)["One"].check_ins] == [1.0, 2.0, 3.0]
    assert made(acme)["One"].current == 3.0
    corrected = head + rows.replace(",2,2026", ",2.5,2026")
    assert [one.history_added for one in take(corrected).sheets] == [1]
    assert made(acme)["One"].current == 2.5
    for again in (longer, corrected):
        assert [one.history_added for one in take(again).sheets] == [0]


@pytest.mark.parametrize("length", [30_000, 3_000_000])
def test_long_texts_within_cells_are_refused_before_they_fill_the_memory(
    take: Taken, tmp_path: Path, length: int
) -> None:
    cell = f'<c t="inlineStr"><is><t>{"x" * length}</t></is></c>'
    path = packed(tmp_path / "long.xlsx", {"Plan": document(f"<row>{cell * (69_000_000 // length)}</row>")})
    with pytest.raises(CannotRead, match="the texts of its cells come to more than 64 MiB"):
        take(path)


def test_a_workbook_whose_counts_are_a_lie_ends_no_process_of_ours(take: Taken, acme: Acme, tmp_path: Path) -> None:
    path = workbook(tmp_path / "lie.xlsx", Plan=[["Quarter", "Objective", "Key result"], ["Q1 2026", "O", "One"]])
    strings = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="4294967296"/>'
    with zipfile.ZipFile(path, "a") as written:
        written.writestr("xl/sharedStrings.xml", strings)
    with pytest.raises(CannotRead, match="is damaged, or takes more memory than a plan needs"):
        take(path)
    assert "One" not in made(acme)


def test_what_was_renamed_or_deleted_here_does_not_come_in_again(take: Taken, acme: Acme) -> None:
    head = "Quarter,Objective,Key result,Target,Current,Date\n"
    rows = "".join(f"Q1 2026,{aim},{name},9,1,2026-01-05\n" for aim, name in (
        ("Grow", "Renamed"), ("Grow", "Deleted"), ("Grow", "Kept"), ("Gone", "With it"), ("Stay", "Elsewhere"),
    ))  # fmt: skip
    take(head + rows)
    context, found = acme.context(acme.anna), made(acme)
    key_results.revise(context, found["Renamed"].id, KeyResultChange(name="Another name"))
    key_results.remove(context, found["Deleted"].id)
    objectives.remove(context, found["With it"].objective_id)
    objectives.revise(context, found["Elsewhere"].objective_id, ObjectiveChange(name="Stay here"))
    cycles.revise(context, found["Kept"].cycle_id, CycleChange(name="First quarter"))
    before = set(made(acme))
    (tally,) = take(head + rows.replace(",1,2026-01-05", ",2,2026-01-12")).sheets
    assert (tally.taken, tally.further, tally.left_out, tally.history_added) == (0, 3, 2, 3)
    assert set(made(acme)) == before == {"Monthly revenue", "Another name", "Kept", "Elsewhere"}
    assert made(acme)["Another name"].current == 2.0
    names = {one.name for one in cycles.list_(context, Query()).items}
    assert "Q1 2026" not in names
