"""Reads the folder: list answers of Gtmhub, one file a kind of record, all of them optional."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from milepost.domain.errors import MilepostError

# In the order in which they are taken: a record comes after what it refers to.
FILES = ("accounts.json", "users.json", "teams.json", "sessions.json", "goals.json", "metrics.json")
_NOT_YET = {"tasks.json": "left out: this version of Milepost takes no tasks"}


class CannotRead(MilepostError):
    """The folder holds nothing that can be taken in; the message says why."""


class Saved(msgspec.Struct, frozen=True):
    """One file: its items as they stand, or why there are none (`fault`); `note` says what its reader should know."""

    name: str
    items: list[Any] = []
    fault: str = ""
    note: str = ""


class Folder(msgspec.Struct, frozen=True):
    """The files that are there, in the order of taking, and (name, why) of those that are left out."""

    files: list[Saved]
    left_out: list[tuple[str, str]]


def read(folder: Path) -> Folder:
    """What a folder holds.

    `CannotRead` where the folder cannot be read, or none of the six files is in it.
    """
    try:
        present = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise CannotRead(f"{folder}: cannot be read: {error.strerror or error}") from error
    if not any(name in present for name in FILES):
        raise CannotRead(f"{folder}: holds none of {', '.join(FILES)}: nothing to import")
    left_out = [
        (name, _NOT_YET.get(name, "left out: no such list is known"))
        for name in present
        if name.endswith(".json") and name not in FILES
    ]
    return Folder([_file(folder / name) for name in FILES if name in present], left_out)


def _file(path: Path) -> Saved:
    try:
        content = json.loads(path.read_bytes())  # in UTF-8 or UTF-16, with a byte order mark or without
    except OSError as error:
        return Saved(path.name, fault=f"cannot be read: {error.strerror or error}")
    except RecursionError:
        return Saved(path.name, fault="is nested too deep")
    except UnicodeDecodeError:
        return Saved(path.name, fault="is not JSON: it is not text in a Unicode encoding")
    except ValueError as error:
        return Saved(path.name, fault=f"is not JSON: {error}")
    return _list(path.name, content)


def _list(name: str, content: Any) -> Saved:
    items, note = content, ""
    if isinstance(content, dict):
        # Gtmhub has no list of accounts: what can be saved of /accounts/{id} is the account itself.
        bare = name == "accounts.json" and "items" not in content and "id" in content
        items = [content] if bare else content.get("items")
        total = content.get("totalCount")
        if isinstance(items, list) and isinstance(total, int) and total > len(items):
            note = f"holds {len(items):,} of {total:,} (totalCount): the other pages of this list were not saved"
    if not isinstance(items, list):
        return Saved(name, fault='holds no list: {"items": […]} or a bare array was expected')
    return Saved(name, items, note=note)
