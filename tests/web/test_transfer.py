"""Import and export by browser: what would be taken is shown first, and a file is its browser's alone."""

from __future__ import annotations

import asyncio
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from acme import Acme
from browsing import Browser, text_of
from milepost.actions import check_ins, key_results
from milepost.app import running
from milepost.config import Settings
from milepost.domain.check_in import Entry
from milepost.store.engine import SqliteDatabase
from milepost.transfer.web import loading
from milepost.web import waiting
from uploads import hidden, upload, zipped
from wire import InProcess
from workbooks import workbook

SignedIn = Callable[[str], Browser]
TABLE = b"Cycle,Objective,Key result,Owner,Target,Date,Current\n" + b"".join(
    b"Q4 2026,Delight customers,NPS,ben@acme.test,60,2026-08-0%d,%d\n" % (day, 10 * day) for day in (1, 2, 3)
)
VIVA = (
    b"Title,Type,Time Period,Parent,Target\nGrow,Objective,Q4 2026,,\nRevenue,Key result,Q4 2026,Grow,10\n"
    b"Odd,Nonsense,Q4 2026,,\n"
)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files wait."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def kept(place: Path) -> list[str]:
    """The files that wait, or are on their way."""
    return sorted(path.name for path in place.rglob("*") if path.is_file())


