"""Writes a folder that `saved` reads: a file for each kind, in pages of at most 1,000 records, one record a line."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import msgspec

from milepost.dialects.gtmhub.wire.shared import Shown
from milepost.transfer import unfinished
from milepost.transfer.files import CannotWrite

# Gtmhub's own largest page.
PAGE = 1_000


class Pages:
    """A folder that appears complete when `keep` is called, readable for its owner only. Until then a folder beside it
    is filled.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._filled = unfinished.beside(folder)

    def __enter__(self) -> Pages:
        try:
            if self._folder.exists() and (not self._folder.is_dir() or any(self._folder.iterdir())):
                raise CannotWrite(f"{self._folder} is there already, and not an empty folder: name another one")
            self._filled.mkdir(mode=0o700)
        except OSError as error:
            raise self._failed(error) from error
        return self

    def __exit__(self, *_raised: object) -> None:
        shutil.rmtree(self._filled, ignore_errors=True)

    def write(self, kind: str, records: Iterable[Shown | msgspec.Raw], total: int) -> Iterator[int]:
        """Write the records of one kind, such as "metrics", and yield after each page how many are written. `total`:
        how many there are in all. Without records no file is written.
        """
        left, written = iter(records), 0
        for number, page in enumerate(iter(lambda: list(islice(left, PAGE)), []), 1):
            name = f"{kind}.json" if number == 1 else f"{kind}-{number}.json"
            try:
                self._page(name, page, total)
            except OSError as error:
                raise self._failed(error) from error
            written += len(page)
            yield written

    def leave(self, name: str, content: bytes) -> None:
        """Put another file beside the lists."""
        try:
            (self._filled / name).write_bytes(content)
        except OSError as error:
            raise self._failed(error) from error

    def keep(self) -> None:
        """Move the folder to its place."""
        try:
            self._filled.replace(self._folder)
        except OSError as error:
            raise self._failed(error) from error

    def _page(self, name: str, page: list[Shown | msgspec.Raw], total: int) -> None:
        lines = b",\n".join(msgspec.json.encode(record) for record in page)
        with open(os.open(self._filled / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(b'{"totalCount":%d,"items":[\n%s\n]}\n' % (total, lines))
            opened.flush()
            os.fsync(opened.fileno())

    def _failed(self, error: OSError) -> CannotWrite:
        return CannotWrite(f"{self._folder} cannot be written: {error.strerror or error}")
