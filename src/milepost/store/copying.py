"""Copies a whole database into an empty one, of any engine, and compares the two before it commits."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import zip_longest
from typing import Any

import msgspec
from sqlalchemy import Table, func, select

from milepost.domain.errors import MilepostError
from milepost.store.comparing import difference, key_of, same
from milepost.store.engine import ENGINE_ERRORS, Database, Statement, Unavailable
from milepost.store.misfit import misfit
from milepost.store.schema import audit, metadata

# (what is being done, rows done, rows in all), after each chunk.
Progress = Callable[[str, int, int], None]

# At most this many rows of each database are held in memory.
CHUNK = 200

# Each follows the tables that it refers to.
_TABLES = tuple(metadata.sorted_tables)
_everything = {table: Statement(select(*table.c).order_by(*table.primary_key)) for table in _TABLES}
_count = {table: Statement(select(func.count()).select_from(table)) for table in _TABLES}
_any = {table: Statement(select(table.primary_key.columns[0]).limit(1)) for table in _TABLES}


class CannotCopy(MilepostError):
    """The databases cannot be copied, or the copy differs from the original. Nothing was kept, unless the connection to
    a server was lost during the commit.
    """


class Tally(msgspec.Struct, frozen=True):
    """How many rows of a table were copied."""

    table: str
    rows: int


class Copied(msgspec.Struct, frozen=True):
    """What was copied, and how many changes the copy misses, since they were made to the source meanwhile."""

    tables: tuple[Tally, ...]
    missed: int


def copy(source: Database, target: Database, progress: Progress = lambda _what, _done, _all: None) -> Copied:
    """Copy every row, as the source stands at one moment; read both again, compare them value by value, and commit.

    All or nothing: `CannotCopy` where the target is the source or holds anything, where one of them fails or does not
    accept a value, where the copy differs from the original, and where it was interrupted.
    """
    if source.identity == target.identity:
        raise CannotCopy(f"{source.place} cannot be copied into itself: name two databases")
    # The reading ends before the commit of the copy: nothing can fail after that.
    with _words_of(target), target.transaction(), _words_of(source), source.reading():
        try:
            _require_empty(target)
            tallies = [Tally(table.name, _counted(source, table)) for table in _TABLES]
            total = sum(tally.rows for tally in tallies)
            advance = _advancing(progress, "copied", total)
            for table in _TABLES:
                _fill(source, target, table, advance)
            with _words_of(target):
                target.settle(_TABLES)
            advance = _advancing(progress, "verified", total)
            for table in _TABLES:
                _compare(source, target, table, advance)
        except KeyboardInterrupt:
            raise CannotCopy(f"interrupted: nothing was copied, and {target.place} is as empty as before") from None
    return Copied(tuple(tallies), _missed(source, tallies))


def _require_empty(target: Database) -> None:
    """`CannotCopy` where a table holds a row. Nobody else writes from here on: these statements name no account."""
    for table in _TABLES:
        with _words_of(target):
            found = target.one(_any[table], {})
        if found is not None:
            raise CannotCopy(
                f"{target.place}: there are rows in {table.name} already, and only an empty database can become a "
                "copy: name another, which need not have tables yet"
            )


def _fill(source: Database, target: Database, table: Table, advance: Callable[[int], None]) -> None:
    with closing(_rows(source, table)) as chunks:
        for rows in chunks:
            with _words_of(target):
                try:
                    target.load(table, rows)
                except Unavailable:
                    raise
                except ENGINE_ERRORS as error:
                    raise CannotCopy(_refusal(source, target, table, rows, error)) from error
            advance(len(rows))


def _compare(source: Database, target: Database, table: Table, advance: Callable[[int], None]) -> None:
    """`CannotCopy` where the tables differ, both read in the order of their keys."""
    with closing(_rows(source, table)) as originals, closing(_rows(target, table)) as copies:
        nothing: list[Any] = []
        for original, copied in zip_longest(originals, copies, fillvalue=nothing):
            if not same(target, original, copied):
                found = difference(target, table, original, copied)
                raise CannotCopy(
                    f"{target.place}: {found}. Nothing was kept: look for a trigger on that table, or for a value "
                    f"in {source.place} that its column should not hold"
                )
            advance(len(original))


def _refusal(source: Database, target: Database, table: Table, rows: Sequence[Any], error: Exception) -> str:
    if (found := misfit(table, rows)) is None:
        return f"{target.place} does not take what {source.place} holds in {table.name}: {error}; nothing was kept"
    return (
        f"{source.place}: {table.name} at {key_of(table, found.row)}: {found.column} holds {found.what}, which "
        f"{target.place} does not take. Nothing was kept: mend that row, then copy again"
    )


def _rows(database: Database, table: Table) -> Generator[list[Any]]:
    with _words_of(database):
        yield from database.chunks(_everything[table], {}, CHUNK)


def _counted(database: Database, table: Table) -> int:
    with _words_of(database):
        return int(database.one(_count[table], {})[0])


@contextmanager
def _words_of(database: Database) -> Iterator[None]:
    """Turn an engine's error into one that names the database."""
    try:
        yield
    except ENGINE_ERRORS as error:
        raise CannotCopy(f"{database.place} cannot do this: {error}; see to that, then copy again") from error


def _missed(source: Database, tallies: Sequence[Tally]) -> int:
    """The number of changes meanwhile: every change leaves an entry in the audit."""
    before = next(tally.rows for tally in tallies if tally.table == audit.name)
    try:
        return _counted(source, audit) - before
    except CannotCopy:  # the source was lost since; the copy is made
        return 0


def _advancing(progress: Progress, what: str, total: int) -> Callable[[int], None]:
    done = 0
    progress(what, done, total)

    def advance(rows: int) -> None:
        nonlocal done
        done += rows
        progress(what, done, total)

    return advance
