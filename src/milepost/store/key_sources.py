"""Where the server's own keys are found: in MILEPOST_SECRET_KEY, or in a file beside the database, made when needed."""

from __future__ import annotations

import os
import re
import secrets
import shlex
from contextlib import suppress
from pathlib import Path
from typing import Protocol

VARIABLE = "MILEPOST_SECRET_KEY"
SHORTEST = 32

_SEPARATOR = re.compile(r"[,\s]+")
_OTHERS = 0o077


class CannotUnseal(Exception):
    """The server keys that are needed are not there or cannot be used. The message tells the operator which are needed,
    where they were looked for and what to do; there is never a secret in it.
    """


class KeySource(Protocol):
    """A place that holds server keys."""

    def texts(self) -> tuple[str, ...]:
        """The current keys, first the one that seals; () for none. `CannotUnseal` where they are unusable."""

    def make(self) -> None:
        """Make a first key where there is none; another process may be quicker. `CannotUnseal` where it cannot."""

    def lacking(self) -> str:
        """Words that say that a key is missing here; they follow "the server key …"."""


class Variable:
    """The keys of the environment variable, of which there may be none."""

    def __init__(self, text: str) -> None:
        self._texts = _separated(text, VARIABLE)

    def texts(self) -> tuple[str, ...]:
        return self._texts

    def make(self) -> None:
        raise CannotUnseal(
            f"there is no server key to encrypt secrets with: set {VARIABLE} to {SHORTEST} or more random characters"
        )

    def lacking(self) -> str:
        return f"is not in {VARIABLE}" if self._texts else f"is needed, and {VARIABLE} is not set"


class KeyFile:
    """A file that holds a key on each line, and that nobody but its owner may read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def texts(self) -> tuple[str, ...]:
        try:
            with self._path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                content = file.read()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise CannotUnseal(f"the key file {self._path} cannot be read: {error.strerror}") from error
        if mode & _OTHERS and os.name != "nt":
            raise CannotUnseal(
                f"the key file {self._path} is open to other users of this machine: "
                f"type `chmod 600 {shlex.quote(str(self._path))}`"
            )
        found = _separated(content.decode("utf-8", "replace"), str(self._path))
        if not found:
            raise CannotUnseal(f"the key file {self._path} is empty: restore it from a copy, or remove it")
        return found

    def make(self) -> None:
        # A complete file under another name is given its own name in one step: nobody reads half a key, and of two
        # processes at once, one wins and the other reads the winner's key.
        draft = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        try:
            try:
                with open(draft, "x", encoding="ascii", opener=_for_the_owner) as file:
                    file.write(f"{secrets.token_hex(32)}\n")
                    file.flush()
                    os.fsync(file.fileno())
                with suppress(FileExistsError):
                    os.link(draft, self._path)
            finally:
                draft.unlink(missing_ok=True)
            _settle(self._path.parent)
        except OSError as error:
            raise CannotUnseal(
                f"the key file {self._path} cannot be made: {error.strerror}; "
                f"set {VARIABLE} to {SHORTEST} or more random characters instead"
            ) from error

    def lacking(self) -> str:
        place = f"is not in {self._path}" if self._path.exists() else f"is needed, and there is no file {self._path}"
        return f"{place} ({VARIABLE} is not set)"


def _separated(text: str, place: str) -> tuple[str, ...]:
    """The keys of a text that separates them by commas or spaces, or has each on a line."""
    found = tuple(part for part in _SEPARATOR.split(text) if part)
    if not all(len(part) >= SHORTEST and part.isprintable() for part in found):
        raise CannotUnseal(
            f"{place}: a server key is {SHORTEST} or more printable characters without spaces and commas, "
            "which stand between several keys"
        )
    return found


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _settle(folder: Path) -> None:
    """Make a new name in a folder survive a power failure, where the system can open folders."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
