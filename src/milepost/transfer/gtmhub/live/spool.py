"""The records fetched so far, on disk: a file for each list, a line for each record. It outlives the process, so that
nothing is fetched twice.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from milepost.domain import ids
from milepost.transfer.files import CannotWrite

_STATE = "state.json"


class Origin(msgspec.Struct, frozen=True):
    """Where records came from."""

    url: str
    account: str


class _State(msgspec.Struct):
    """`finished`: by list, what is missing, in words; "" where it is complete."""

    origin: Origin
    finished: dict[str, str] = {}


class Spool:
    """A folder that is being filled; an earlier start of the same origin is continued."""

    def __init__(self, folder: Path, origin: Origin) -> None:
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._state = _State(origin)
            with suppress(FileNotFoundError):
                self._state = msgspec.json.decode((folder / _STATE).read_bytes(), type=_State)
            if self._state.origin != origin:
                raise CannotWrite(
                    f"{folder} holds a part of the account {self._state.origin.account} of {self._state.origin.url}: "
                    "finish that import, or take the folder away"
                )
            self._keep_state()
        except (OSError, ValueError) as error:
            raise CannotWrite(f"{folder} cannot be gone on with: {error}; take it away to begin anew") from error

    @property
    def lacking(self) -> dict[str, str]:
        """By list, what could not be fetched."""
        return {name: words for name, words in self._state.finished.items() if words}

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come yet."""
        others = (one for one in self._folder.iterdir() if not one.name.startswith(_STATE))
        return not self._state.finished and not any(one.stat().st_size for one in others)

    def is_finished(self, name: str) -> bool:
        """Whether a list has been fetched, but for what it lacks."""
        return name in self._state.finished

    def finish(self, name: str, lacking: str = "") -> None:
        """Note that a list has been fetched."""
        self._state.finished[name] = lacking
        try:
            self._keep_state()
        except OSError as error:
            raise self._failed(error) from error

    def begin(self, name: str) -> set[str]:
        """The fetched ids of a list. A last line that was left half written is cut off."""
        found, whole = set[str](), 0
        try:
            with (self._folder / name).open("ab+") as opened:
                opened.seek(0)
                for line in opened:
                    record_id = line.split(b" ", 1)[0].decode("ascii", errors="replace")
                    if not line.endswith(b"\n") or not ids.is_id(record_id):
                        break
                    found.add(record_id)
                    whole += len(line)
                opened.truncate(whole)
        except OSError as error:
            raise self._failed(error) from error
        return found

    def add(self, name: str, records: dict[str, dict[str, Any]]) -> None:
        """Add records to a list, by id."""
        # The standard library writes all that it reads, even half of a surrogate pair, NaN or Infinity.
        lines = "".join(f"{one} {json.dumps(record, separators=(',', ':'))}\n" for one, record in records.items())
        try:
            with (self._folder / name).open("ab") as opened:
                opened.write(lines.encode())
        except OSError as error:
            raise self._failed(error) from error

    def records(self, name: str) -> Iterator[msgspec.Raw]:
        """The records of a list, each as received."""
        try:
            with (self._folder / name).open("rb") as opened:
                for line in opened:
                    yield msgspec.Raw(line.split(b" ", 1)[1].rstrip(b"\n"))
        except FileNotFoundError:
            return

    def remove(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _keep_state(self) -> None:
        begun = self._folder / f"{_STATE}.{os.getpid()}"
        begun.write_bytes(msgspec.json.encode(self._state))
        begun.replace(self._folder / _STATE)

    def _failed(self, error: OSError) -> CannotWrite:
        return CannotWrite(f"{self._folder} cannot be written: {error.strerror or error}")
