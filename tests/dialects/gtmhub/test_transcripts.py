"""Every transcript, played in process and against a live server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from transcripts import play, read

if TYPE_CHECKING:
    from conftest import Stage

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.glob("*.http"))


@pytest.mark.parametrize("way", ["in process", "live"])
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_transcript_holds(path: Path, way: str, stage: Stage, names: dict[str, str]) -> None:
    play(path, stage.wires[way], names)


def test_the_readmes_table_names_every_transcript_and_only_what_there_is() -> None:
    named = set(re.findall(r"`([\w-]+\.(?:http|py))`", (FOLDER / "README.md").read_text(encoding="utf-8")))
    transcripts = {path.name for path in TRANSCRIPTS}
    assert not transcripts - named, "say in the README's table which statement these show"
    there = transcripts | {path.name for path in Path(__file__).parent.glob("test_*.py")}
    assert not named - there, "the README's table names what is not there"


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_titles_are_unique_so_that_a_failure_names_one_exchange(path: Path) -> None:
    titles = [exchange.title for exchange in read(path)]
    assert titles
    assert len(set(titles)) == len(titles)
