"""Reads a backup without changing it: the file itself or, if it is of an older version, an upgraded copy."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from milepost.domain.errors import MilepostError
from milepost.store.engine import SqliteDatabase
from milepost.store.migrate import HEAD, open_database, require_known
from milepost.store.versions import version_of

_MAGIC = b"SQLite format 3\0"
_TABLES = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('alembic_version', 'key_results')"


class CannotRestore(MilepostError):
    """The file is no backup that can be restored; the message says why and what to do."""


@contextmanager
def backup(file: Path, tell: Callable[[str], None] = lambda _words: None) -> Iterator[SqliteDatabase]:
    """The database in a backup, at this program's version; nothing is created beside the file, whose folder may be
    read-only. `tell` gets a message where it is of an older version.

    `CannotRestore` where it is no backup, is damaged or is in use; `CannotOpen` where it is newer.
    """
    _require_backup(file)
    with closing(SqliteDatabase(file, sealed=True)) as sealed:
        version = _version(file, sealed)
        require_known(str(file), version, upgrade=True)
        if version == HEAD:
            yield sealed
            return
    with TemporaryDirectory(prefix="milepost-restore-") as folder:
        tell(f"{file} is of version {version}: a copy in {folder} is brought to {HEAD}, and the file stays as it is")
        copy = Path(folder) / "backup.db"
        try:
            shutil.copyfile(file, copy)
        except OSError as error:
            raise CannotRestore(
                f"{file} cannot be copied to {folder}: {error.strerror or error}; TMPDIR names a folder with more room"
            ) from error
        with closing(open_database(copy, keep=False)) as upgraded:
            yield upgraded


def _require_backup(file: Path) -> None:
    """`CannotRestore` where the file is not a SQLite database, or is incomplete because its log lies beside it."""
    try:
        with file.open("rb") as opened:
            begin = opened.read(len(_MAGIC))
    except OSError as error:
        raise CannotRestore(f"{file}: {error.strerror or error}; name a file that `milepost backup` made") from error
    if begin != _MAGIC:
        raise CannotRestore(
            f"{file} is no backup: name a file that `milepost backup` made. What pg_dump wrote, pg_restore reads; a "
            "folder that `milepost export` wrote, `milepost import gtmhub`"
        )
    for end in ("-wal", "-journal"):
        beside = Path(f"{file}{end}")
        if beside.exists() and beside.stat().st_size:
            raise CannotRestore(
                f"{file} is not whole: {beside.name} beside it holds a part, since somebody uses it or was killed. "
                f"Make a backup of it first: `milepost backup --database sqlite:///{file}` and a name for that"
            )


def _version(file: Path, sealed: SqliteDatabase) -> str:
    try:
        if sealed.connection.execute(_TABLES).fetchone() != (2,):
            raise CannotRestore(f"{file} is a database of another program: name a file that `milepost backup` made")
        found = sealed.connection.execute("PRAGMA quick_check(1)").fetchone()
        if found == ("ok",):
            return version_of(sealed)
        words = " ".join(str(found[0]).split())
    except sqlite3.Error as error:
        words = str(error)
    raise CannotRestore(f"{file} is damaged ({words}): restore another backup")
