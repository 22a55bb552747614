"""`milepost export`: an operator takes a company to another server."""

from __future__ import annotations

from pathlib import Path

from terminal import Terminal


def test_a_company_moves_by_a_folder(company: Terminal, tmp_path: Path) -> None:
    said = company.right("export", str(tmp_path / "away"))
    assert said.out.splitlines() == ["FILE           RECORDS", "accounts.json  1", "users.json     2"]
    assert said.err == f"Everything is in {tmp_path / 'away'}.\n"
    other = Terminal(tmp_path / "other")
    other.file.parent.mkdir()
    other.right("import", "gtmhub", str(tmp_path / "away"))
    found, brought = (one.right("user", "list", "--json").json for one in (company, other))
    assert [one["email"] for one in found] == [one["email"] for one in brought] != []
    other.right("export", str(tmp_path / "back"))
    for name in ("accounts.json", "users.json"):
        assert (tmp_path / "away" / name).read_bytes() == (tmp_path / "back" / name).read_bytes()


def test_what_a_program_is_told(company: Terminal, tmp_path: Path) -> None:
    found = company.right("export", str(tmp_path / "away"), "--json").json
    assert found["folder"] == str(tmp_path / "away")
    assert {kind: count for kind, count in found["records"].items() if count} == {"accounts": 1, "users": 2}


def test_a_folder_that_is_in_use(company: Terminal, tmp_path: Path) -> None:
    said = company("export", str(tmp_path))
    assert (said.code, said.out) == (1, "")
    assert said.err == f"milepost: {tmp_path} is there already, and not an empty folder: name another one\n"
