"""Rows of tasks: each with the name of the objective that it belongs to."""

from __future__ import annotations

from milepost.actions import tasks
from milepost.domain.task import ParentKind, TaskChange
from milepost.domain.values import text
from milepost.store import tasks as stored
from milepost.transfer.outcome import Outcome
from milepost.transfer.table import cells
from milepost.transfer.table.columns import Field, Layout
from milepost.transfer.table.run import Run, plain
from milepost.transfer.table.sheet import Cell


def take(run: Run, laid_out: Layout, _number: int, row: list[Cell]) -> Outcome:
    """Add the task of a row, unless its objective has one of this name. `Invalid` where the row cannot be taken."""
    title, objective, cycle, owner, description = (
        cells.text(laid_out.cell(row, field))
        for field in (Field.TASK, Field.OBJECTIVE, Field.CYCLE, Field.OWNER, Field.DESCRIPTION)
    )
    parent_id = run.objective_named(objective, cycle or run.cycle_name) if objective else ""
    beneath = stored.beneath(run.context.database, run.context.account_id, parent_id)
    if any(plain(one.name) == plain(title) for one in beneath):
        return Outcome.ALREADY_THERE
    change = TaskChange(
        name=title,
        description=text(description, "description"),
        parent_id=parent_id,
        parent_kind=ParentKind.OBJECTIVE if parent_id else ParentKind.NONE,
        owner_id=next(iter(run.owners(owner)), ""),
        due_at=cells.moment(laid_out.cell(row, Field.DUE), "due", month_first=laid_out.month_first),
    )
    tasks.add(run.context, change)
    return Outcome.TAKEN
