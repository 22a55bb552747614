"""Reads a workbook in a process of its own: `python -m milepost.transfer.table.workbook_process FILE`.

It writes each row as MessagePack behind its length, then a list of the sheets, then where that list begins. Its memory
is limited: a damaged or hostile workbook ends this process, and no other.
"""

from __future__ import annotations

import sys
from datetime import date, datetime, time, timedelta
from struct import Struct
from typing import IO, Any

import msgspec
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

# The exit code where the file is no workbook.
DAMAGED = 3
# Marks of cells that MessagePack has no type for.
MOMENT, DATE = "moment", "date"
LENGTH = Struct(">Q")
_MEMORY = 1024 * 1024 * 1024


class Found(msgspec.Struct, frozen=True):
    """A sheet that has cells: where its rows begin in what is written, and how many there are."""

    name: str
    is_hidden: bool
    begin: int
    rows: int


def write(path: str, out: IO[bytes]) -> None:
    """Write every sheet of a workbook."""
    encoder = msgspec.msgpack.Encoder()
    workbook = CalamineWorkbook.from_path(path)
    hidden = {one.name for one in workbook.sheets_metadata if one.visible is not SheetVisibleEnum.Visible}
    found, at = [], 0
    for name in workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(name)
        if not sheet.total_height:
            continue
        begin, count = at, 0
        for row in sheet.iter_rows():
            encoded = encoder.encode([_plain(value) for value in row])
            out.write(LENGTH.pack(len(encoded)))
            out.write(encoded)
            at, count = at + LENGTH.size + len(encoded), count + 1
        found.append(Found(name, name in hidden, begin, count))
    out.write(encoder.encode(found))
    out.write(LENGTH.pack(at))


def _plain(value: str | float | bool | date | datetime | time | timedelta) -> Any:
    if isinstance(value, datetime):
        return {MOMENT: value.isoformat()}
    if isinstance(value, date):
        return {DATE: value.isoformat()}
    return str(value) if isinstance(value, time | timedelta) else value


def _limit_memory() -> None:
    try:
        import resource  # not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limit_memory()
    try:
        write(sys.argv[1], sys.stdout.buffer)
    except CalamineError:
        sys.exit(DAMAGED)
