"""`milepost export`: take everything of an account along."""

from __future__ import annotations

from pathlib import Path

import click

from milepost.cli import printing
from milepost.cli.options import account_option, with_shell
from milepost.cli.progress import bars
from milepost.cli.shared_options import example
from milepost.cli.shell import Shell
from milepost.transfer.gtmhub import export as transfer

_HEADINGS = ("FILE", "RECORDS")


@click.command("export", epilog=example("milepost export larkspur", "milepost import gtmhub larkspur --dry-run"))
@click.argument("folder", type=click.Path(path_type=Path))
@account_option
@with_shell()
def export(shell: Shell, folder: Path, account: str | None) -> None:
    """Write an account into a folder that can be imported.

    `milepost import gtmhub` takes it in. The files are lists as Gtmhub answered them, 1,000 records in each at most:
    people, teams, custom fields, sessions, goals, metrics with their whole histories, tasks, saved lists. Values that
    follow from others are left out, and are there again after an import. Ids stay, so that importing twice doubles
    nothing.

    Everything is of one moment, beside a server that runs. The folder must not be there yet, or be empty; only its
    owner may read it. Whatever goes wrong, nothing is left of it.

    Tokens and signing keys do not come along: they belong to a server. Nor does the trail, which cannot be taken in
    anywhere: `milepost audit export` writes it, and `milepost copy` brings a whole database along, trail and all.
    """
    context = shell.context(account)
    with bars() as progress:
        written = transfer.export(context, folder, progress)
    if shell.json:
        printing.document({"folder": str(folder), "records": written})
        return
    printing.table(_HEADINGS, [(f"{kind}.json", f"{count:,}") for kind, count in written.items() if count])
    printing.words(f"Everything is in {folder}.")
