"""The list of changes that no test notices is about the code as it is, and gives a reason for each."""

from __future__ import annotations

from pathlib import Path

import pytest

from surviving import Survivor, explained, place, survivor

ROOT = Path(__file__).parent.parent
SHOWN = """\
# milepost.domain.ids.x_new__mutmut_11: survived
--- src/milepost/domain/ids.py
+++ src/milepost/domain/ids.py
@@ -7,1 +7,1 @@
     with _lock:
-        tick = 1
+        tick = 2
"""


def source(one: Survivor) -> list[str]:
    """The lines of the module that a survivor is in."""
    name = one.place
    while not (path := ROOT / "src" / f"{name.replace('.', '/')}.py").exists():
        name = name.rpartition(".")[0]
        assert name, f"there is no module of {one.place}"
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_survivor_has_a_reason() -> None:
    text = (ROOT / "proof" / "survivors.txt").read_text(encoding="utf-8")
    paragraphs = [part for part in text.split("\n\n") if not part.startswith("#")]
    known = list(explained())
    assert len(known) == len(paragraphs) == len(set(known))


@pytest.mark.parametrize("one", list(explained()), ids=lambda one: one.place)
def test_every_survivor_is_about_code_that_is_there(one: Survivor) -> None:
    taken = [line[1:].strip() for line in one.change if line.startswith("-")]
    assert taken
    assert set(taken) <= set(source(one))


def test_how_a_survivor_is_written_down() -> None:
    found = survivor("milepost.domain.ids.x_new__mutmut_11", SHOWN)
    assert str(found) == "milepost.domain.ids.new\n  - tick = 1\n  + tick = 2"
    assert place("milepost.domain.x.xǁ_Seenǁ__lt____mutmut_2") == "milepost.domain.x._Seen.__lt__"
    assert list(explained(f"# A list\n\n{found}\n  Why.\n\n{found}\n")) == [found]
