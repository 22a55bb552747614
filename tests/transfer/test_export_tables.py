"""Tables for people: what stands in them, that no cell is a formula, and that they come in again."""

from __future__ import annotations

import csv
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from acme import Acme
from milepost.actions import check_ins, key_results
from milepost.domain.change import KeyResultChange
from milepost.domain.check_in import Entry
from milepost.domain.errors import Forbidden
from milepost.domain.query import Query
from milepost.transfer.files import CannotWrite
from milepost.transfer.gtmhub.pages import Pages
from milepost.transfer.table.export import LONGEST, Contents, Written, export
from milepost.transfer.table.load import load, read

CALL = '=HYPERLINK("https://evil.test")'


@pytest.fixture
def told(acme: Acme) -> Acme:
    """The company, of which somebody has said something that is a formula to a spreadsheet."""
    anna = acme.context(acme.anna)
    key_results.revise(anna, acme.revenue, KeyResultChange(name="-Revenue", description="@SUM(A1)"))
    check_ins.record(anna, acme.revenue, Entry(value=42.5, confidence=0.5, comment=CALL))
    return acme


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def test_key_results_as_rows(told: Acme, tmp_path: Path) -> None:
    path = tmp_path / "okrs.csv"
    count = export(told.context(told.anna), path, Contents.KEY_RESULTS).rows
    found = lines(path)
    assert count == len(found) == len(key_results.list_bare(told.context(told.anna), Query(limit=100)).items)
    (revenue,) = [row for row in found if row["Key result"] == "'-Revenue"]
    assert (revenue["Description"], float(revenue["Current"]), float(revenue["Confidence"])) == ("'@SUM(A1)", 42.5, 0.5)
    assert (revenue["Kind"], revenue["Owner"]) == ("increase", told.anna.email)
    assert path.stat().st_mode & 0o077 == 0


