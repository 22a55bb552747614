"""CSV files as programs write them: commas, semicolons or tabs, in UTF-8, UTF-16 or Windows' Western alphabet."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from milepost.transfer.files import CannotRead
from milepost.transfer.table import numbers
from milepost.transfer.table.sheet import CELLS, Cell, Sheet

# Bytes read to detect encoding and separator, and lines compared for the separator.
_SAMPLE = 65_536
_LINES = 10
# Rows read to detect decimal commas; if these leave it open, the separator decides what is likely.
_TELLING = 50_000
_LIKELY = {",": False, ";": True}
_WESTERN = "cp1252"
# A word with letters that other encodings read differently.
_FOREIGN = re.compile(r"\b\w{0,20}[^\W\x00-\x7f]\w{0,20}|[^\x00-\x7f]")
# The longest cell, in characters.
_CELL = 200_000
# A text that a spreadsheet program would run as a formula, which could call out, but for the apostrophe before it.
MARKED = re.compile(r"'+[=+\-@\t\r]")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read(path: Path) -> Sheet:
    """The table of a file, read as its rows are asked for. `CannotRead` where it is none, also on the way."""
    try:
        with path.open("rb") as opened:
            sample = opened.read(_SAMPLE)
    except OSError as error:
        raise CannotRead(f"{path}: cannot be read: {error.strerror or error}") from error
    if not sample.strip():
        raise CannotRead(f"{path}: is empty")
    encoding = _encoding(path, sample)
    shown = sample.decode(encoding, errors="replace")
    separator = _separator(shown)
    first = (row for _, row in islice(_rows(path, encoding, separator), _TELLING))
    return Sheet(
        path.name,
        _rows(path, encoding, separator),
        has_decimal_commas=numbers.has_decimal_commas(first, _LIKELY.get(separator)),
        is_ragged=True,
        notes=_notes(path, encoding, shown),
    )


def _notes(path: Path, encoding: str, shown: str) -> tuple[str, ...]:
    """The remark on a file whose encoding is a guess, with an example."""
    if encoding != _WESTERN or (found := _FOREIGN.search(shown)) is None:
        return ()
    return (
        f'{path.name} is not in UTF-8, and is read in Windows\' Western alphabet, as "{found[0]}": '
        "where that is wrong, save it in UTF-8",
    )


def _encoding(path: Path, sample: bytes) -> str:
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    if b"\0" in sample:
        raise CannotRead(f"{path}: is no text: save it as CSV in UTF-8, or give the .xlsx file")
    try:
        # A letter of several bytes may be cut off at the end of the sample.
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return _WESTERN
    return "utf-8"


def _separator(sample: str) -> str:
    """The separator that is most frequent in one of the first lines, outside of quoted texts."""
    lines = ["".join(line.split('"')[::2]) for line in sample.splitlines()[:_LINES]]
    return max(",;\t|", key=lambda separator: max((line.count(separator) for line in lines), default=0))


def _rows(path: Path, encoding: str, separator: str) -> Iterator[tuple[int, list[Cell]]]:
    cells = 0
    with path.open(encoding=encoding, newline="") as opened:
        lines = csv.reader(opened, delimiter=separator, strict=True)
        csv.field_size_limit(_CELL)
        for number in count(1):
            try:
                row = next(lines)
            except StopIteration:
                return
            except csv.Error as error:
                raise CannotRead(f"{path}, line {lines.line_num:,}: is no CSV: {error}") from error
            except UnicodeDecodeError as error:
                raise CannotRead(
                    f"{path}: is written in another alphabet than it begins with: save it as CSV in UTF-8"
                ) from error
            cells += len(row)
            if cells > CELLS:
                raise CannotRead(f"{path}: has more than {CELLS:,} cells: split it, and import the parts")
            yield number, [_unmarked(cell) for cell in row]


def _unmarked(cell: str) -> str:
    """A text without the apostrophe that keeps spreadsheet programs from taking it for a formula."""
    return cell[1:] if MARKED.match(cell) else cell
