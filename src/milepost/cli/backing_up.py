"""`milepost backup`: copy a file while it is served."""

from __future__ import annotations

from pathlib import Path

import click

from milepost import app
from milepost.cli import printing
from milepost.cli.failure import Failed
from milepost.cli.options import with_shell
from milepost.cli.shared_options import example
from milepost.cli.shell import Shell
from milepost.store.backup import CannotBackUp, back_up, in_words
from milepost.store.vault import key_file


@click.command("backup", epilog=example("milepost backup /mnt/elsewhere/milepost-2026-03-31.db"))
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@with_shell()
def backup(shell: Shell, target: Path) -> None:
    """Copy the database into a new file, while it is served or not.

    The copy is the state of one moment, in one file, and is looked over before it gets its name; what is there already
    is never overwritten. It is of the same version: nothing is brought up to date.

    Only a SQLite database is copied so: one of PostgreSQL's is with pg_dump.

    The server key, beside the database or in MILEPOST_SECRET_KEY, does not come along: keep it, but elsewhere.
    """
    source = app.file_of(shell.settings.database)
    if source is None:
        raise Failed(
            f"PostgreSQL copies its databases itself: `pg_dump --format=custom --file={target} ADDRESS`, and back with "
            "pg_restore"
        )
    if not source.exists():
        raise Failed(f"{source}: there is no database here; name another with --database")
    try:
        back_up(source, target)
    except CannotBackUp as error:
        raise Failed(str(error)) from error
    size = target.stat().st_size
    shell.result(str(target), {"file": str(target.resolve()), "bytes": size})
    if not shell.json:
        printing.words(f"{in_words(size)} are copied")
        if key_file(source).exists():
            printing.words(f"{key_file(source)} is not among them: keep a copy of it, but not beside this one")
