"""Reads a folder of Gtmhub's list answers: one file for each kind of record, all of them optional.

A list that was saved page by page has its further pages beside it: metrics.json, metrics-2.json, metrics-3.json.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from milepost.transfer.files import CannotRead

# In the order of import: a record comes after the records that it refers to.
FILES = (
    "accounts.json", "users.json", "teams.json", "customFields.json", "sessions.json", "goals.json", "metrics.json",
    "tasks.json", "lists.json",
)  # fmt: skip
# Fields of the answer to a failed call, in place of a list.
_ERROR_WORDS = ("status", "detail", "message")
_PAGE = re.compile(r"([A-Za-z]+)-([0-9]{1,6})\.json\Z")
# Characters of such an answer that are quoted.
_QUOTED = 200


class Saved(msgspec.Struct, frozen=True):
    """One file: the number of its items, the number that its list has in all (`total`, 0 where it does not say), and
    what is wrong with the file itself (`fault`): no list, or only a part of one.
    """

    path: Path
    count: int = 0
    fault: str = ""
    total: int = 0

    @property
    def name(self) -> str:
        """Its name in the folder."""
        return self.path.name

    def items(self) -> list[Any]:
        """The items, read again at each call, so that only one page of a long list is in memory. `CannotRead` where the
        file cannot be read any more.
        """
        if not self.count:
            return []
        items, again = _read(self.path)
        if again.count != self.count:
            raise CannotRead(f"{self.path}: was changed while it was read")
        return items

    @property
    def kind(self) -> str:
        """The name in `FILES` of the list that this file is a page of."""
        page = _PAGE.match(self.name)
        return f"{page.group(1)}.json" if page else self.name


class Folder(msgspec.Struct, frozen=True):
    """The present files in the order of import; then (name, why) of the unknown ones."""

    files: list[Saved]
    unknown: list[tuple[str, str]]


def read(folder: Path) -> Folder:
    """What a folder holds.

    `CannotRead` where the folder cannot be read, or none of these files is in it.
    """
    try:
        present = sorted(path.name for path in folder.iterdir())
    except NotADirectoryError as error:
        if folder.suffix.lower() == ".zip":
            raise CannotRead(f"{folder}: is an archive: unpack it, and give the folder that it becomes") from error
        raise CannotRead(f"{folder}: give the folder, not a file: {folder.parent} is where this one lies") from error
    except OSError as error:
        raise CannotRead(f"{folder}: cannot be read: {error.strerror or error}") from error
    if not any(name in present for name in FILES):
        raise CannotRead(f"{folder}: holds none of {', '.join(FILES)}: nothing to import")
    pages = [name for kind in FILES for name in _pages(kind, present)]
    others = [name for name in present if name.endswith(".json") and name not in pages]
    return Folder(
        _complete([_read(folder / name)[1] for name in pages]),
        [(name, _stray(name)) for name in others],
    )


def _pages(kind: str, present: list[str]) -> list[str]:
    """The files of one kind: the list itself, then its further pages by number. An account has no pages."""
    stem = kind.removesuffix(".json")
    found = {
        int(page.group(2)): name
        for name in present
        if (page := _PAGE.match(name)) and page.group(1) == stem and kind != "accounts.json"
    }
    return [kind] * (kind in present) + [found[number] for number in sorted(found)]


def _complete(files: list[Saved]) -> list[Saved]:
    """The files; the first of a kind has a fault where all its pages together hold less than the list has in all."""
    checked: list[Saved] = []
    for file in files:
        pages = [page for page in files if page.kind == file.kind]
        held, total = sum(page.count for page in pages), max(page.total for page in pages)
        if file is pages[0] and held < total and not file.fault:
            stem = file.kind.removesuffix(".json")
            fault = (
                f"holds {held:,} of {total:,} (totalCount): the other pages of this list were not saved; save them "
                f"beside it as {stem}-2.json and so on, or save the list anew with a larger limit"
            )
            checked.append(msgspec.structs.replace(file, fault=fault))
        elif file is pages[0] and not total and (missing := _missing(file.kind, pages)) and not file.fault:
            fault = f"has further pages, and {missing} is not among them: save it, or give the others its number"
            checked.append(msgspec.structs.replace(file, fault=fault))
        else:
            checked.append(file)
    return checked


def _missing(kind: str, pages: list[Saved]) -> str:
    """The name of the first missing page before a present one, "" where none is missing."""
    stem, names = kind.removesuffix(".json"), {page.name for page in pages}
    due = (f"{stem}-{number}.json" if number > 1 else kind for number in range(1, len(pages) + 1))
    return next((name for name in due if name not in names), "")


def _stray(name: str) -> str:
    """What the operator should do with an unexpected file: it is probably a further page of a list."""
    page = next((file for file in FILES if name.startswith(file.removesuffix(".json"))), None)
    if page is None:
        return f"left out: only {', '.join(FILES)} are read; rename it if it is one of these, else take it away"
    return f"left out: not a name that is read; a further page of {page} is {page.removesuffix('.json')}-2.json"


def _read(path: Path) -> tuple[list[Any], Saved]:
    """The items of a file, and its description."""
    if path.exists() and not path.is_file():
        return [], Saved(path, fault="is not a file")  # opening a pipe or a device could block for ever
    try:
        content = json.loads(path.read_bytes())  # UTF-8 or UTF-16, with or without a byte order mark
    except OSError as error:
        return [], Saved(path, fault=f"cannot be read: {error.strerror or error}")
    except RecursionError:
        return [], Saved(path, fault="is nested too deep")
    except UnicodeDecodeError:
        return [], Saved(path, fault="is not JSON: it is not text in a Unicode encoding")
    except ValueError as error:
        return [], Saved(path, fault=f"is not JSON: {error}")
    return _list(path, content)


def _list(path: Path, content: Any) -> tuple[list[Any], Saved]:
    items, total = content, 0
    if isinstance(content, dict):
        # Gtmhub has no list of accounts: the answer of /accounts/{id} is the account itself.
        bare = path.name == "accounts.json" and "items" not in content and "id" in content
        items = [content] if bare else content.get("items")
        said = content.get("totalCount")
        total = said if isinstance(said, int) else 0
    if not isinstance(items, list):
        return [], Saved(path, fault=_no_list(content))
    return items, Saved(path, len(items), total=total)


def _no_list(content: Any) -> str:
    if isinstance(content, dict) and "items" not in content and any(word in content for word in _ERROR_WORDS):
        answer = json.dumps(content, ensure_ascii=False)
        quoted = answer if len(answer) <= _QUOTED else f"{answer[:_QUOTED]}…"
        return f"holds no list but what looks like an error answer: {quoted}"
    return 'holds no list: {"items": […]} or a bare array was expected'
