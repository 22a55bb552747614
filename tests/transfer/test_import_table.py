"""Spreadsheets and CSV files: what is made of their rows, what is refused and why, and that twice is once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from acme import Acme
from checking_in import Stored
from engines import held, rows
from milepost import app
from milepost.actions import check_ins as withdrawn
from milepost.actions import custom_fields, key_results, objectives, people, tasks
from milepost.actions.verification import verify
from milepost.dialects.gtmhub.wire.custom_fields import encode_custom_field
from milepost.domain import instants
from milepost.domain.errors import Invalid, NotFound
from milepost.domain.key_result import KeyResult, Kind
from milepost.domain.query import Query
from milepost.store import check_ins, cycles
from milepost.transfer.files import CannotRead
from milepost.transfer.table import cells, columns, quarters, sheet
from milepost.transfer.table import workbook_bounds as workbooks
from milepost.transfer.table.load import load, read
from milepost.transfer.table.report import Report
from workbooks import Days, Formula, document, packed, workbook

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "excel-import" / "Users_OKRs_Data.xlsx"

Taken = Callable[..., Report]

HEAD = "Cycle,Objective,Key result,Owner,Start,Target,Current,Date,Comment,Confidence\n"


@pytest.fixture
def take(acme: Acme, tmp_path: Path) -> Taken:
    """Import a file, or a CSV file of some text or bytes, into the company."""

    def run(given: Path | str | bytes, *mapped: str, **options: Any) -> Report:
        if isinstance(given, str | bytes):
            path = tmp_path / "okrs.csv"
            path.write_bytes(given if isinstance(given, bytes) else given.encode())
            given = path
        return load(acme.context(acme.anna), read(given), columns.asked(mapped, columns.Field), **options)

    return run


def everything(acme: Acme) -> dict[str, KeyResult]:
    """The key results of the company by name."""
    page = key_results.list_bare(acme.context(acme.anna), Query(limit=1_000))
    return {one.name: one for one in page.items}


def one_line(report: Report) -> list[str]:
    return [str(problem) for problem in report.problems]


def defined(acme: Acme) -> list[tuple[str, str, list[str]]]:
    """The definitions of custom fields, as clients see them."""
    page = custom_fields.list_(acme.context(acme.anna), Query())
    shown = [encode_custom_field(one) for one in page.items]
    return sorted((one["name"], one["type"], one["targetTypes"]) for one in shown)


def test_a_published_workbook_in_one_command(take: Taken, acme: Acme) -> None:
    if not SHARED.exists():
        pytest.skip(f"the published workbook does not stand beside the project: {SHARED.name}")
    report = take(SHARED)
    assert [(one.sheet, one.found, one.taken) for one in report.sheets] == [
        ("Users", 3, 3), ("OKRs", 6, 6), ("Tasks", 6, 6),
    ]  # fmt: skip
    assert (report.problems, report.unmatched) == ([], {})
    assert report.notes == ["made the cycle Q4 2021: 2021-10-01 to 2021-12-31"]
    boss, found = acme.context(acme.anna), everything(acme)
    retention = found["Increase retention rate by 5%"]
    assert (retention.start, retention.target, retention.kind) == (20.0, 21.0, Kind.INCREASE)
    assert people.get(boss, retention.owner_id).email == "amy_wrent@okrs.tech"
    cycle = cycles.records.find(acme.database, acme.account.id, retention.cycle_id)
    assert cycle is not None
    assert (cycle.name, cycle.starts_at) == ("Q4 2021", instants.parse("2021-10-01T00:00:00Z", ""))
    named = {task.task.name: task.parent_name for task in tasks.list_(boss, Query(limit=50)).items}
    assert named["Discuss budget"] == "Grow the team"
    before = held(acme.database, acme.account.id)
    again = take(SHARED)
    assert [(one.taken, one.already_there) for one in again.sheets] == [(0, 3), (0, 6), (0, 6)]
    assert held(acme.database, acme.account.id) == before
    verify(acme.database, None)


def test_a_row_a_date_is_the_history(take: Taken, acme: Acme) -> None:
    rows = [
        "Q2 2022,Grow,Revenue,anna@acme.test,0,100,20,2022-05-02,so so,0.5",
        ",,Revenue,,,,35,09.05.2022 ,,",
        ",,Revenue,,,,40,2022-05-16T12:30:00Z,better,0.8",
    ]
    report = take(HEAD + "\n".join(rows[:2]))
    assert one_line(report) == []
    assert [(one.found, one.taken, one.further, one.history_added) for one in report.sheets] == [(2, 1, 1, 2)]
    assert (everything(acme)["Revenue"].current, everything(acme)["Revenue"].attainment) == (35.0, 0.35)
    report = take(HEAD + "\n".join(rows))
    counted = [(one.taken, one.further, one.already_there, one.history_added) for one in report.sheets]
    assert counted == [(0, 1, 2, 1)]
    revenue = everything(acme)["Revenue"]
    history = check_ins.history(acme.database, acme.account.id, revenue.id)
    assert [(one.value, one.confidence, one.comment) for one in history] == [
        (20.0, 0.5, "so so"), (35.0, None, ""), (40.0, 0.8, "better"),
    ]  # fmt: skip
    objective = objectives.get(acme.context(acme.anna), revenue.objective_id).objective
    assert (objective.name, objective.attainment) == ("Grow", 0.4)
    verify(acme.database, None)


def test_what_was_withdrawn_stays_away(take: Taken, acme: Acme) -> None:
    rows = HEAD + "Q2 2022,Grow,Revenue,,0,100,20,2022-05-02,,"
    take(rows)
    revenue = everything(acme)["Revenue"]
    (entry,) = check_ins.history(acme.database, acme.account.id, revenue.id)
    withdrawn.remove(acme.context(acme.anna), entry.id)
    assert [one.history_added for one in take(rows).sheets] == [0]
    assert everything(acme)["Revenue"].check_in_count == 0


def test_columns_that_mean_nothing_here_become_custom_fields(take: Taken, acme: Acme) -> None:
    report = take("Objective,Key result,Risk,Budget €,Remarks\nGrow,Win,high,12,x\n", "Remarks=", cycle_name="2022")
    assert one_line(report) == []
    assert everything(acme)["Win"].custom_fields == {"Risk": "high", "Budget €": "12"}
    assert defined(acme) == [("Budget €", "text", ["metric"]), ("Risk", "text", ["metric"])]
    take("Objective,Key result,Risk\nGrow,Win more,high\n", cycle_name="2022")
    assert len(defined(acme)) == 2


def test_headings_that_the_operator_explains(take: Taken, acme: Acme) -> None:
    text = "A plan\n\nZiel;Messgröße;Wert\nWachsen;Umsatz;1.234,5\n"
    assert one_line(take(text)) == [
        "okrs.csv: has no column of key results, tasks or addresses among its first rows (Ziel, Messgröße, Wert): "
        "say which with --map"
    ]
    report = take(text, "Ziel=objective", "messgröße = name", "Wert=target", cycle_name="H2 2022")
    assert one_line(report) == []
    assert everything(acme)["Umsatz"].target == 1234.5
    for wrong in ("Wert", "Wert=worth", "=name"):
        with pytest.raises(Invalid, match="should be HEADING=FIELD, where FIELD is one of cycle, objective, name"):
            columns.asked((wrong,), columns.Field)


def test_owners_by_address_or_name_and_those_whom_nobody_is(take: Taken, acme: Acme) -> None:
    rows = (
        "Objective,Key result,Owner\nA,One,Anna Ahlberg\n"
        "A,Two,Ben <BEN@acme.test>; anna@acme.test\nA,Three,zoe@x.test\n"
    )
    boss = acme.context(acme.anna)
    anna, ben = people.by_email(boss, "anna@acme.test"), people.by_email(boss, "ben@acme.test")
    report = take(rows.replace("Anna Ahlberg", anna.name), cycle_name="2022", fallback="ben@acme.test")
    assert report.unmatched == {"zoe@x.test": 1}
    found = everything(acme)
    assert [found[name].owner_ids for name in ("One", "Two", "Three")] == [(anna.id,), (ben.id, anna.id), (ben.id,)]
    with pytest.raises(NotFound):
        take(rows, cycle_name="2022", fallback="nobody@acme.test")


def test_each_row_that_cannot_be_taken_is_named_and_the_others_come_in(take: Taken, acme: Acme) -> None:
    report = take(
        HEAD
        + ",Grow,No cycle,,,,,,,\n"
        + "2022,,No objective,,,,,,,\n"
        + "2022,Grow,Words,,zero,ten,,,,\n"
        + "2022,Newer,Ahead,,0,1,1,2999-01-01,,\n"
        + "2022,New,Sure,,0,1,1,2022-01-01,,11.5 of 12\n"
        + "2022,New,Slashes,,0,1,1,01/02/2022,,\n"
        + "2022,New,No value,,0,1,,2022-01-01,,\n"
        + "2022,Grow,Good,,0,1,,,,\n"
    )
    assert one_line(report) == [
        "okrs.csv, row 2, Cycle: is not said: add a column for it, or name one for all rows with --cycle",
        "okrs.csv, row 3, Objective: is not said, neither here nor above",
        'okrs.csv, row 4, Start: "zero" is no number',
        "okrs.csv, row 5, Date: lies in the future",
        'okrs.csv, row 7, Date: "01/02/2022" may be either of two days: say which with --dates, or write 2026-03-31',
    ]
    assert [(one.found, one.taken, one.refused) for one in report.sheets] == [(8, 3, 5)]
    names = {one.objective.name for one in objectives.list_(acme.context(acme.anna), Query(limit=50)).items}
    assert "Grow" in names
    assert "Newer" not in names, "what a row that was refused would have made"
    assert everything(acme)["Sure"].custom_fields == {"Confidence": "11.5 of 12"}
    assert report.notes[0].startswith('okrs.csv, Confidence: "11.5 of 12" is no confidence')


def test_a_row_that_is_refused_late_leaves_nothing_known(take: Taken, acme: Acme) -> None:
    report = take("Cycle,Objective,Key result,Weight\n2022,Grow,Heavy,-1\n2022,Grow,Light,1\n")
    assert len(report.problems) == 1
    assert [one.refused for one in report.sheets] == [1]
    assert everything(acme)["Light"].weight == 1.0
    verify(acme.database, None)


def test_a_dry_run_keeps_nothing(take: Taken, acme: Acme) -> None:
    before = held(acme.database, acme.account.id)
    report = take("Objective,Key result\nGrow,Win\n", cycle_name="2022", dry_run=True)
    assert [one.taken for one in report.sheets] == [1]
    assert held(acme.database, acme.account.id) == before


WRITTEN = "Objective;Key result;Target\nWachsen – schnell;Umsätze;1,5\n"


@pytest.mark.parametrize(
    "raw",
    [
        WRITTEN.encode(),
        WRITTEN.encode("utf-8-sig"),
        WRITTEN.encode("utf-16"),
        WRITTEN.encode("cp1252"),
        WRITTEN.replace(";", "\t").encode("utf-16"),
        WRITTEN.replace("\n", "\r\n").encode(),
        WRITTEN.replace("Umsätze", '"Umsätze"').replace(";", ",").replace("1,5", '"1,5"').encode(),
    ],
)
def test_csv_as_programs_write_it(take: Taken, acme: Acme, raw: bytes) -> None:
    assert one_line(take(raw, cycle_name="2022")) == []
    assert everything(acme)["Umsätze"].target == 1.5


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"Objective,Key result\nA,B\0\n", "is no text: save it as CSV in UTF-8, or give the .xlsx file"),
        (b'Objective,Key result\nA,B\nC,"D', "okrs.csv, line 3: is no CSV: unexpected end of data"),
        (b"Objective,Key result\nA," + b"x" * 300_000, "line 2: is no CSV: field larger than field limit (200000)"),
        (b"Objective,Key result\n" + b"A,B\n" * 20_000 + b"C,\xe4\n", "is written in another alphabet than it begins"),
    ],
)
def test_a_file_that_breaks_off_leaves_nothing(take: Taken, acme: Acme, raw: bytes, said: str) -> None:
    before = held(acme.database, acme.account.id)
    with pytest.raises(CannotRead) as refused:
        take(raw, cycle_name="2022")
    assert said in str(refused.value)
    assert held(acme.database, acme.account.id) == before


def test_a_workbook_that_begins_anywhere(take: Taken, acme: Acme, tmp_path: Path) -> None:
    rows = [
        ["Objective", "Key result", "Target", "Date", "Current"],
        ["Grow", "Win", Formula("20*1.05"), Days(44_683), 3],
    ]
    bad = ["Grow", "Lose", "many"]
    report = take(workbook(tmp_path / "a.xlsx", "C4", Plan=[*rows, bad]), cycle_name="2022")
    assert one_line(report) == ['Plan, row 6, Target: "many" is no number']
    win = everything(acme)["Win"]
    assert (win.target, win.current) == (21.0, 3.0)
    (entry,) = check_ins.history(acme.database, acme.account.id, win.id)
    assert entry.effective_at == instants.parse("2022-05-02T00:00:00Z", "")


def far_off(path: Path) -> Path:
    return packed(
        path, {"Plan": document('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"/></row>')}
    )


def unsaid(path: Path) -> Path:
    return packed(path, {"Plan": document("<row>" + "<c/>" * (sheet.CELLS + 1) + "</row>")})


def bomb(path: Path) -> Path:
    return packed(path, {"Plan": document(" " * (300 * 2**20))})


def echo(path: Path, prefix: str = "") -> Path:
    """One long text that twenty thousand cells mean."""
    cells = "".join(f'<{prefix}c r="A{row}" t="s"><{prefix}v>1</{prefix}v></{prefix}c>' for row in range(1, 20_001))
    made = packed(path, {"Plan": document(f"<row>{cells}</row>")})
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as more:
        texts = f"<si><t>Name</t></si><si><t>{'x' * 32_000}</t></si>"
        more.writestr(
            "xl/sharedStrings.xml",
            f"<sst>{texts}</sst>".replace("<si", f"<{prefix}si").replace("</si", f"</{prefix}si"),
        )
    return made


def echo_in_a_namespace(path: Path) -> Path:
    return echo(path, "x:")


def no_workbook(path: Path) -> Path:
    path.write_bytes(b"PK\x03\x04 nothing")
    return path


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (far_off, "reaches over more than 5,000,000 cells: split it, or delete what stands far off"),
        (unsaid, "reaches over more than 5,000,000 cells"),
        (bomb, "unpacks to more than 256 MiB: split it"),
        (echo, "the texts of its cells come to more than 64 MiB, since long ones stand in many cells"),
        (echo_in_a_namespace, "the texts of its cells come to more than 64 MiB"),
        (no_workbook, "is no Excel workbook (.xlsx), or a damaged one"),
    ],
)
def test_a_workbook_that_is_a_trap(tmp_path: Path, made: Callable[[Path], Path], said: str) -> None:
    with pytest.raises(CannotRead) as refused:
        read(made(tmp_path / "trap.xlsx"))
    assert said in str(refused.value)


def test_long_texts_that_few_cells_mean_are_taken(tmp_path: Path) -> None:
    """Text that is cut in two where it is looked through is counted where it belongs."""
    rows = "".join(f'<row><c r="A{row}" t="s"><v>{row % 3}</v></c></row>' for row in range(1, 1_000))
    made = packed(tmp_path / "long.xlsx", {"Plan": document(rows)})
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as more:
        texts = "".join(f"<si><t>{text}</t></si>" for text in ("a", "b", "c", *("y" * 30_000,) * 40))
        more.writestr("xl/sharedStrings.xml", f"<sst>{texts}</sst>")
    with zipfile.ZipFile(made) as opened:
        lengths = workbooks._lengths(opened)
        assert len(lengths) == 43
        assert {*lengths[3:]} == {30_000 + len("<si><t></t>")}
        assert workbooks._told(opened, lengths) < 20_000


def test_a_file_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match=r"is neither \.csv nor \.xlsx: save it as one of these"):
        read(tmp_path / "okrs.pdf")
    for missing in ("okrs.csv", "okrs.xlsx"):
        with pytest.raises(CannotRead, match="cannot be read: No such file or directory"):
            read(tmp_path / missing)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1,234,567.5", 1234567.5), ("1 234,5", 1234.5), ("50 %", 50.0), ("-3", -3.0), ("€ 12", 12.0), ("1,5", 1.5),
        ("1,234", 1234.0), ("1e3", 1000.0), ("", None), ("1.234,5", 1234.5),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(written: str, meant: float | None) -> None:
    assert cells.number(written, "target") == meant


@pytest.mark.parametrize("written", ["nan", "inf", "1e999", "1,2,3", "12 pieces", "--1"])
def test_what_is_no_number(written: str) -> None:
    with pytest.raises(Invalid):
        cells.number(written, "target")


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Q4 2021", "2021-10-01", "2021-12-31"), ("2022-H1", "2022-01-01", "2022-06-30"),
        ("FY 2023", "2023-01-01", "2023-12-31"), ("q2/2024 (growth)", "2024-04-01", "2024-06-30"),
    ],
)  # fmt: skip
def test_the_dates_that_a_name_says(name: str, first: str, last: str) -> None:
    found = quarters.dates(name)
    assert found is not None
    assert [instants.as_datetime(one).date().isoformat() for one in found] == [first, last]


@pytest.mark.parametrize("name", ["Spring", "2021/2022", "H3 2022", "12021"])
def test_names_that_say_no_dates(name: str) -> None:
    assert quarters.dates(name) is None


def test_one_that_is_killed_on_the_way_leaves_nothing_and_can_be_run_again(stored: Stored, tmp_path: Path) -> None:
    rows = [f"Goal {number % 50},Result {number},{number}\n" for number in range(4_000)]
    (tmp_path / "okrs.csv").write_text("Objective,Key result,Target\n" + "".join(rows))
    command = [sys.executable, "-m", "milepost", "import", "table", str(tmp_path / "okrs.csv"), "--cycle", "2022"]
    command += ["--database", stored.url, "--account", stored.acme.account.id]
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    with closing(sqlite3.connect(stored.url.removeprefix("sqlite:///"), isolation_level=None, timeout=0)) as other:
        while started.poll() is None and not is_writing(other):
            time.sleep(0.01)
    os.kill(started.pid, signal.SIGKILL)
    assert started.wait() == -signal.SIGKILL, "it was over before it could be killed"
    assert count(stored) == 1
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert count(stored) == 4_001
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert count(stored) == 4_001


def count(stored: Stored) -> int:
    """How many key results the company has; whatever is there fits."""
    with closing(app.database(stored.url)) as database:
        verify(database, None)
        return int(
            rows(database, "SELECT count(*) FROM key_results WHERE account_id = :a", a=stored.acme.account.id)[0][0]
        )


def is_writing(other: sqlite3.Connection) -> bool:
    """Whether another process is in the middle of a change."""
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return True
    other.execute("ROLLBACK")
    return False


DAYS = {
    "2026-03-31": "2026-03-31", "31.03.2026": "2026-03-31", "2026/03/31": "2026-03-31", "20260331": "2026-03-31",
    "31/03/2026": "2026-03-31", "03/31/2026": "2026-03-31", "31-03-2026": "2026-03-31", "4/4/2026": "2026-04-04",
    "31 March 2026": "2026-03-31", "Mar 31, 2026": "2026-03-31",
    "31-Mar-26": "2026-03-31", "31.3.26": "2026-03-31", "2026-3-1": "2026-03-01", "Tue, 31 Mar 2026": "2026-03-31",
    "March 31st, 2026": "2026-03-31", "31. März 2026": "2026-03-31", "31 mars 2026": "2026-03-31",
    "31-Mar-2026": "2026-03-31", "Sept 3, 2026": "2026-09-03", "3. May 2026": "2026-05-03",
}  # fmt: skip


@pytest.mark.parametrize("said", DAYS)
def test_days_as_people_and_programs_write_them(said: str) -> None:
    assert cells.moment(said, "due") == instants.parse(f"{DAYS[said]}T00:00:00Z", "due")


@pytest.mark.parametrize(
    "said",
    [
        "3/4/2026",
        "3/4/26",
        "2026-02-30",
        "1 jui 2026",
        "31.03.2026 25:00",
        "13:00 PM",
        "30/02/2026",
        "Foo 3, 2026",
        "2026-03/31",
        "13/13/2026",
    ],
)
def test_what_is_no_day_or_two(said: str) -> None:
    with pytest.raises(Invalid):
        cells.moment(said, "due")


def test_an_order_of_day_and_month_counts_for_all() -> None:
    april, march = (instants.parse(f"2026-{day}T00:00:00Z", "due") for day in ("04-03", "03-04"))
    assert cells.moment("3/4/2026", "due", month_first=False) == april
    assert cells.moment("3/4/2026", "due", month_first=True) == march
    with pytest.raises(Invalid):
        cells.moment("31/03/2026", "due", month_first=True)


def test_kinds_by_the_words_that_people_begin() -> None:
    meant = {
        "Should increase to": Kind.INCREASE, "percentage": Kind.INCREASE, "Numeric": Kind.INCREASE,
        "should_decrease": Kind.DECREASE, "Milestones": Kind.MILESTONE, "Boolean": Kind.MILESTONE,
        "Yes/No": Kind.MILESTONE, "binary": Kind.MILESTONE,
    }  # fmt: skip
    assert {said: cells.kind(said, "kind") for said in meant} == meant
    with pytest.raises(Invalid):
        cells.kind("Abandoned", "kind")


def test_numbers_are_written_in_figures() -> None:
    assert cells.number("\u22125", "start") == -5.0
    assert [cells.share(said, "confidence") for said in ("80 %", "0.8", 0.8)] == [0.8, 0.8, 0.8]
    for said in ("1_000", "\u0663"):
        with pytest.raises(Invalid):
            cells.number(said, "start")


def test_two_columns_of_one_heading_are_both_kept(take: Taken, acme: Acme) -> None:
    assert one_line(take("Cycle,Objective,Key result,Place,Place\n2022,Grow,Sell,Oslo,Rome\n")) == []
    assert everything(acme)["Sell"].custom_fields == {"Place": "Oslo", "Place 2": "Rome"}


def test_a_row_whose_cells_have_slipped_is_refused(take: Taken, acme: Acme) -> None:
    report = take("Cycle,Objective,Key result\n2022,Grow,Sell,,\n2022,Grow,Buy, or lend\n")
    assert one_line(report) == ["okrs.csv, row 3: has 4 cells for 3 headings: put a text with a separator in quotes"]
    assert {"Sell"} == everything(acme).keys() & {"Sell", "Buy"}


def test_an_empty_file(take: Taken) -> None:
    with pytest.raises(CannotRead, match="is empty"):
        take(" \n")


def test_the_last_of_two_on_one_day_is_the_current_one(take: Taken, acme: Acme) -> None:
    rows = "".join(f"2022,Grow,k{number},,0,9,{value},2022-03-01,,\n" for number in range(12) for value in (1, 2))
    assert one_line(take(HEAD + rows)) == []
    assert {everything(acme)[f"k{number}"].current for number in range(12)} == {2.0}
    (again,) = take(HEAD + rows).sheets
    assert again.history_added == 0


def test_what_the_operator_says_counts_before_what_headings_mean(take: Taken, acme: Acme) -> None:
    text = "Cycle,Objective,Key result,Target,Goal value\n2022,Grow,Sell,5,70\n"
    assert one_line(take(text, "Goal value=target")) == []
    sold = everything(acme)["Sell"]
    assert (sold.target, sold.custom_fields) == (70.0, {"Target": "5"})


def test_without_dates_nothing_that_is_said_is_lost(take: Taken, acme: Acme) -> None:
    head = "Cycle,Objective,Key result,Current,Confidence,Comment\n"
    assert one_line(take(f"{head}2022,Grow,Sell,5,80 %,going well\n2022,Grow,Buy,1,,slowly\n")) == []
    sold, bought = everything(acme)["Sell"], everything(acme)["Buy"]
    assert sold.confidence is not None
    assert (sold.confidence.value, sold.confidence.reason, sold.current) == (0.8, "going well", 5.0)
    assert (bought.confidence, bought.custom_fields) == (None, {"Comment": "slowly"})
