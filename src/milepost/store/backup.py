"""Copies of an embedded database in one file each, made while others read and write it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from milepost.store.new_file import CannotBackUp, cannot, made, require_new

__all__ = ["CannotBackUp", "back_up", "in_words", "size_of"]

# Bytes that a copy may need beyond its own size.
_MARGIN = 1 << 20


def back_up(path: Path, target: Path, progress: Callable[[int, int], None] = lambda _done, _all: None) -> None:
    """Copy a database, as it stands at one moment, to a new file that only its owner may read.

    The file gets its name once it is whole and on disk; else `CannotBackUp`. `progress`: pages copied, pages in all.
    """
    _require_room(path, target)
    with made(target) as part:
        try:
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
                source.backup(copy, progress=lambda _status, left, whole: progress(whole - left, whole))
                found = copy.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.Error as error:
            raise cannot(target, error) from error
        if found != ("ok",):
            raise CannotBackUp(f"{path} is damaged, and so is a copy of it: {found[0]}")


def size_of(path: Path) -> int:
    """How large a copy becomes at most, in bytes: what is in the file, and what is still in its log."""
    return sum(file.stat().st_size for file in (path, Path(f"{path}-wal")) if file.exists())


def _require_room(path: Path, target: Path) -> None:
    require_new(target)
    try:
        needed, free = size_of(path) + _MARGIN, shutil.disk_usage(target.parent).free
    except OSError as error:
        raise CannotBackUp(f"{target}: {error.strerror}; name a file in a folder that is there") from error
    if free < needed:
        raise CannotBackUp(
            f"{target}: there is no room for a copy: it takes {in_words(needed)}, and {in_words(free)} are free"
        )


def in_words(size: int) -> str:
    """A size in bytes, in the largest unit of which there is one."""
    amount, unit = float(size), "bytes"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.0f} {unit}" if amount >= 10 or unit == "bytes" else f"{amount:.1f} {unit}"
