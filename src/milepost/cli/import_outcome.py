"""What every import shows at its end: what it has to say, and a table of counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from milepost.cli import printing
from milepost.cli.digest import digest


def tell(lines: Iterable[str], headings: Sequence[str], tallies: Sequence[Any], *, dry_run: bool) -> None:
    """Write the lines, of many alike the first few, then the counts, without the columns that are all zero."""
    for line in digest(lines):
        printing.words(printing.harmless(line))
    counts = [msgspec.structs.astuple(tally) for tally in tallies]
    shown = [column for column in range(len(headings)) if any(row[column] for row in counts)]
    rows = [[f"{row[column]:,}" if column else row[column] for column in shown] for row in counts]
    printing.table([headings[column] for column in shown], rows)
    if dry_run:
        printing.words("This was a dry run: nothing of it was kept.")
