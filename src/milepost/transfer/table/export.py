"""Exports for people: key results, or their check-ins, as rows of a spreadsheet or a CSV file."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from milepost.actions import access, surroundings
from milepost.actions.context import Context
from milepost.actions.surroundings import History
from milepost.domain import instants
from milepost.domain.instants import Instant
from milepost.domain.people import Capability
from milepost.domain.views import KeyResultView
from milepost.store import custom_fields, key_results, users
from milepost.transfer import unfinished
from milepost.transfer.files import CannotWrite
from milepost.transfer.table.comma_separated import MARKED
from milepost.transfer.table.sheet import Cell

# (file, rows done, rows in all), after each.
Progress = Callable[[str, int, int], None]
# The longest text in a cell of a workbook, in characters: Excel opens no longer one.
LONGEST = 32_767

Rows = Iterable[list[Cell | None]]

# Key results that are read in one go, with their surroundings.
_CHUNK = 200
_HEADINGS = (
    "Cycle", "Objective", "Key result", "Owner", "Kind", "Start", "Target", "Current", "Attainment", "Confidence",
    "Weight", "Due date", "Tags", "Description", "Last check-in", "Check-ins",
)  # fmt: skip
_HISTORY_HEADINGS = ("Cycle", "Objective", "Key result", "Date", "Value", "Confidence", "Comment", "Author")


class Written(msgspec.Struct, frozen=True):
    """How many rows a file has, and how many texts in it were cut off."""

    rows: int
    cut: int


class Contents(StrEnum):
    """What a row is."""

    KEY_RESULTS = "key-results"
    CHECK_INS = "check-ins"


def export(
    context: Context, path: Path, contents: Contents, progress: Progress = lambda _file, _done, _total: None
) -> Written:
    """Write a row for each key result or check-in of the account, as it stands at one moment, into a .csv or .xlsx file
    that must not be there yet.

    `CannotWrite` where that is not possible: then nothing is left behind.
    """
    access.require(context, Capability.ADMINISTER)
    write = {".csv": _write_csv, ".xlsx": _write_workbook}[path.suffix.lower()]
    begun, count, cut = unfinished.beside(path), 0, 0

    def counted(rows: Rows) -> Rows:
        nonlocal count
        for row in rows:
            yield row
            count += 1

    try:
        if path.exists():
            raise CannotWrite(f"{path} is there already: name another file")
        os.close(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with context.database.reading():
            headings, rows = _table(context, contents, lambda done, total: progress(path.name, done, total))
            cut = write(begun, contents, headings, counted(rows))
        begun.rename(path)
    except OSError as error:
        raise CannotWrite(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        begun.unlink(missing_ok=True)
    return Written(count, cut)


def _table(context: Context, contents: Contents, done: Callable[[int, int], None]) -> tuple[tuple[str, ...], Rows]:
    names = {user.id: user.email or user.name for user in users.everyone(context.database, context.account_id)}
    if contents is Contents.CHECK_INS:
        views = _views(context, History.ALL, done)
        return _HISTORY_HEADINGS, (row for view in views for row in _history(view, names))
    own = _custom_fields(context)
    headings = (*_HEADINGS, *[name for name in own if name not in _HEADINGS])
    return headings, (_key_result(view, headings[len(_HEADINGS) :]) for view in _views(context, History.NONE, done))


def _custom_fields(context: Context) -> list[str]:
    """The names of the custom fields that are defined, in alphabetic order."""
    rows = custom_fields.records.each(context.database, context.account_id)
    return sorted({custom_fields.records.from_row(row).name for _, row in rows} - {""})


def _views(context: Context, history: History, done: Callable[[int, int], None]) -> Iterator[KeyResultView]:
    database, account_id = context.database, context.account_id
    total, count = key_results.records.count(database, account_id), 0
    rows = key_results.records.each(database, account_id)
    while chunk := [key_results.records.from_row(row) for _, row in islice(rows, _CHUNK)]:
        yield from surroundings.of_key_results(database, account_id, chunk, history)
        count += len(chunk)
        done(count, total)


def _key_result(view: KeyResultView, own: Sequence[str]) -> list[Cell | None]:
    one = view.key_result
    return [
        view.cycle.name, view.objective.name, one.name, "; ".join(owner.email or owner.name for owner in view.owners),
        one.kind.replace("_", " "), one.start, one.target, one.current, one.attainment,
        None if one.confidence is None else one.confidence.value, one.weight, _date(one.due_at),
        ", ".join(tag.title for tag in one.tags), one.description, _date(one.last_check_in_at), one.check_in_count,
        *[_plain((one.custom_fields or {}).get(name)) for name in own],
    ]  # fmt: skip


def _plain(value: Any) -> Cell | None:
    """The cell for a custom field: several values one after the other, anything else as JSON."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return "; ".join(map(str, value))
    return msgspec.json.encode(value).decode()


def _history(view: KeyResultView, names: dict[str, str]) -> Iterator[list[Cell | None]]:
    for entry in view.check_ins:
        yield [
            view.cycle.name, view.objective.name, view.key_result.name, _date(entry.effective_at), entry.value,
            entry.confidence, entry.comment, names.get(entry.author_id, entry.author_id),
        ]  # fmt: skip


def _date(instant: Instant | None) -> datetime | None:
    """In UTC, as spreadsheets have no time zones."""
    return None if instant is None else instants.as_datetime(instant).replace(tzinfo=None)


def _write_csv(path: Path, _contents: Contents, headings: tuple[str, ...], rows: Rows) -> int:
    """In UTF-8 with the mark by which Excel knows it; nothing is cut off."""
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        written = csv.writer(opened)
        written.writerow(map(_harmless, headings))
        for row in rows:
            written.writerow([_harmless(cell) for cell in row])
    return 0


def _harmless(cell: Cell | None) -> Cell | None:
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds") + "Z"
    # One apostrophe more also where there are some: the import takes one off.
    return f"'{cell}" if isinstance(cell, str) and MARKED.match(f"'{cell}") else cell


def _write_workbook(path: Path, contents: Contents, headings: tuple[str, ...], rows: Rows) -> int:
    """The number of texts that were cut off comes back: cells have a limit."""
    # Imported here: most commands need no workbooks.
    import xlsxwriter

    cut = 0
    settings = {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm", "in_memory": False}
    with xlsxwriter.Workbook(path, settings) as book:
        sheet = book.add_worksheet(contents.replace("-", " ").capitalize())
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for place, heading in enumerate(headings):
            sheet.write_string(0, place, heading, bold)
        for number, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                if isinstance(cell, str):  # as a text, whatever it begins with
                    cut += len(cell) > LONGEST
                    sheet.write_string(number, place, cell[:LONGEST])
                elif isinstance(cell, datetime):
                    sheet.write_datetime(number, place, cell)
                elif cell is not None:
                    sheet.write(number, place, cell)
    return cut
