"""The messages about outages of the database: for clients, and for the operator."""

from __future__ import annotations

import msgspec

from milepost.store.engine import Trouble, Unavailable, trouble_of


class Refusal(msgspec.Struct, frozen=True):
    """The answer to a client: a status, a message, and after how many seconds to try again."""

    status: int
    words: str
    retry_after: int


_PASSING = Refusal(503, "the database cannot do it now: try again in a moment", 1)
_SEEN_TO = Refusal(503, "the database cannot do it before whoever runs this server has seen to it: try again later", 10)
_NO_ROOM = Refusal(
    507, "there is no room to store it before whoever runs this server has made some: try again later", 10
)
REFUSALS = {
    Trouble.BUSY: _PASSING,
    Trouble.AWAY: _PASSING,
    Trouble.FULL: _NO_ROOM,
    Trouble.READ_ONLY: _SEEN_TO,
    Trouble.FAILING: _SEEN_TO,
    Trouble.BROKEN: _SEEN_TO,
}
# What happened and what the operator is to do, first for SQLite and then for PostgreSQL.
_ADVICE = {
    Trouble.BUSY: (
        "the database is locked by another program: see which one has it open, such as a long import or a shell of "
        "sqlite3, and let it finish",
        "the database is locked by another transaction: see in pg_stat_activity which one it is, and let it finish",
    ),
    Trouble.AWAY: (
        "the database's file cannot be opened: see that it and its folder are there, that this server's user may read "
        "and write both, and that not too many files are open (ulimit -n)",
        "the database cannot be reached: see that PostgreSQL runs, takes connections from here, and has enough of them",
    ),
    Trouble.FULL: (
        "the disk is full: make room where the database's file is, and for temporary files; nothing has to be "
        "restarted",
        "the disk of PostgreSQL is full: make room there; nothing has to be restarted",
    ),
    Trouble.READ_ONLY: (
        "the database cannot be written: see that its file system is not mounted read-only, and that this server's "
        "user may write the file and its folder",
        "the database takes no changes: see that it is not a standby, and default_transaction_read_only is off",
    ),
    Trouble.FAILING: (
        "the disk fails to read or write the database: look at the system's log, and see that the disk has room; then "
        "run `milepost doctor`",
        "the disk of PostgreSQL fails: look at its log and the system's",
    ),
    Trouble.BROKEN: (
        "the database's file is damaged: stop the server, keep the file as it is, and restore a copy from before; "
        "`milepost doctor` and `milepost verify` say whether one is whole",
        "the database is damaged: look at PostgreSQL's log, and restore a copy from before",
    ),
}


def advice(error: Exception) -> str | None:
    """What happened and what the operator is to do; `None` where the database is not at fault."""
    trouble = trouble_of(error)
    return None if trouble is None else _ADVICE[trouble][isinstance(error, Unavailable)]
