"""Progress bars for commands that take a while."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# (task, items done, items in all or `None` if unknown), after each item or several.
Progress = Callable[[str, int, int | None], None]


@contextmanager
def bars() -> Iterator[Progress]:
    """Bars on standard error, one for each task, if that is a terminal; nothing otherwise."""
    if not sys.stderr.isatty():
        yield lambda _name, _done, _total: None
        return
    # Imported here: rich takes longer to load than most commands take to run.
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, TaskID
    from rich.progress import Progress as Bars

    with Bars(*Bars.get_default_columns(), MofNCompleteColumn(), console=Console(stderr=True)) as drawn:
        tasks: dict[str, TaskID] = {}

        def advance(name: str, done: int, total: int | None) -> None:
            if name not in tasks:
                tasks[name] = drawn.add_task(name, total=total)
            drawn.update(tasks[name], completed=done)

        yield advance
