"""The output of every import at its end: remarks, and a table of counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from milepost.cli import printing
from milepost.transfer.digest import digest
from milepost.transfer.outcome import counted


def tell(lines: Iterable[str], headings: Sequence[str], tallies: Sequence[Any], *, dry_run: bool) -> None:
    """Write the lines, of many similar ones the first few, then the counts, without the columns that are all zero."""
    for line in digest(lines):
        printing.words(printing.harmless(line))
    printing.table(*counted(headings, tallies))
    if dry_run:
        printing.words("This was a dry run: nothing of it was kept.")
