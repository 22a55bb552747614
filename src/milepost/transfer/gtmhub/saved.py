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
# What the answer to a call that failed says, in place of a list.
_ERROR_WORDS = ("status", "detail", "message")
# So much of such an answer is quoted at most.
_QUOTED = 200


class CannotRead(MilepostError):
    """The folder holds nothing that can be taken in; the message says why."""


class Saved(msgspec.Struct, frozen=True):
    """One file: its items as they stand, and what is wrong with the file itself (`fault`): no list, or a part."""

    name: str
    items: list[Any] = []
    fault: str = ""


class Folder(msgspec.Struct, frozen=True):
    """The files that are there, in the order of taking; then (name, why) of those that Milepost does not take yet, and
    of those that nobody knows.
    """

    files: list[Saved]
    left_out: list[tuple[str, str]]
    unknown: list[tuple[str, str]]


def read(folder: Path) -> Folder:
    """What a folder holds.

    `CannotRead` where the folder cannot be read, or none of the six files is in it.
    """
    try:
        present = sorted(path.name for path in folder.iterdir())
    except NotADirectoryError as error:
        raise CannotRead(f"{folder}: give the folder, not a file: {folder.parent} is where this one lies") from error
    except OSError as error:
        raise CannotRead(f"{folder}: cannot be read: {error.strerror or error}") from error
    if not any(name in present for name in FILES):
        raise CannotRead(f"{folder}: holds none of {', '.join(FILES)}: nothing to import")
    others = [name for name in present if name.endswith(".json") and name not in FILES]
    return Folder(
        [_file(folder / name) for name in FILES if name in present],
        [(name, _NOT_YET[name]) for name in others if name in _NOT_YET],
        [(name, _stray(name)) for name in others if name not in _NOT_YET],
    )


def _stray(name: str) -> str:
    """What to do with a file that no list is expected in: as like as not a further page of one that is."""
    page = next((file for file in FILES if name.startswith(file.removesuffix(".json"))), None)
    if page is None:
        return f"left out: only {', '.join(FILES)} are read; rename it if it is one of these, else take it away"
    return (
        f"left out: not a name that is read; save a further page as {page} in a folder of its own, and import that too"
    )


def _file(path: Path) -> Saved:
    if path.exists() and not path.is_file():
        return Saved(path.name, fault="is not a file")  # to open a pipe or a device could wait for ever
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
    items, fault = content, ""
    if isinstance(content, dict):
        # Gtmhub has no list of accounts: what can be saved of /accounts/{id} is the account itself.
        bare = name == "accounts.json" and "items" not in content and "id" in content
        items = [content] if bare else content.get("items")
        total = content.get("totalCount")
        if isinstance(items, list) and isinstance(total, int) and total > len(items):
            fault = (
                f"holds {len(items):,} of {total:,} (totalCount): the other pages of this list were not saved; "
                "save each as a folder of its own and import it too, or save the list anew with a larger limit"
            )
    if not isinstance(items, list):
        return Saved(name, fault=_no_list(content))
    return Saved(name, items, fault)


def _no_list(content: Any) -> str:
    if isinstance(content, dict) and "items" not in content and any(word in content for word in _ERROR_WORDS):
        answer = json.dumps(content, ensure_ascii=False)
        quoted = answer if len(answer) <= _QUOTED else f"{answer[:_QUOTED]}…"
        return f"holds no list but what looks like an error answer: {quoted}"
    return 'holds no list: {"items": […]} or a bare array was expected'
