"""The mutants that no test kills: how each is told from others, and those that `survivors.txt` gives a reason for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

_FILE = Path(__file__).parent / "survivors.txt"


class Survivor(msgspec.Struct, frozen=True):
    """A change that no test notices: the function that it is in, and what was taken away and put there. It says no
    number of a line, which would change with everything around.
    """

    place: str
    change: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join((self.place, *(f"  {line}" for line in self.change)))


def place(mutant: str) -> str:
    """The function that a mutant is in, by mutmut's name for the mutant: milepost.domain.chain.x_start__mutmut_3."""
    mangled = re.sub(r"__mutmut_\d+$", "", mutant)
    return mangled.replace("xǁ", "").replace("ǁ", ".").replace(".x_", ".")


def survivor(mutant: str, shown: str) -> Survivor:
    """What `mutmut show` says of a mutant."""
    changed = [line for line in shown.splitlines() if re.match(r"[-+](?![-+])", line)]
    return Survivor(place(mutant), tuple(f"{line[0]} {line[1:].strip()}" for line in changed))


def explained(text: str | None = None) -> Iterator[Survivor]:
    """The survivors in the file, or a text like it, that have a reason. Each is a paragraph: the function, its change,
    and the reason in lines as far indented as those of the change.
    """
    written = _FILE.read_text(encoding="utf-8") if text is None else text
    for paragraph in written.split("\n\n"):
        where, *lines = [line.strip() for line in paragraph.splitlines() if line and not line.startswith("#")] or [""]
        change = tuple(line for line in lines if line.startswith(("- ", "+ ")))
        if where and len(change) < len(lines):
            yield Survivor(where, change)