def state(acme: Acme) -> list[int]:
    """How much there is of everything."""
    connection = acme.database.connection
    tables = (
        "cycles",
        "objectives",
        "key_results",
        "check_ins",
        "tasks",
        "users",
        "custom_fields",
        "audit",
        "accounts",
    )
    return [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


def named(acme: Acme, name: str) -> tuple[str, float] | None:
    """The account and the current value of the key result of a name."""
    query = "SELECT account_id, current_value FROM key_results WHERE name = ?"
    found: tuple[str, float] | None = acme.database.connection.execute(query, (name,)).fetchone()
    return found


def test_a_table_is_shown_then_taken(signed_in: SignedIn, acme: Acme, place: Path) -> None:
    anna, before = signed_in("anna"), state(acme)
    shown = upload(anna, "table", "okrs.csv", TABLE)
    assert shown.status == 200
    assert "What would be taken" in text_of(shown)
    assert "okrs.csv" in text_of(shown)
    assert "Nothing is refused" in text_of(shown)
    assert state(acme) == before
    assert kept(place) == ["okrs.csv"]
    taken = anna.submit("/transfer/import", hidden(shown))
    assert taken.status == 200
    assert "Imported" in text_of(taken)
    assert named(acme, "NPS") == (acme.account.id, 30.0)
    assert kept(place) == []
    assert len(key_results.get(acme.context(acme.anna), _id(acme, "NPS")).check_ins) == 3
    who = acme.database.connection.execute("SELECT DISTINCT actor_id, front_end FROM audit WHERE front_end = 'import'")
    assert who.fetchall() == [(acme.anna.id, "import")]


def _id(acme: Acme, name: str) -> str:
    return str(acme.database.connection.execute("SELECT id FROM key_results WHERE name = ?", (name,)).fetchone()[0])


def test_the_same_file_again_doubles_nothing(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    anna.submit("/transfer/import", hidden(upload(anna, "table", "okrs.csv", TABLE)))
    before = state(acme)
    again = upload(anna, "table", "okrs.csv", TABLE)
    assert "Already there" in text_of(again)
    anna.submit("/transfer/import", hidden(again))
    assert state(acme) == before


def test_a_workbook_comes_in(signed_in: SignedIn, acme: Acme, tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", Plan=[["Cycle", "Objective", "Key result"], ["Q4 2026", "Aim", "Steps"]])
    anna = signed_in("anna")
    shown = upload(anna, "table", "Our Plan.XLSX", path.read_bytes())
    assert "Our Plan.XLSX" in text_of(shown)
    assert anna.submit("/transfer/import", hidden(shown)).status == 200
    assert named(acme, "Steps") is not None


def test_an_export_of_viva_goals_comes_in_and_says_what_does_not(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    shown = upload(anna, "viva", "viva.csv", VIVA)
    assert 'viva.csv, row 4, type: "Nonsense" is none of objective' in text_of(shown)
    assert "What is refused is left out" in text_of(shown)
    taken = anna.submit("/transfer/import", hidden(shown))
    assert "what is refused" in text_of(taken)
    assert named(acme, "Revenue") is not None


def test_what_the_fields_say_counts(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    fields = {"cycle": "Q1 2027", "owner": "ben@acme.test", "columns": "Measure=name\r\nRemarks=\r\n"}
    shown = upload(anna, "table", "t.csv", b"Objective,Measure,Remarks\nAim,Steps,never mind\n", **fields)
    assert anna.submit("/transfer/import", hidden(shown)).status == 200
    row = acme.database.connection.execute("SELECT owner_id, custom_fields FROM key_results WHERE name = 'Steps'")
    assert row.fetchone() == (acme.ben.id, None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"owner": "nobody@acme.test"}, "Nobody here has this address"),
        ({"columns": "Measure=nonsense"}, "should be HEADING=FIELD"),
    ],
)
def test_a_field_that_says_nothing_known_is_told(
    signed_in: SignedIn, acme: Acme, fields: dict[str, str], said: str
) -> None:
    anna = signed_in("anna")
    before = state(acme)
    reply = upload(anna, "table", "okrs.csv", TABLE, **fields)
    assert reply.status == 400
    assert said in text_of(reply)
    assert next(iter(fields.values())) in reply.body.decode()
    assert state(acme) == before


def test_everything_goes_into_another_company_and_comes_out_again(signed_in: SignedIn, acme: Acme) -> None:
    check_ins.record(acme.context(acme.anna), acme.revenue, Entry(value=42.0, comment="so far"))
    given = signed_in("anna").open("/transfer/export/everything.zip").body
    rita = signed_in("rita")
    shown = upload(rita, "gtmhub", "acme.zip", given)
    assert "metrics.json" in text_of(shown)
    assert rita.submit("/transfer/import", hidden(shown)).status == 200
    query = "SELECT count(*) FROM check_ins WHERE account_id = ? AND comment = 'so far'"
    assert acme.database.connection.execute(query, (acme.rival.id,)).fetchone() == (1,)
    assert acme.database.connection.execute(query, (acme.account.id,)).fetchone() == (1,)
    who = acme.database.connection.execute("SELECT DISTINCT account_id, actor_id FROM audit WHERE front_end = 'import'")
    assert who.fetchall() == [(acme.rival.id, acme.rita.id)]


def test_each_file_can_be_had(signed_in: SignedIn, acme: Acme) -> None:
    check_ins.record(acme.context(acme.anna), acme.revenue, Entry(value=42.0, comment="=1+1"))
    anna = signed_in("anna")
    page = anna.open("/transfer").body.decode()
    for name, words in (("key-results", "Monthly revenue"), ("check-ins", "'=1+1")):
        assert f'href="/transfer/export/{name}.csv"' in page
        reply = anna.open(f"/transfer/export/{name}.csv")
        assert reply.headers["content-type"] == "text/csv; charset=utf-8"
        assert reply.headers["content-disposition"] == f'attachment; filename="acme-2026-08-17-{name}.csv"'
        assert reply.headers["content-length"] == str(len(reply.body))
        assert "no-store" in reply.headers["cache-control"]
        assert words in reply.body.decode("utf-8-sig")
        book = CalamineWorkbook.from_filelike(io.BytesIO(anna.open(f"/transfer/export/{name}.xlsx").body))
        assert len(book.get_sheet_by_index(0).to_python()) == 2
    with zipfile.ZipFile(io.BytesIO(anna.open("/transfer/export/everything.zip").body)) as packed:
        metrics = json.loads(packed.read("metrics.json"))
    assert [one["id"] for one in metrics["items"]] == [acme.revenue]
    for strange in ("okrs.csv", "..", "%2e%2e%2fetc%2fpasswd", "key-results", "everything.zip.csv"):
        assert anna.open(f"/transfer/export/{strange}").status == 404


def test_only_admins_come_here(signed_in: SignedIn, acme: Acme, place: Path) -> None:
    before = state(acme)
    for name in ("ben", "vera"):
        browser = signed_in(name)
        assert 'href="/transfer"' not in browser.open("/").body.decode()
        for path in (
            "/transfer",
            "/transfer/import",
            "/transfer/export/key-results.csv",
            "/transfer/export/everything.zip",
        ):
            assert browser.open(path).status == 403
        assert upload(browser, "table", "okrs.csv", TABLE).status == 403
        assert browser.submit("/transfer/import", {"upload": "0" * 32, "kind": "table"}).status == 403
    assert 'href="/transfer"' in signed_in("anna").open("/").body.decode()
    assert kept(place) == []
    assert state(acme)[:-2] == before[:-2]


def test_a_file_is_its_browsers_alone(signed_in: SignedIn, acme: Acme) -> None:
    anna, other, rita = signed_in("anna"), signed_in("anna"), signed_in("rita")
    sent = hidden(upload(anna, "table", "okrs.csv", TABLE))
    for browser in (other, rita):
        refused = browser.submit("/transfer/import", sent)
        assert refused.status == 410
        assert "Choose it again" in text_of(refused)
    for strange in ("", "x", "../" * 9, "0" * 32, f"{sent['upload']}/..", "\0"):
        assert anna.submit("/transfer/import", {**sent, "upload": strange}).status == 410
    assert named(acme, "NPS") is None
    assert anna.submit("/transfer/import", sent).status == 200


def test_a_file_is_gone_once_it_is_taken_or_another_is_sent_or_an_hour_is_over(
    signed_in: SignedIn, acme: Acme, place: Path
) -> None:
    anna = signed_in("anna")
    first, second = (hidden(upload(anna, "table", name, TABLE)) for name in ("first.csv", "second.csv"))
    assert kept(place) == ["second.csv"]
    assert anna.submit("/transfer/import", first).status == 410
    assert anna.submit("/transfer/import", second).status == 200
    assert anna.submit("/transfer/import", second).status == 410
    third = hidden(upload(anna, "table", "third.csv", TABLE))
    (folder,) = [path.parent for path in place.rglob("third.csv")]
    late = folder.stat().st_mtime - waiting.HOLDS - 1
    os.utime(folder, (late, late))
    assert anna.submit("/transfer/import", third).status == 410
    assert kept(place) == []


def test_files_wait_where_nobody_else_can_look(signed_in: SignedIn, place: Path) -> None:
    upload(signed_in("anna"), "table", "okrs.csv", TABLE)
    (folder,) = place.iterdir()
    for one in (folder, *folder.iterdir()):
        assert one.stat().st_mode & 0o077 == 0


def test_a_folder_that_others_may_look_into_is_not_used(signed_in: SignedIn, place: Path) -> None:
    anna = signed_in("anna")
    upload(anna, "table", "okrs.csv", TABLE)
    (folder,) = place.iterdir()
    folder.chmod(0o755)
    refused = upload(anna, "table", "okrs.csv", TABLE)
    assert refused.status == 503
    assert "has to take" in text_of(refused)


def test_no_more_files_wait_than_there_is_room_for(
    signed_in: SignedIn, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_MOST", 1)
    assert upload(signed_in("anna"), "table", "one.csv", TABLE).status == 200
    second = signed_in("anna")
    assert upload(second, "table", "two.csv", TABLE).status == 200
    refused = upload(signed_in("anna"), "table", "three.csv", TABLE)
    assert refused.status == 503
    assert "too many files wait" in text_of(refused).lower()
    assert upload(signed_in("rita"), "table", "four.csv", TABLE).status == 200
    assert kept(place) == ["four.csv", "one.csv", "two.csv"]


def test_what_a_file_says_is_text(signed_in: SignedIn) -> None:
    hostile = "<script>document.title='taken'</script>"
    table = f"Cycle,Objective,Key result,Owner,Target\nQ4 2026,{hostile},{hostile},{hostile},{hostile}\n"
    anna = signed_in("anna")
    for kind in ("table", "viva"):
        page = upload(anna, kind, f"{hostile}.csv", table.encode(), cycle=hostile, columns=f"{hostile}=name")
        assert b"<script>document" not in page.body


def test_more_rows_than_others_can_wait_for_are_refused_whole(
    signed_in: SignedIn, acme: Acme, monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.setattr(loading, "ROWS", 2)
    before = state(acme)
    for kind in ("table", "viva"):
        refused = upload(signed_in("anna"), kind, "okrs.csv", VIVA if kind == "viva" else TABLE)
        assert refused.status == 400
        assert "okrs.csv: has more than 2 rows: split it" in text_of(refused)
    assert state(acme)[:-2] == before[:-2]
    assert kept(place) == []


def test_what_takes_longer_than_others_have_patience_for_is_refused_whole(
    signed_in: SignedIn, acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = signed_in("anna")
    shown, before = hidden(upload(anna, "table", "okrs.csv", TABLE)), state(acme)
    monkeypatch.setattr(loading, "SECONDS", -1.0)
    refused = anna.submit("/transfer/import", shown)
    assert refused.status == 400
    assert "okrs.csv: takes longer than -1 seconds here: split it" in text_of(refused)
    monkeypatch.setattr(loading, "TRYING", -1.0)
    assert "takes longer" in text_of(upload(anna, "viva", "okrs.csv", VIVA))
    assert state(acme) == before


def test_more_records_than_are_taken_here_are_refused_whole(
    signed_in: SignedIn, acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "RECORDS", 1)
    lists = {"sessions.json": json.dumps([{"id": "0" * 24}, {"id": "1" * 24}]).encode()}
    refused = upload(signed_in("anna"), "gtmhub", "saved.zip", zipped(lists))
    assert "saved.zip: holds more than 1 records" in text_of(refused)


def test_a_file_that_one_worker_took_can_be_imported_by_another(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    sent = {**hidden(upload(anna, "table", "okrs.csv", TABLE)), "proof": anna.proof()}
    loop = asyncio.new_event_loop()
    with (
        closing(SqliteDatabase(acme.database.file)) as other,
        running(Settings(failed_sign_ins=0), other, acme.clock) as application,
    ):
        second = Browser(InProcess(application, loop))
        second.cookie = anna.cookie
        assert second.send("/transfer/import", sent).status == 200
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    assert named(acme, "NPS") == (acme.account.id, 30.0)
