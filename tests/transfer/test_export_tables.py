"""Tables for people: what stands in them, that no cell is a formula, and that they come in again."""

from __future__ import annotations

import csv
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
from milepost.transfer.table.export import Contents, export
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
    count = export(told.context(told.anna), path, Contents.KEY_RESULTS)
    found = lines(path)
    assert count == len(found) == len(key_results.list_bare(told.context(told.anna), Query(limit=100)).items)
    (revenue,) = [row for row in found if row["Key result"] == "'-Revenue"]
    assert (revenue["Description"], float(revenue["Current"]), float(revenue["Confidence"])) == ("'@SUM(A1)", 42.5, 0.5)
    assert (revenue["Kind"], revenue["Owner"]) == ("increase", told.anna.email)
    assert path.stat().st_mode & 0o077 == 0


def test_check_ins_as_rows(told: Acme, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    assert export(told.context(told.anna), path, Contents.CHECK_INS) == len(lines(path))
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
    count = export(told.context(told.anna), path, Contents.CHECK_INS)
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
