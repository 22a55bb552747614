"""Checks the size of a workbook before anything of it is unpacked into memory."""

from __future__ import annotations

import re
import zipfile
from array import array
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import IO

from milepost.transfer.files import CannotRead

# The largest size of a workbook, unpacked, in bytes.
_UNPACKED = 256 * 1024 * 1024
_STEP = 1024 * 1024
# A cell, and the place of a cell or a row, such as r="AB12" and r="12": shorter than the overlap of two steps.
_STARTED = re.compile(rb"<(?:\w{1,8}:)?c[\s/>]")
_PLACE = re.compile(rb"""\br\s?=\s?["']([A-Za-z]{0,3})([0-9]{1,7})["']""")
_LONGEST = 64
# A cell that holds an error, and its row.
_FAILED = re.compile(
    rb"""<(?:\w{1,8}:)?c\s[^<>]{0,30}?\br\s?=\s?["'][A-Za-z]{1,3}([0-9]{1,7})["'][^<>]{0,30}?\bt\s?=\s?["']e["']"""
)
# The largest size of the texts of all cells, in bytes. A text is stored once and referred to by cells: a few long ones
# with many references would fill the memory.
_TEXTS = 64 * 1024 * 1024
# The text of a cell that shares none; what is cut off and no longer may be a number, or an end that is kept twice.
_SHORT = 200
_INLINE = re.compile(rb"<(?:\w{1,8}:)?t(?:\s[^<>]{0,99})?>([^<]+)<")
_END_OF_TEXT = re.compile(rb"</(?:\w{1,8}:)?si>|<(?:\w{1,8}:)?si\s?/>")
_OF_TEXT = re.compile(rb"""\bt\s?=\s?["']s["']""")
_MEANT = re.compile(rb"""\bt\s?=\s?["']s["'][^>]{0,99}>\s{0,9}<(?:\w{1,8}:)?v>([0-9]{1,9})<""")


def require_bounded(path: Path, most_cells: int) -> dict[str, frozenset[int]]:
    """Check the unpacked size, and how far the sheets reach: one cell far away costs as much as all between. The
    numbers of the rows in which a formula failed come back, by sheet. `CannotRead` where it is too large.
    """
    unpacked = cells = meant = inline = 0
    failed: dict[str, set[int]] = {}
    with zipfile.ZipFile(path) as packed:
        for member in packed.infolist():
            widest = tallest = started = 0
            with packed.open(member) as opened:
                for step in _steps(opened):
                    unpacked += len(step)
                    if unpacked > _UNPACKED:
                        raise CannotRead(f"{path}: unpacks to more than {_UNPACKED // 2**20} MiB: split it")
                    started += len(_STARTED.findall(step))
                    meant += len(_OF_TEXT.findall(step))
                    if not _has_shared(member):
                        inline += _inline(step)
                    for match in _FAILED.finditer(step):
                        failed.setdefault(member.filename, set()).add(int(match[1]))
                    for letters, digits in _PLACE.findall(step):
                        widest, tallest = max(widest, _column(letters.upper())), max(tallest, int(digits))
            cells += max(widest * tallest, started)
            if cells > most_cells:
                raise CannotRead(
                    f"{path}: reaches over more than {most_cells:,} cells: split it, or delete what stands far off"
                )
        lengths = _lengths(packed)
        shared = _told(packed, lengths) if lengths and max(lengths) * meant > _TEXTS - inline else 0
        if inline + shared > _TEXTS:
            raise CannotRead(
                f"{path}: the texts of its cells come to more than {_TEXTS // 2**20} MiB, since long ones stand in "
                "many cells: shorten them, or split it"
            )
        return {name: frozenset(failed[file]) for name, file in _files(packed).items() if file in failed}


def _files(packed: zipfile.ZipFile) -> dict[str, str]:
    """The file of each sheet, by its name; none where the workbook does not say so in the usual place."""
    try:
        book, beside = (
            packed.open(name).read(_STEP).decode(errors="replace")
            for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
        )
    except KeyError:
        return {}
    targets = {one.get("Id"): one.get("Target", "").removeprefix("/xl/") for one in _attributes(beside, "Relationship")}
    sheets = {one.get("name", ""): targets.get(one.get("id")) for one in _attributes(book, "sheet")}
    return {name: f"xl/{target}" for name, target in sheets.items() if target}


def _attributes(document: str, tag: str) -> Iterator[dict[str, str]]:
    """The attributes of all tags of a name, without their namespaces."""
    for found in re.finditer(rf"<(?:\w{{1,8}}:)?{tag}\s([^<>]*)>", document):
        pairs = re.findall(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", found[1])
        yield {name.rpartition(":")[2]: unescape(one or other) for name, one, other in pairs}


def _inline(step: bytes) -> int:
    """How long the texts of cells are in a step that share none, in bytes; of those that are cut off, the part here."""
    first, last = step.find(b"<"), step.rfind(b">")
    cut = (len(step) if first < 0 else first, len(step) - last - 1 if first >= 0 else 0)
    return sum(map(len, _INLINE.findall(step))) + sum(length for length in cut if length > _SHORT)


def _has_shared(member: zipfile.ZipInfo) -> bool:
    """Whether a file holds the texts that cells share."""
    return member.filename.lower().endswith("sharedstrings.xml")


def _lengths(packed: zipfile.ZipFile) -> array[int]:
    """The sizes of the shared texts, in bytes, by number."""
    lengths = array("Q")
    for member in packed.infolist():
        if _has_shared(member):
            begun, cut = 0, b""
            with packed.open(member) as opened:
                while step := opened.read(_STEP):
                    step = cut + step
                    # A tag may go on in the next step.
                    whole = step.rfind(b"<")
                    whole = len(step) if whole < 0 or len(step) - whole > _LONGEST else whole
                    step, cut, last = step[:whole], step[whole:], 0
                    for end in _END_OF_TEXT.finditer(step):
                        lengths.append(begun + end.start() - last)
                        begun, last = 0, end.end()
                    begun += len(step) - last
    return lengths


def _told(packed: zipfile.ZipFile, lengths: array[int]) -> int:
    """The size of all texts that cells refer to, in bytes."""
    told = 0
    for member in packed.infolist():
        with packed.open(member) as opened:
            for step in _steps(opened):
                numbers = map(int, _MEANT.findall(step))
                told += sum(lengths[number] for number in numbers if number < len(lengths))
    return told


def _steps(opened: IO[bytes]) -> Iterator[bytes]:
    """A file in pieces, each with the end of the one before, so that no match is cut in two."""
    end = b""
    while step := opened.read(_STEP):
        yield end + step
        end = step[-_LONGEST:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
