"""Imports a workbook or a CSV file in one transaction: every row that can be taken, or nothing if it breaks off.

Records are known by their names, so that the same file, or a longer one, can be imported again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec

from milepost.actions import rollup
from milepost.actions.context import Context
from milepost.domain.errors import Invalid
from milepost.transfer.files import CannotRead
from milepost.transfer.outcome import Outcome
from milepost.transfer.table import cells, comma_separated, people, tasks
from milepost.transfer.table.columns import Contents, Field, Layout, NothingKnown, layout, require_columns
from milepost.transfer.table.earlier import FRONT_END
from milepost.transfer.table.key_results import Reader
from milepost.transfer.table.report import Report, Tally
from milepost.transfer.table.run import Run
from milepost.transfer.table.sheet import CELLS, Cell, Sheet

# (sheet, rows done, `None`: their total is unknown), after each row.
Progress = Callable[[str, int, None], None]
# Imports a row, given its number and its cells.
Taker = Callable[[int, list[Cell]], Outcome]


def read(
    path: Path, *, month_first: bool | None = None, has_decimal_commas: bool | None = None, most_cells: int = CELLS
) -> list[Sheet]:
    """The tables of a file, by its ending. `month_first`: how days such as 3/4/2026 are meant; `has_decimal_commas`:
    how numbers such as 1.500 are; both where that is known. `CannotRead` where it cannot be taken, or is a workbook of
    more than `most_cells` cells.
    """
    found = [msgspec.structs.replace(sheet, month_first=month_first) for sheet in _tables(path, most_cells)]
    if has_decimal_commas is None:
        return found
    return [msgspec.structs.replace(sheet, has_decimal_commas=has_decimal_commas) for sheet in found]


def _tables(path: Path, most_cells: int) -> list[Sheet]:
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        return [comma_separated.read(path)]
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        # Imported here: most commands need no workbooks.
        from milepost.transfer.table import workbook

        return workbook.read(path, most_cells)
    raise CannotRead(f"{path}: is neither .csv nor .xlsx: save it as one of these")


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
    """Import tables into an account; the report comes back. `wanted`: the meaning of headings; `cycle_name`: the cycle
    of rows that name none; `fallback`: the address of the owner of records whose owners are unknown.

    `dry_run` does everything to a copy of the database. `CannotRead` where a file breaks off; `NotFound` where nobody
    has the address.
    """
    report = Report(dry_run)
    with importing(context, dry_run=dry_run) as kept:
        _take_all(kept, report, sheets, wanted, cycle_name, fallback, progress)
    return report


@contextmanager
def importing(context: Context, *, dry_run: bool) -> Iterator[Context]:
    """The context of an import into the account; of a dry run, into a copy of the database."""
    context = msgspec.structs.replace(context, front_end=FRONT_END)
    if not dry_run:
        yield context
        return
    with context.database.scratch() as copy:
        yield msgspec.structs.replace(context, database=copy)


def _take_all(
    context: Context,
    report: Report,
    sheets: list[Sheet],
    wanted: dict[str, Field | None],
    cycle_name: str,
    fallback: str,
    progress: Progress,
) -> None:
    report.notes += [note for sheet in sheets for note in sheet.notes]
    laid_out: list[tuple[Sheet, Layout]] = []
    heads: list[tuple[str, ...]] = []
    strange: list[tuple[Sheet, NothingKnown]] = []
    for sheet in sheets:
        try:
            found = layout(sheet, wanted)
            heads.append(found.head)
            _require_place(found, cycle_name)
            if report.dry_run:
                report.notes += [f"{sheet.name}: {words}" for words in found.told()]
            laid_out.append((sheet, found))
        except NothingKnown as error:
            strange.append((sheet, error))
        except Invalid as error:
            report.refuse(sheet.name, 0, error, {})
    require_columns(wanted, heads)
    for sheet, unknown in strange:
        if laid_out:  # a workbook may have sheets without data, such as a list of words
            report.note(f"{sheet.name}: {unknown.faults[0].message}; passed over")
        else:
            report.refuse(sheet.name, 0, unknown, {})
    with context.database.transaction(), rollup.put_off(context):
        run = Run(context, report, cycle_name, fallback)
        for contents in Contents:  # in this order: owners and objectives come before what names them
            for sheet, found in laid_out:
                if found.contents is contents:
                    _take(run, sheet, found, progress)
        report.notes += run.made()


def _require_place(found: Layout, cycle_name: str) -> None:
    """`Invalid` where nothing tells the objective and cycle of rows of key results."""
    if found.contents is not Contents.KEY_RESULTS:
        return
    if Field.OBJECTIVE not in found.places:
        raise Invalid("", "has no column of objectives: say which with --map")
    if Field.CYCLE not in found.places and not cycle_name and not found.cycle_name:
        raise Invalid("", "has no column of cycles: say which with --map, or name one for all rows with --cycle")


def _taken(take: Taker, sheet: Sheet, laid_out: Layout, number: int, row: list[Cell]) -> Outcome:
    """What becomes of a row; `Invalid` where its cells have slipped to the right, past the headings, or one is none."""
    if number in sheet.failed:
        raise Invalid("", "has a formula that failed, such as #DIV/0!: mend it, or clear its cell")
    if sheet.is_ragged and any(cells.text(cell) for cell in row[len(laid_out.head) :]):
        raise Invalid(
            "", f"has {len(row)} cells for {len(laid_out.head)} headings: put a text with a separator in quotes"
        )
    return take(number, row)


def _take(run: Run, sheet: Sheet, laid_out: Layout, progress: Progress) -> None:
    tally = Tally(sheet.name)
    run.report.sheets.append(tally)
    reader = Reader(run, sheet, laid_out) if laid_out.contents is Contents.KEY_RESULTS else None
    take: Taker
    if reader is not None:
        take = reader.take
    else:
        take = partial(tasks.take if laid_out.contents is Contents.TASKS else people.take, run, laid_out)
    for number, row in laid_out.rows:
        if not any(cells.text(cell) for cell in row):
            continue
        tally.found += 1
        tally.count(
            run.attempt(sheet.name, number, partial(_taken, take, sheet, laid_out, number, row), laid_out.headings)
        )
        progress(sheet.name, tally.found, None)
    if reader is not None:
        reader.finish(tally)
