"""A backup of a PostgreSQL database: a SQLite file with every row of it, as they all stood at one moment."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from milepost.store import copying
from milepost.store.copying import CannotCopy, Copied, Progress
from milepost.store.engine import Database
from milepost.store.migrate import open_database
from milepost.store.new_file import CannotBackUp, made


def back_up_rows(source: Database, target: Path, progress: Progress = lambda _what, _done, _all: None) -> Copied:
    """Write every row into a new file, in one reading; read both again, and compare them.

    Nobody is held up meanwhile. The file gets its name only once it is whole and on disk; `CannotBackUp` otherwise.
    """
    with made(target) as part:
        try:
            with closing(open_database(part)) as copy:
                return copying.copy(source, copy, progress)
        except CannotCopy as error:
            raise CannotBackUp(f"no backup was made: {str(error).replace(str(part.resolve()), str(target))}") from error
