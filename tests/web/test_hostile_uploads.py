"""Files that are none, too large, cut off, or traps: each with a page that says so, and nothing left of it."""

from __future__ import annotations

import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acme import Acme
from browsing import Browser, text_of
from milepost.transfer.gtmhub import archive
from milepost.web import uploading
from uploads import TYPE, multipart, raw, upload, zipped
from workbooks import document, packed

SignedIn = Callable[[str], Browser]
CROSS = {"sec-fetch-site": "cross-site", "origin": "https://evil.test"}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files wait."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def left(place: Path) -> list[str]:
    return [path.name for path in place.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("kind", "name", "content", "said"),
    [
        ("table", "okrs.pdf", b"%PDF-1.7", "okrs.pdf: is neither .csv nor .xlsx"),
        ("table", "okrs.xlsx", b"not a workbook", "okrs.xlsx: is no Excel workbook"),
        ("table", "okrs.xlsx", b"", "okrs.xlsx: is no Excel workbook"),
        ("viva", "okrs.csv", b"\0\1\2", "okrs.csv: is no text"),
        ("table", "okrs.csv", b'Key result\n"never ends', "okrs.csv, line 2: is no CSV"),
        ("gtmhub", "saved.zip", b"not an archive", "saved.zip: is no .zip file"),
        ("gtmhub", "saved.zip", b"", "saved.zip: is no .zip file"),
        ("gtmhub", "okrs.csv", b"Key result\n", "okrs.csv: is no .zip file"),
        ("gtmhub", "saved.zip", zipped({"metrics.json": b"[]"})[:-30], "saved.zip: is no .zip file"),
        ("gtmhub", "saved.zip", zipped({}), "saved.zip: holds none of accounts.json"),
        ("gtmhub", "saved.zip", zipped({"readme.txt": b"x"}), "saved.zip: holds none of accounts.json"),
        ("gtmhub", "saved.zip", zipped({"../metrics.json": b"[]"}), "holds a name that leads out of it"),
        ("gtmhub", "saved.zip", zipped({"/etc/metrics.json": b"[]"}), "holds a name that leads out of it"),
        ("gtmhub", "saved.zip", zipped({"a\\..\\metrics.json": b"[]"}), "holds a name that leads out of it"),
        ("gtmhub", "saved.zip", zipped({"a/users.json": b"[]", "b/goals.json": b"[]"}), "in several folders"),
        ("nonsense", "okrs.csv", b"Key result\n", "Say what the file is"),
    ],
)
def test_what_is_no_such_file_is_told(
    signed_in: SignedIn, place: Path, kind: str, name: str, content: bytes, said: str
) -> None:
    reply = upload(signed_in("anna"), kind, name, content)
    assert reply.status == 400
    assert said in text_of(reply)
    assert str(place) not in reply.body.decode()
    assert kind == "nonsense" or left(place) == []


def test_lists_may_stand_in_a_folder_among_others_files(signed_in: SignedIn) -> None:
    files = {"acme/": b"", "acme/users.json": b"[]", "acme/notes.txt": b"x", "__MACOSX/acme/._users.json": b"\0"}
    reply = upload(signed_in("anna"), "gtmhub", "saved.zip", zipped(files))
    assert reply.status == 200
    assert "users.json" in text_of(reply)


def test_a_list_that_is_no_json_is_refused_and_the_others_come_in(signed_in: SignedIn) -> None:
    reply = upload(signed_in("anna"), "gtmhub", "saved.zip", zipped({"users.json": b"<html>", "goals.json": b"[]"}))
    assert reply.status == 200
    assert "users.json: is not JSON" in text_of(reply)
    assert "What to know, and what is refused" in text_of(reply)


