"""What every import shows: bars while it runs, then what it has to say, and a table of counts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from milepost.cli import printing
from milepost.cli.digest import digest

# (what is being taken, items done, items in all or `None` where nobody knows), after each item.
Progress = Callable[[str, int, int | None], None]


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


@contextmanager
def progress() -> Iterator[Progress]:
    """Bars on standard error where somebody watches, one for each thing that is taken; nothing otherwise."""
    if not sys.stderr.isatty():
        yield lambda _name, _done, _total: None
        return
    # Imported here: rich takes longer to load than most commands take to run.
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, TaskID
    from rich.progress import Progress as Bars

    with Bars(*Bars.get_default_columns(), MofNCompleteColumn(), console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def advance(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=done)

        yield advance
