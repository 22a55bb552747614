"""`milepost copy`: bring everything that a database holds into another one."""

from __future__ import annotations

from contextlib import closing

import click

from milepost import app
from milepost.cli import printing
from milepost.cli.copied_secrets import server_key_needed
from milepost.cli.options import with_shell
from milepost.cli.progress import bars
from milepost.cli.shared_options import example, named_database
from milepost.cli.shell import Shell
from milepost.store import copying

_HEADINGS = ("TABLE", "ROWS")


@click.command(
    "copy",
    epilog=example(
        "milepost copy sqlite:///milepost.db postgresql://milepost@localhost/milepost",
        "milepost copy postgresql://milepost@localhost/milepost sqlite:///local.db",
    ),
)
@click.argument("source", metavar="FROM-URL")
@click.argument("target", metavar="TO-URL")
@with_shell(uses_database=False)
def copy(shell: Shell, source: str, target: str) -> None:
    """Copy a whole database into an empty one, of either engine.

    All accounts go, with everything in them: people, tokens, keys, objectives, histories, the audit. Then both are read
    again and compared row by row, value by value; only when all is the same is the copy kept. Whatever goes wrong, and
    whenever it is interrupted, the second database stays empty.

    The second needs no tables yet; where it holds any row, nothing is written. The first is neither changed nor held
    up. The copy is its state of one moment: stop its server before, or what is written there meanwhile does not come
    along. Where that happened, it is said at the end.

    Secrets of signing keys stay encrypted as they are: if the copy needs the server key to be set, it is said at the
    end. Leave a password out of the addresses, since others on the machine can see them: PGPASSWORD and ~/.pgpass are
    asked.
    """
    if named_database() is not None:
        raise click.UsageError("copy takes both databases as FROM-URL and TO-URL, and none from --database")
    with (
        closing(app.database(source, make=False, upgrade=False)) as original,
        closing(app.database(target, upgrade=False)) as made,
    ):
        app.vault(shell.settings, made)  # refuses a setting that is no server key before anything is copied
        with bars() as progress:
            copied = copying.copy(original, made, progress)
        notes = [*_missed(copied, original.place), *server_key_needed(shell.settings, original, made)]
        total = sum(one.rows for one in copied.tables)
        if shell.json:
            tables = {one.table: one.rows for one in copied.tables}
            places = {"from": original.place, "to": made.place}
            printing.document({**places, "rows": total, "tables": tables, "missed": copied.missed, "notes": notes})
            return
        rows = [(one.table, f"{one.rows:,}") for one in copied.tables if one.rows]
        printing.table(_HEADINGS, [*rows, ("all tables", f"{total:,}")])
        printing.words(f"Copied to {made.place}; all {total:,} rows were read again, and are the same in both.")
        for note in notes:
            printing.words(printing.harmless(note))


def _missed(copied: copying.Copied, place: str) -> list[str]:
    if not copied.missed:
        return []
    return [
        f"While it was copied, {copied.missed:,} change(s) were made to {place}, which are not in the copy: stop its "
        "server, and copy again into another empty database."
    ]
