"""`milepost import viva`: what it prints where, and how it ends."""

from __future__ import annotations

from pathlib import Path

from terminal import Terminal

TEXT = "Title,Type,Parent,Owner\nGrow,Objective,,anna@acme.test\nWin,Key result,Grow,zoe@acme.test\nLost,Kudos,,\n"


def test_it_tells_what_became_of_the_rows(company: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "viva.csv"
    file.write_text(TEXT)
    dry = company("import", "viva", str(file), "--cycle", "Q4 2025", "--dry-run")
    done = company("import", "viva", str(file), "--cycle", "Q4 2025")
    assert (dry.code, done.code) == (1, 1)
    assert done.out.splitlines()[-1].split() == ["viva.csv", "3", "2", "1"]
    assert done.err.splitlines() == [
        "made the cycle Q4 2025: 2025-10-01 to 2025-12-31",
        'viva.csv, row 4, type: "Kudos" is none of objective, key result and initiative',
        "owners whom nobody here is: zoe@acme.test (1 row)",
    ]
    assert dry.err.splitlines() == [
        done.err.splitlines()[0].replace("made", "would make"),
        *done.err.splitlines()[1:],
        "This was a dry run: nothing of it was kept.",
    ]
    again = company("import", "viva", str(file), "--cycle", "Q4 2025", "--json")
    (sheet,) = again.json["sheets"]
    assert (sheet["taken"], sheet["already_there"], sheet["refused"]) == (0, 2, 1)


def test_a_file_of_another_kind_is_told_in_a_line(company: Terminal, tmp_path: Path) -> None:
    done = company("import", "viva", str(tmp_path / "viva.pdf"))
    assert (done.code, done.out) == (1, "")
    assert "is neither .csv nor .xlsx" in done.err
