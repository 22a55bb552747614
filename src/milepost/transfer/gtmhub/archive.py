"""A folder of saved answers as one .zip file."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from milepost.transfer.files import CannotRead

# The largest size of a file, unpacked, and of all files together, in bytes.
_FILE, _ALL = 32 * 1024 * 1024, 512 * 1024 * 1024
_STEP = 1024 * 1024
# The longest name of a file in an archive, in bytes.
_NAME = 200
# The largest central directory, in bytes: it is read into memory. This size lists about ten thousand files.
_LIST = 1024 * 1024
# The end record of an archive: signature, size, longest comment; before it, above 4 GiB, another record.
_END, _END_BYTES, _COMMENT = b"PK\5\6", 22, 65_535
_LARGE, _LARGE_BYTES = b"PK\6\7", 20


def pack(folder: Path, path: Path) -> None:
    """Write the files of a folder into a new archive."""
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.iterdir()):
            packed.write(file, file.name)


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The folder that an archive holds, for as long as the context lasts. `CannotRead`.

    Its lists (.json) may be inside one folder. No name in the archive can make a file outside of the target folder.
    """
    with TemporaryDirectory(prefix="milepost-unpacked-") as folder:
        try:
            require_short_list(path)
            with zipfile.ZipFile(path) as packed:
                _unpack(packed, path, Path(folder))
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
            raise CannotRead(f"{path}: is no .zip file, or a damaged one") from error
        except (RuntimeError, NotImplementedError) as error:  # by zipfile: a password, an unknown compression
            raise CannotRead(f"{path}: cannot be unpacked: pack it anew, without a password") from error
        yield Path(folder)


def require_short_list(path: Path) -> None:
    """`CannotRead` where an archive holds so many files that listing them would take too much memory."""
    with path.open("rb") as opened:
        size = opened.seek(0, 2)
        opened.seek(max(0, size - _END_BYTES - _COMMENT))
        tail = opened.read()
    place = len(tail) - _END_BYTES
    if tail[max(0, place) :][:4] != _END or tail[-2:] != b"\0\0":
        place = tail.rfind(_END)
    length = int.from_bytes(tail[place + 12 : place + 16], "little") if place >= 0 else 0
    before = tail[max(0, place - _LARGE_BYTES) : max(0, place)]
    if length > _LIST or before.startswith(_LARGE):
        raise CannotRead(f"{path}: holds too many files")


def _unpack(packed: zipfile.ZipFile, path: Path, folder: Path) -> None:
    left, within, seen = _ALL, set[PurePosixPath](), set[str]()
    for member in packed.infolist():
        name = PurePosixPath(member.filename)
        if name.is_absolute() or ".." in name.parts or "\\" in member.filename:
            raise CannotRead(f"{path}: holds a name that leads out of it: pack the folder anew")
        if member.is_dir() or name.suffix != ".json" or name.name.startswith(".") or "__MACOSX" in name.parts:
            continue
        within.add(name.parent)
        if len(within) > 1:
            raise CannotRead(f"{path}: has .json files in several folders: pack the one that holds users.json")
        if len(name.name.encode()) > _NAME:
            raise CannotRead(f"{path}: holds a file whose name is longer than {_NAME} bytes")
        if name.name.casefold() in seen:  # some file systems ignore case
            raise CannotRead(f"{path}: holds two files of the name {name.name}")
        seen.add(name.name.casefold())
        with packed.open(member) as opened, (folder / name.name).open("xb") as written:
            left -= _copied(opened, written, path, name.name, left)


def _copied(opened: IO[bytes], written: IO[bytes], path: Path, name: str, left: int) -> int:
    """Copy a file; the number of its bytes comes back."""
    count = 0
    while step := opened.read(_STEP):
        count += len(step)
        if count > _FILE:
            raise CannotRead(
                f"{path}: {name} unpacks to more than {_FILE // 2**20} MiB: save its list in several pages"
            )
        if count > left:
            raise CannotRead(f"{path}: unpacks to more than {_ALL // 2**20} MiB")
        written.write(step)
    return count
