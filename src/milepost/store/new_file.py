"""A file that has its name only once it is whole and on disk, and never takes the place of another."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from milepost.domain.errors import MilepostError

# The endings of the file itself, and of those that SQLite leaves beside it if its program is killed.
_BESIDE = ("", "-wal", "-shm", "-journal")


class CannotBackUp(MilepostError):
    """No copy was made; the message says why and what to do."""


def require_new(target: Path) -> None:
    """`CannotBackUp` where something of that name exists."""
    if os.path.lexists(target):
        raise CannotBackUp(f"{target} is there already: name a file that is not")


@contextmanager
def made(target: Path) -> Iterator[Path]:
    """An empty file beside the target, to be filled, which only its owner may read. It gets the target's name when the
    context ends without an error, and is removed otherwise. Of several for one name, the first gets it. `CannotBackUp`.
    """
    require_new(target)
    try:
        handle, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent)
        os.close(handle)
    except OSError as error:
        raise cannot(target, error) from error
    part = Path(name)
    try:
        yield part
        _sync(part)
        _named(part, target)
        _sync(target.parent)
    except OSError as error:
        raise cannot(target, error) from error
    finally:
        for end in _BESIDE:
            with suppress(OSError):
                os.unlink(f"{part}{end}")


def cannot(target: Path, error: Exception) -> CannotBackUp:
    """The words for an error of the system or of the engine."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return CannotBackUp(f"{target}: {reason}; see that this user may write there, and that there is room")


def _named(part: Path, target: Path) -> None:
    try:
        os.link(part, target)  # which, unlike a renaming, overwrites nothing
    except FileExistsError:
        require_new(target)
        raise
    except OSError:  # a file system without such links
        require_new(target)
        os.rename(part, target)


def _sync(place: Path) -> None:
    if os.name == "nt" and place.is_dir():  # which opens no folders
        return
    handle = os.open(place, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
