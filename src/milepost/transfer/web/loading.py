"""Imports an uploaded file, or tries to: the importers of the command line, with limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from time import monotonic

import msgspec

from milepost.actions.context import Context
from milepost.transfer.digest import digest
from milepost.transfer.files import CannotRead
from milepost.transfer.gtmhub import archive, folder, saved
from milepost.transfer.gtmhub.report import HEADINGS as FILE_HEADINGS
from milepost.transfer.outcome import counted
from milepost.transfer.table import columns
from milepost.transfer.table import load as table
from milepost.transfer.table.report import HEADINGS as SHEET_HEADINGS
from milepost.transfer.table.report import Report
from milepost.transfer.table.sheet import Cell, Sheet
from milepost.transfer.viva.columns import Field as VivaField
from milepost.transfer.viva.load import load as load_viva

# At most this many rows of a table, and seconds for importing and for trying it. All other changes wait for the one
# transaction of its import, so that it must end before they give up; while it is tried, only other files wait. A folder
# is imported a thousand records at a time, up to RECORDS.
ROWS, SECONDS, TRYING = 10_000, 8.0, 40.0
RECORDS = 50_000


class Kind(StrEnum):
    """What a file is."""

    TABLE = "table"
    VIVA = "viva"
    GTMHUB = "gtmhub"


# The most cells of a workbook: they are held while it is read.
_CELLS = 1_000_000
# Whether the month comes first in days such as 3/4/2026.
_ORDERS = {"day-first": False, "month-first": True}
_MARKS = {"decimal-comma": True, "decimal-point": False}


class Asked(msgspec.Struct, frozen=True):
    """How to read a file: the options `--map`, `--cycle`, `--owner`, `--dates` and `--numbers` of the commands."""

    kind: Kind
    columns: tuple[str, ...] = ()
    cycle: str = ""
    owner: str = ""
    dates: str = ""
    numbers: str = ""


class Told(msgspec.Struct, frozen=True):
    """The result of an import or a trial: counts by sheet or list, and remarks. `is_whole`: nothing was
    refused. `brings`: something came in, or would.
    """

    headings: list[str]
    rows: list[list[str]]
    lines: list[str]
    is_whole: bool
    brings: bool


def load(context: Context, path: Path, asked: Asked, *, dry_run: bool) -> Told:
    """Import a file into the account, or try to. `CannotRead` names the file as its owner knows it; `NotFound` where
    nobody has the address of the owner, `Invalid` where a column is to be what there is not.
    """
    try:
        if asked.kind is Kind.GTMHUB:
            return _load_folder(context, path, dry_run=dry_run)
        report = _load_table(context, path, asked, dry_run=dry_run)
    except CannotRead as error:
        raise CannotRead(str(error).replace(str(path), path.name)) from error
    return _told(SHEET_HEADINGS, report.sheets, report.lines(), is_whole=not report.problems)


def _load_table(context: Context, path: Path, asked: Asked, *, dry_run: bool) -> Report:
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        archive.require_short_list(path)
    month_first, has_commas = _ORDERS.get(asked.dates), _MARKS.get(asked.numbers)
    sheets = _bounded(path, table.read(path, month_first=month_first, has_decimal_commas=has_commas, most_cells=_CELLS))
    in_time = _InTime(path, TRYING if dry_run else SECONDS)
    if asked.kind is Kind.VIVA:
        wanted = columns.asked(asked.columns, VivaField)
        return load_viva(
            context,
            sheets,
            wanted,
            cycle_name=asked.cycle,
            fallback=asked.owner,
            dry_run=dry_run,
            progress=in_time,
        )
    meant = columns.asked(asked.columns, columns.Field)
    return table.load(
        context, sheets, meant, cycle_name=asked.cycle, fallback=asked.owner, dry_run=dry_run, progress=in_time
    )


def _load_folder(context: Context, path: Path, *, dry_run: bool) -> Told:
    with archive.unpacked(path) as found:
        try:
            lists = saved.read(found)
            if sum(one.count for one in lists.files) > RECORDS:
                raise CannotRead(f"{path}: holds more than {RECORDS:,} records: {_ELSEWHERE}")
            report = folder.load(
                context.database, context.clock, lists, context.account_id, actor=context.actor, dry_run=dry_run
            )
        except CannotRead as error:
            raise CannotRead(str(error).replace(f"{found}/", "").replace(str(found), path.name)) from error
    return _told(FILE_HEADINGS, report.files, report.lines(), is_whole=not report.problems)


_ELSEWHERE = "split it, or have whoever runs this server import it with `milepost import`"


class _InTime:
    """Gives up an import that has taken too many seconds since its first row."""

    def __init__(self, path: Path, seconds: float) -> None:
        self._path = path
        self._seconds = seconds
        self._until: float | None = None

    def __call__(self, _sheet: str, _done: int, _total: None) -> None:
        if self._until is None:
            self._until = monotonic() + self._seconds
        elif monotonic() > self._until:
            raise CannotRead(f"{self._path}: takes longer than {self._seconds:g} seconds here: {_ELSEWHERE}")


def _bounded(path: Path, sheets: list[Sheet]) -> list[Sheet]:
    """The sheets, which give up once they have gone through too many rows together."""
    count = 0

    def within(rows: Iterator[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
        nonlocal count
        for number, row in rows:
            count += any(cell != "" for cell in row)
            if count > ROWS:
                raise CannotRead(f"{path}: has more than {ROWS:,} rows: {_ELSEWHERE}")
            yield number, row

    return [msgspec.structs.replace(sheet, rows=within(sheet.rows)) for sheet in sheets]


def _told(headings: tuple[str, ...], tallies: Sequence[msgspec.Struct], lines: list[str], *, is_whole: bool) -> Told:
    brings = any(getattr(one, "taken", 0) or getattr(one, "history_added", 0) for one in tallies)
    return Told(*counted(headings, tallies), list(digest(lines)), is_whole, brings)
