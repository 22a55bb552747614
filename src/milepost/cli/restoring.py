"""`milepost restore`: bring a backup into an empty database."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from milepost import app
from milepost.actions.verification import Discrepancy, verify
from milepost.cli import printing
from milepost.cli.copied_secrets import server_key_needed
from milepost.cli.failure import Failed
from milepost.cli.options import with_shell
from milepost.cli.progress import bars
from milepost.cli.shared_options import example
from milepost.cli.shell import Shell
from milepost.store import copying
from milepost.store.restoring import backup

_HEADINGS = ("TABLE", "ROWS")


@click.command(
    "restore",
    epilog=example(
        "milepost restore /mnt/elsewhere/milepost-2026-03-31.db --database sqlite:///restored.db",
        "milepost restore milepost-2026-03-31.db --database postgresql://milepost@localhost/milepost",
    ),
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@with_shell(makes_database=True)
def restore(shell: Shell, file: Path) -> None:
    """Restore a backup into an empty database, of either engine.

    The database need not be there yet. Where it holds any row, nothing is written. All rows are copied in one
    transaction, read again and compared with the file's, value by value; whatever goes wrong, and whenever it is
    interrupted, the database stays empty. The file is not changed; one of an older version is brought up to date in a
    copy, one of a newer version is refused.

    Then everything is checked as `milepost verify` does. If that finds anything, it was so in the backup; it stays
    restored, and the exit code is 1.

    It is all as it was: tokens that were revoked since the backup was made hold again, and people who were erased since
    are back. Revoke and erase them again before the server starts.
    """
    with (
        backup(file, printing.words) as original,
        closing(app.database(shell.settings.database, upgrade=False)) as made,
    ):
        app.vault(shell.settings, made)  # refuses a setting that is no server key before anything is written
        with bars() as progress:
            copied = copying.copy(original, made, progress)
        notes = server_key_needed(shell.settings, original, made)
        total = sum(one.rows for one in copied.tables)
        if not shell.json:
            printing.table(_HEADINGS, [(one.table, f"{one.rows:,}") for one in copied.tables if one.rows])
            printing.words(f"Restored to {made.place}; all {total:,} rows were read again, and are as in the file.")
            for note in notes:
                printing.words(printing.harmless(note))
        try:
            with bars() as progress:
                verify(made, None, [], progress)
        except Discrepancy as error:
            raise Failed(f"restored, but the backup is not what its audit trail says: {error}") from error
        if shell.json:
            tables = {one.table: one.rows for one in copied.tables}
            printing.document({"to": made.place, "rows": total, "tables": tables, "verified": True, "notes": notes})
            return
        printing.words("Verified: it is what its audit trail says.")