def test_check_ins_as_rows(told: Acme, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    assert export(told.context(told.anna), path, Contents.CHECK_INS) == Written(len(lines(path)), 0)
    last = [row for row in lines(path) if row["Key result"] == "'-Revenue"][-1]
    assert (last["Comment"], float(last["Value"]), last["Author"]) == (f"'{CALL}", 42.5, told.anna.email)


@pytest.mark.parametrize("contents", Contents)
def test_a_workbook_holds_the_same_as_texts(told: Acme, tmp_path: Path, contents: Contents) -> None:
    path = tmp_path / "okrs.xlsx"
    export(told.context(told.anna), path, contents)
    export(told.context(told.anna), tmp_path / "okrs.csv", contents)
    (name,) = CalamineWorkbook.from_path(path).sheet_names
    head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()
    as_csv = lines(tmp_path / "okrs.csv")
    assert (head, len(rows)) == (list(as_csv[0]), len(as_csv))
    place = head.index("Key result")
    assert [row[place] for row in rows] == [row["Key result"].removeprefix("'") for row in as_csv]
    if contents is Contents.CHECK_INS:
        assert CALL in [row[head.index("Comment")] for row in rows]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_went_out_comes_in_again(told: Acme, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"history.{ending}"
    count = export(told.context(told.anna), path, Contents.CHECK_INS).rows
    report = load(told.context(told.rita), read(path), {})
    assert report.problems == []
    assert [one.history_added for one in report.sheets] == [count]
    assert [one.history_added for one in load(told.context(told.rita), read(path), {}).sheets] == [0]


def test_a_file_that_is_there_is_left_alone(told: Acme, tmp_path: Path) -> None:
    (tmp_path / "okrs.csv").write_text("mine")
    with pytest.raises(CannotWrite, match="is there already: name another file"):
        export(told.context(told.anna), tmp_path / "okrs.csv", Contents.KEY_RESULTS)
    with pytest.raises(CannotWrite, match="cannot be written: No such file or directory"):
        export(told.context(told.anna), tmp_path / "missing" / "okrs.csv", Contents.KEY_RESULTS)
    with pytest.raises(Forbidden):
        export(told.context(told.ben), tmp_path / "other.csv", Contents.KEY_RESULTS)
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".csv"] == ["okrs.csv"]


HARMFUL = ("=1+1", "-Revenue", "+1", "@SUM(A1)", "'=quoted", "''@", "'plain", "\tgap")


def test_a_text_that_was_marked_is_the_same_again(acme: Acme, tmp_path: Path) -> None:
    anna, path = acme.context(acme.anna), tmp_path / "okrs.csv"
    for name in HARMFUL:
        key_results.add(anna, acme.growth, KeyResultChange(name=name))
    export(anna, path, Contents.KEY_RESULTS)
    named = {line["Key result"] for line in lines(path)}
    assert not {name for name in named if name.startswith(("=", "-", "+", "@", "\t"))}
    report = load(anna, read(path), {})
    assert [(one.taken, one.already_there) for one in report.sheets] == [(0, len(HARMFUL) + 1)]


def test_custom_fields_have_columns_and_come_in_again(acme: Acme, tmp_path: Path) -> None:
    anna, path = acme.context(acme.anna), tmp_path / "okrs.csv"
    given = tmp_path / "given.csv"
    given.write_text("Cycle,Objective,Key result,Region,Cost\nQ3,Grow,Sell,Oslo,7\n", encoding="utf-8")
    load(anna, read(given), {})
    change = KeyResultChange(custom_fields={"Region": ["Oslo", "Rome"], "Cost": {"from": 1}})
    key_results.revise(anna, acme.revenue, change)
    export(anna, path, Contents.KEY_RESULTS)
    found = {line["Key result"]: (line["Cost"], line["Region"]) for line in lines(path)}
    assert found["Sell"] == ("7", "Oslo")
    assert found["Monthly revenue"] == ('{"from":1}', "Oslo; Rome")
    assert load(anna, read(path), {}).problems == []


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_follows_from_history_is_not_made_up_again(told: Acme, tmp_path: Path, ending: str) -> None:
    path, anna = tmp_path / f"okrs.{ending}", told.context(told.anna)
    export(anna, path, Contents.KEY_RESULTS)
    there = told.context(told.anna)
    before = key_results.get(anna, told.revenue)
    key_results.remove(anna, told.revenue)
    assert load(there, read(path), {}).problems == []
    (made,) = key_results.list_bare(there, Query()).items
    last = before.key_result.last_check_in_at
    assert last is not None
    assert made.last_check_in_at == last // 1_000_000 * 1_000_000, "to the second, as files have it"
    assert (made.current, made.check_in_count, made.custom_fields) == (42.5, 1, None)


def test_the_same_account_takes_nothing_of_its_own_table(told: Acme, tmp_path: Path) -> None:
    path, anna = tmp_path / "okrs.csv", told.context(told.anna)
    export(anna, path, Contents.KEY_RESULTS)
    (sheet,) = load(anna, read(path), {}).sheets
    assert (sheet.taken, sheet.already_there, sheet.history_added) == (0, 1, 0)


def test_nor_of_its_own_histories(told: Acme, tmp_path: Path) -> None:
    path, anna = tmp_path / "history.csv", told.context(told.anna)
    export(anna, path, Contents.CHECK_INS)
    (sheet,) = load(anna, read(path), {}).sheets
    assert (sheet.found, sheet.taken, sheet.history_added) == (1, 0, 0)


@pytest.mark.parametrize("name", ["okrs.xlsx", "okrs.csv"])
def test_headings_are_as_harmless_as_cells(told: Acme, tmp_path: Path, name: str) -> None:
    anna = told.context(told.anna)
    load(anna, read(table(tmp_path / "in.csv", "Quarter,Objective,Key result,=cmd|x!A0\nQ1 2027,O,Odd,y\n")), {})
    export(anna, tmp_path / name, Contents.KEY_RESULTS)
    if name.endswith(".csv"):
        assert "'=cmd|x!A0" in (tmp_path / name).read_text(encoding="utf-8-sig").splitlines()[0]
    else:
        with zipfile.ZipFile(tmp_path / name) as packed:
            assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")


def test_a_text_that_no_cell_holds_is_cut_off_and_counted(told: Acme, tmp_path: Path) -> None:
    anna = told.context(told.anna)
    key_results.revise(anna, told.revenue, KeyResultChange(description="x" * (LONGEST + 1)))
    assert export(anna, tmp_path / "okrs.xlsx", Contents.KEY_RESULTS).cut == 1
    assert export(anna, tmp_path / "okrs.csv", Contents.KEY_RESULTS).cut == 0


def test_what_a_killed_export_left_is_taken_away_by_the_next(told: Acme, tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead, alive, another = (
        tmp_path / name for name in (f".okrs.csv.{ended.pid}", ".okrs.csv.1", f".other.csv.{ended.pid}")
    )
    for file in (dead, alive, another):
        file.write_text("begun")
    export(told.context(told.anna), tmp_path / "okrs.csv", Contents.KEY_RESULTS)
    assert [file.exists() for file in (dead, alive, another)] == [False, True, True]
    folder = tmp_path / f".saved.{ended.pid}"
    folder.mkdir()
    (folder / "users.json").write_text("{")
    with Pages(tmp_path / "saved"):
        assert not folder.exists()


def table(path: Path, text: str) -> Path:
    path.write_text(text)
    return path
