"""Uploaded files that wait until their sender has seen what an import would do.

They wait in a folder that only this system user can read, and that all workers of a server share. A file belongs to an
account and to a browser's token, which has one at a time. It is deleted when another takes its place, when it is
imported, or after an hour; then it has to be chosen again.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import tempfile
from hashlib import sha256
from pathlib import Path
from time import time

import msgspec

from milepost.asgi.refused import Refused
from milepost.store.engine import Database
from milepost.web.page import Visitor

# In seconds.
HOLDS = 3600
# The most waiting files of one account, and of all, including those still being uploaded.
_MOST, _MOST_OF_ALL = 4, 24
_NAME = 100
_FULL = "too many files wait here to be imported: try again in an hour, or let the others finish"
_PLACE = re.compile(r"\.?[0-9a-f]{16}-[0-9a-f]{16}-[0-9a-f]{32}\Z")


class Arriving:
    """A file that is being written. It waits once `keep` has been called; `drop` deletes it."""

    def __init__(self, database: Database, visitor: Visitor, name: str) -> None:
        place = _place(database)
        _sweep(place)
        account, token = _owner(visitor)
        standing = [one.name.lstrip(".") for one in place.iterdir()]
        if len(standing) >= _MOST_OF_ALL or sum(one.startswith(account) for one in standing) > _MOST:
            raise Refused(503, _FULL)
        self.id = secrets.token_hex(16)
        self._owner = f"{account}-{token}-"
        self._folder = place / f".{self._owner}{self.id}"
        self._folder.mkdir(mode=0o700)
        self.file = (self._folder / _harmless(name)).open("xb")

    def keep(self) -> None:
        """Let it wait, in place of the earlier one."""
        self.file.close()
        place = self._folder.parent
        for one in place.iterdir():
            if one.name.startswith(self._owner):
                shutil.rmtree(one, ignore_errors=True)
        try:
            self._folder.rename(place / self._folder.name.lstrip("."))
        except FileNotFoundError:
            raise Refused(408, "the file took longer than an hour to come: send a smaller one") from None

    def drop(self) -> None:
        """Delete it."""
        self.file.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class Waiting(msgspec.Struct, frozen=True):
    """A waiting file, with its original name."""

    path: Path

    def discard(self) -> None:
        """Delete it: it is needed no more."""
        shutil.rmtree(self.path.parent, ignore_errors=True)


def find(database: Database, visitor: Visitor, id: str) -> Waiting | None:
    """The visitor's file of an id; `None` where it is gone, or somebody else's."""
    place = _place(database)
    _sweep(place)
    account, token = _owner(visitor)
    folder = place / f"{account}-{token}-{id}"
    if not _PLACE.match(folder.name):
        return None
    try:
        return Waiting(next(folder.iterdir()))
    except (FileNotFoundError, StopIteration):
        return None


def _owner(visitor: Visitor) -> tuple[str, str]:
    names = visitor.context.account_id, visitor.token.id
    return _digest(names[0]), _digest(names[1])


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _place(database: Database) -> Path:
    """The folder of a database's server. `Refused` where another system user has made it."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    place = Path(tempfile.gettempdir()) / f"milepost-{user}-{_digest(database.place)}"
    place.mkdir(mode=0o700, exist_ok=True)
    found = place.lstat()
    is_ours = stat.S_ISDIR(found.st_mode) and (not hasattr(os, "getuid") or found.st_uid == user)
    if not is_ours or (os.name == "posix" and stat.S_IMODE(found.st_mode) & 0o077):
        raise Refused(503, f"whoever runs this server has to take {place} away: it is not for its eyes only")
    return place


def _sweep(place: Path) -> None:
    """Delete files that have waited for too long."""
    for one in place.iterdir():
        try:
            if time() - one.stat().st_mtime > HOLDS:
                shutil.rmtree(one, ignore_errors=True)
        except FileNotFoundError:  # another worker was faster
            continue


def _harmless(name: str) -> str:
    """A safe file name: the last part of the name that the browser gave."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(letter for letter in last if letter.isprintable()).strip().lstrip(".")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:_NAME]}{dot}{ending[:10]}" if stem else plain[:_NAME] or "file"
