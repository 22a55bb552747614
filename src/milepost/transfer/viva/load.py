"""Imports an export of Viva Goals, in one transaction: every row that can be taken, or nothing if it breaks off.

The same file, or a later one, can be imported again: only new records are added.
"""

from __future__ import annotations

from functools import partial

import msgspec

from milepost.actions import rollup
from milepost.actions.context import Context
from milepost.transfer.files import CannotRead
from milepost.transfer.table import cells, custom_fields, noted
from milepost.transfer.table.columns import require_columns
from milepost.transfer.table.load import Progress, importing
from milepost.transfer.table.report import Problem, Report, Tally
from milepost.transfer.table.run import Run
from milepost.transfer.table.sheet import Sheet
from milepost.transfer.viva import progress as told_progress
from milepost.transfer.viva.columns import Field, layout
from milepost.transfer.viva.place import Places
from milepost.transfer.viva.rows import Row, Tree
from milepost.transfer.viva.taking import Taker

# At most this many cells: the tree is held in memory until its last row, since a parent may be anywhere.
CELLS = 500_000


def load(
    context: Context,
    sheets: list[Sheet],
    wanted: dict[str, Field | None],
    *,
    cycle_name: str = "",
    fallback: str = "",
    dry_run: bool = False,
    progress: Progress = lambda _sheet, _done, _total: None,
) -> Report:
    """Import an export into an account; the report comes back. The arguments are those of `table.load`."""
    report = Report(dry_run)
    rows = _rows(sheets, wanted, report)
    with importing(context, dry_run=dry_run) as kept, kept.database.transaction(), rollup.put_off(kept):
        _take(Run(kept, report, cycle_name, fallback), Tree(rows), progress)
    return report


def _rows(sheets: list[Sheet], wanted: dict[str, Field | None], report: Report) -> list[Row]:
    """The rows of all sheets that are not empty. A parent may be anywhere, so all are read before one is imported."""
    rows, heads, count = [], [], 0
    for sheet in sheets:
        found = layout(sheet, wanted)
        if isinstance(found, str):
            report.problems.append(Problem(sheet.name, 0, "", found))
            continue
        heads.append(found.head)
        report.sheets.append(Tally(sheet.name))
        report.notes += sheet.notes
        said = []
        for number, row in sheet.rows:
            if any(cells.text(cell) for cell in row):
                said.append((number, row))
                count += len(row)
            if count > CELLS:
                raise CannotRead(f"{sheet.name}: has more than {CELLS:,} cells in its rows: split the export by period")
        told = (found.cell(row, Field.PROGRESS) for _, row in said)
        if told_progress.is_fraction(told, sheet.has_decimal_commas):
            found = msgspec.structs.replace(found, has_fractions=True)
            report.note(f"{sheet.name}: {found.names[Field.PROGRESS]} is taken to be in fractions: 0.45 is 45 %")
        rows += [Row(sheet, found, number, row) for number, row in said]
    require_columns(wanted, heads)
    return rows


def _take(run: Run, tree: Tree, done: Progress) -> None:
    taker = Taker(run, Places(run, tree), tree)
    tallies = {tally.sheet: tally for tally in run.report.sheets}
    for row in tree.downward():
        tally = tallies[row.sheet.name]
        tally.found += 1
        tally.count(run.attempt(row.sheet.name, row.number, partial(taker.take, row)))
        done(row.sheet.name, tally.found, None)
    for sheet, found in taker.noted.items():
        tallies[sheet].add_history(sum(map(len, found.values())), noted.add(run.context, found.items()))
    custom_fields.define(run.context, taker.used)
    run.report.notes += run.made()
