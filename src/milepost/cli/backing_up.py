"""`milepost backup`: copy a database into one file while it is served."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from milepost import app
from milepost.cli import printing
from milepost.cli.failure import Failed
from milepost.cli.options import with_shell
from milepost.cli.progress import bars
from milepost.cli.shared_options import example
from milepost.cli.shell import Shell
from milepost.store import keys
from milepost.store.backup import back_up, in_words
from milepost.store.new_file import require_new
from milepost.store.row_backup import back_up_rows
from milepost.store.vault import key_file


@click.command("backup", epilog=example("milepost backup /mnt/elsewhere/milepost-2026-03-31.db"))
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@with_shell()
def backup(shell: Shell, target: Path) -> None:
    """Copy the database into a new file, while it is served or not.

    The copy is the state of one moment, in one SQLite file that only its owner may read, whichever engine the original
    is on. It is looked over before it gets its name: a backup that was interrupted has none. What is there already is
    never overwritten, and nothing is brought up to date.

    `milepost restore` brings it into an empty database, of either engine. A backup also is a database itself,
    which can be served as it stands.

    The server key, beside the database or in MILEPOST_SECRET_KEY, does not come along: keep it, but elsewhere.
    """
    source = app.file_of(shell.settings.database)
    if source is None:
        _of_server(shell, target)
        return
    if not source.exists():
        raise Failed(f"{source}: there is no database here; name another with --database")
    with bars() as progress:
        back_up(source, target, lambda done, whole: progress("copied", done, whole))
    size = target.stat().st_size
    shell.result(str(target), {"file": str(target.resolve()), "bytes": size})
    if not shell.json:
        printing.words(f"{in_words(size)} are copied")
        if key_file(source).exists():
            printing.words(f"{key_file(source)} is not among them: keep a copy of it, but not beside this one")


def _of_server(shell: Shell, target: Path) -> None:
    require_new(target)
    with closing(app.database(shell.settings.database, make=False, upgrade=False)) as source:
        with bars() as progress:
            copied = back_up_rows(source, target, progress)
        size, rows = target.stat().st_size, sum(one.rows for one in copied.tables)
        shell.result(str(target), {"file": str(target.resolve()), "bytes": size, "rows": rows})
        if not shell.json:
            printing.words(
                f"{rows:,} rows ({in_words(size)}) are copied; all were read again, and are the same in both"
            )
            if keys.holding(source):
                printing.words(
                    "The server key in MILEPOST_SECRET_KEY is not among them: keep a copy of it, but elsewhere"
                )