def test_an_archive_that_unpacks_to_too_much_is_refused(
    signed_in: SignedIn, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_FILE", 3_000_000)
    monkeypatch.setattr(archive, "_ALL", 5_000_000)
    anna, large = signed_in("anna"), b" " * 4_000_000
    bomb = upload(anna, "gtmhub", "bomb.zip", zipped({"users.json": large}))
    assert "bomb.zip: users.json unpacks to more than 2 MiB" in text_of(bomb)
    several = {f"metrics-{number}.json": large[:2_900_000] for number in range(2, 5)}
    assert "bomb.zip: unpacks to more than 4 MiB" in text_of(upload(anna, "gtmhub", "bomb.zip", zipped(several)))
    assert left(place) == []


def test_an_archive_of_too_many_names_is_refused(
    signed_in: SignedIn, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_LIST", 1_000)
    many = zipped({f"{number}.txt": b"" for number in range(100)})
    for kind, name in (("gtmhub", "saved.zip"), ("table", "okrs.xlsx")):
        assert f"{name}: holds too many files" in text_of(upload(signed_in("anna"), kind, name, many))


def test_an_archive_with_names_that_no_folder_has_is_refused(signed_in: SignedIn, tmp_path: Path, place: Path) -> None:
    twice = tmp_path / "twice.zip"
    with warnings.catch_warnings(), zipfile.ZipFile(twice, "w") as packed_twice:
        warnings.simplefilter("ignore")
        packed_twice.writestr("users.json", b"[]")
        packed_twice.writestr("Users.json", b"[]")
    for name, content, words in (
        ("twice.zip", twice.read_bytes(), "twice.zip: holds two files of the name Users.json"),
        (
            "long.zip",
            zipped({f"{'x' * 300}.json": b"[]"}),
            "long.zip: holds a file whose name is longer than 200 bytes",
        ),
    ):
        reply = upload(signed_in("anna"), "gtmhub", name, content)
        assert reply.status == 400
        assert words in text_of(reply)
    assert left(place) == []


def test_a_workbook_that_is_a_trap_is_refused(signed_in: SignedIn, tmp_path: Path) -> None:
    far = packed(tmp_path / "far.xlsx", {"Plan": document('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')})
    reply = upload(signed_in("anna"), "table", "far.xlsx", far.read_bytes())
    assert reply.status == 400
    assert "far.xlsx: reaches over more than 1,000,000 cells" in text_of(reply)


def test_a_file_that_is_too_large_is_refused_before_it_comes_and_while_it_does(
    signed_in: SignedIn, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "LIMIT", 1024 * 1024)
    anna = signed_in("anna")
    body = multipart({"proof": anna.proof(), "kind": "table"}, "okrs.csv", b"x" * 1024 * 1024)
    for headers in ({}, {"transfer-encoding": "chunked"}, {"content-length": "9" * 30}):
        reply = raw(anna, body, headers)
        assert reply.status == 413
        assert "a file may be 1 mib large" in text_of(reply).lower()
    assert left(place) == []


def test_elsewhere_a_form_stays_as_small_as_it_was(signed_in: SignedIn) -> None:
    assert signed_in("anna").submit("/transfer/import", {"upload": "x" * 300_000}).status == 413


def test_no_file_is_told_beside_its_field(signed_in: SignedIn, place: Path) -> None:
    anna = signed_in("anna")
    for name in (None, ""):
        reply = upload(anna, "viva", name, cycle="Q1 2027")
        assert reply.status == 400
        assert 'id="fault-file">Choose a file.' in reply.body.decode()
        assert 'value="Q1 2027"' in reply.body.decode()
        assert '<option value="viva" selected>' in reply.body.decode()
    assert left(place) == []


def test_a_file_that_is_cut_off_is_not_taken_for_the_whole(signed_in: SignedIn, place: Path) -> None:
    anna = signed_in("anna")
    body = multipart({"proof": anna.proof(), "kind": "table"}, "okrs.csv", b"Key result\n" * 100)
    for length in (0, 10, 200, len(body) // 2, len(body) - 6):
        reply = raw(anna, body[:length])
        assert reply.status == 400, length
        assert "only in part" in text_of(reply), length
    assert left(place) == []


def test_who_hangs_up_leaves_nothing(signed_in: SignedIn, acme: Acme, place: Path) -> None:
    anna = signed_in("anna")
    body = multipart({"proof": anna.proof(), "kind": "table"}, "okrs.csv", b"Key result\n" * 100)
    told: list[Any] = [
        {"type": "http.request", "body": body[:600], "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        if len(told) == 1:
            assert left(place) == ["okrs.csv"]
        return told.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = {**TYPE, "cookie": anna.cookie, "content-length": str(len(body)), "host": "milepost.test"}
    scope = {
        "type": "http", "method": "POST", "path": "/transfer", "query_string": b"", "root_path": "", "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()], "client": ("127.0.0.1", 1),
    }  # fmt: skip
    anna.wire.run(scope, receive, send)
    assert sent == []
    assert left(place) == []


def test_a_form_of_another_site_or_without_its_proof_is_refused_before_the_file(
    signed_in: SignedIn, place: Path
) -> None:
    anna, ben = signed_in("anna"), signed_in("ben")
    fields = {"proof": anna.proof(), "kind": "table"}
    assert raw(anna, multipart(fields, "okrs.csv", b"x"), CROSS).status == 403
    for proof in ("", "0" * 64, ben.proof()):
        assert raw(anna, multipart({**fields, "proof": proof}, "okrs.csv", b"x")).status == 403
        assert raw(anna, multipart({**fields, "proof": proof}, None)).status == 403
    assert raw(anna, multipart({"kind": "table"}, "okrs.csv", b"x")).status == 403
    assert left(place) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "multipart/form-data"},
        {"content-type": "multipart/form-data; boundary="},
        {"content-type": "multipart/form-data; boundary=" + "x" * 500},
        {"content-type": "multipart/form-data; boundary=other"},
        {"content-type": "application/json"},
        {"content-type": ""},
    ],
)
def test_what_is_no_such_form_is_refused(signed_in: SignedIn, place: Path, headers: dict[str, str]) -> None:
    anna = signed_in("anna")
    body = multipart({"proof": anna.proof(), "kind": "table"}, "okrs.csv", b"x")
    assert raw(anna, body, headers).status == 400
    assert left(place) == []


def test_fields_are_as_short_as_in_other_forms(signed_in: SignedIn, place: Path) -> None:
    anna = signed_in("anna")
    assert upload(anna, "table", "okrs.csv", b"x", columns="x" * 100_000).status == 400
    assert upload(anna, "table", "okrs.csv", b"x", **{f"f{number}": "x" for number in range(60)}).status == 400
    first, end = multipart({"proof": anna.proof()}, "one.csv", b"x"), multipart({}, None)
    assert raw(anna, first.removesuffix(end) + multipart({}, "two.csv", b"y")).status == 400
    assert left(place) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\Users\\anna\\okrs.csv", "okrs.csv"),
        ("../../okrs.csv", "okrs.csv"),
        ("..\\okrs.csv", "okrs.csv"),
        (".csv", "csv"),
        ("...okrs.csv", "okrs.csv"),
        ("ok\x07rs.csv", "okrs.csv"),
        ("Ziele für Q1 ✓.csv", "Ziele für Q1 ✓.csv"),
        ("x" * 300 + ".csv", "x" * 100 + ".csv"),
    ],
)
def test_a_files_name_leads_nowhere(signed_in: SignedIn, place: Path, name: str, shown: str) -> None:
    reply = upload(signed_in("anna"), "table", name, b"Cycle,Objective,Key result\nQ4 2026,Aim,Steps\n")
    if shown == "csv":
        assert reply.status == 400
        assert "csv: is neither" in text_of(reply)
    else:
        assert reply.status == 200
        assert left(place) == [shown]
        assert f'<span class="filename">{shown}</span>' in reply.body.decode()
