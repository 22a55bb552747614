"""Excel workbooks. One that unpacks to more than any plan needs is refused before it is unpacked into memory.

The library that reads them runs in a process of its own (`workbook_process.py`): a damaged or hostile file may make it
abort, or fill the memory. The rows come back in a file.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import weakref
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from milepost.transfer.files import CannotRead
from milepost.transfer.table import numbers
from milepost.transfer.table.sheet import CELLS, Cell, Sheet
from milepost.transfer.table.workbook_bounds import require_bounded
from milepost.transfer.table.workbook_process import DAMAGED, LENGTH, MOMENT, Found

# Rows read to detect decimal commas in numbers that are texts.
_TELLING = 50_000
# At most this many seconds are spent on reading one workbook.
_PATIENCE = 300
_PIECE = 256 * 1024
_decoder = msgspec.msgpack.Decoder(list[Any])


class _Rows:
    """The output of the other process: a file without a name, which vanishes however this process ends. It is closed
    with the last sheet that reads from it.
    """

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115  # it outlives this method
        weakref.finalize(self, self.file.close)

    def read(self, length: int, at: int) -> bytes:
        """At most `length` bytes from a place on."""
        return os.pread(self.file.fileno(), length, at)


def read(path: Path, most_cells: int = CELLS) -> list[Sheet]:
    """Every sheet of a workbook that has cells. `CannotRead` where it is none, or has more than `most_cells`."""
    try:
        failed = require_bounded(path, most_cells)
        rows, sheets = _read_apart(path)
    except zipfile.BadZipFile as error:
        raise CannotRead(f"{path}: is no Excel workbook (.xlsx), or a damaged one") from error
    except (RuntimeError, NotImplementedError) as error:  # by zipfile: a password is needed
        raise CannotRead(f"{path}: cannot be unpacked: save it without a password") from error
    except OSError as error:
        raise CannotRead(f"{path}: cannot be read: {error.strerror or error}") from error
    return [_table(rows, sheet, failed.get(sheet.name, frozenset())) for sheet in sheets]


def _table(rows: _Rows, found: Found, failed: frozenset[int]) -> Sheet:
    first = (row for _, row in islice(_rows(rows, found), _TELLING))
    notes = (f"the sheet {found.name} is hidden, and is taken as others are",) if found.is_hidden else ()
    has_commas = numbers.has_decimal_commas(first, None)
    return Sheet(found.name, _rows(rows, found), has_decimal_commas=has_commas, failed=failed, notes=notes)


def _read_apart(path: Path) -> tuple[_Rows, list[Found]]:
    """The rows of all sheets, and where those of each are."""
    rows = _Rows()
    command = [sys.executable, "-m", "milepost.transfer.table.workbook_process", str(path.absolute())]
    try:
        ended = subprocess.run(  # noqa: S603  # our own program, and a path
            command,
            stdin=subprocess.DEVNULL,
            stdout=rows.file,
            stderr=subprocess.DEVNULL,
            # No more of the environment, which may hold secrets.
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CannotRead(f"{path}: takes longer than {_PATIENCE} seconds to read: split it") from error
    if ended.returncode == DAMAGED:
        raise CannotRead(f"{path}: is no Excel workbook (.xlsx), or a damaged one")
    if ended.returncode:
        raise CannotRead(
            f"{path}: cannot be read: it is damaged, or takes more memory than a plan needs; save it again with a "
            "spreadsheet program, or as CSV"
        )
    size = rows.file.seek(0, os.SEEK_END)
    (index,) = LENGTH.unpack(rows.read(LENGTH.size, size - LENGTH.size))
    return rows, msgspec.msgpack.decode(rows.read(size - index - LENGTH.size, index), type=list[Found])


def _rows(rows: _Rows, found: Found) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of one sheet, by their numbers; several sheets can be gone through at once."""
    held, at = b"", found.begin
    for number in range(1, found.rows + 1):
        while len(held) < (whole := _whole(held)):
            piece = rows.read(max(_PIECE, whole), at)
            held, at = held + piece, at + len(piece)
        yield number, [_cell(value) for value in _decoder.decode(held[LENGTH.size : whole])]
        held = held[whole:]


def _whole(held: bytes) -> int:
    """The size of the first row with its length prefix, in bytes; a lower bound where that is cut off."""
    return LENGTH.size + (LENGTH.unpack_from(held)[0] if len(held) >= LENGTH.size else 0)


def _cell(value: Any) -> Cell:
    if isinstance(value, dict):
        ((kind, said),) = value.items()
        return datetime.fromisoformat(said) if kind == MOMENT else date.fromisoformat(said)
    return value  # type: ignore[no-any-return]
