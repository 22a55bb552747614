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
from milepost.transfer.table import export as tables
from milepost.transfer.table.export import Contents

_HEADINGS = ("FILE", "RECORDS")
# Endings of unsupported file types, which no folder would have.
_OTHER_FILES = frozenset((
    ".xls", ".xlsm", ".ods", ".zip", ".json", ".jsonl", ".pdf", ".tsv", ".txt", ".xml", ".html", ".db", ".sql", ".gz",
    ".tar",
))  # fmt: skip


@click.command(
    "export",
    epilog=example(
        "milepost export larkspur",
        "milepost import gtmhub larkspur --dry-run",
        "milepost export okrs.xlsx",
        "milepost export history.csv --rows check-ins",
    ),
)
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--rows",
    type=click.Choice([one.value for one in Contents]),
    help="What a row of a .csv or .xlsx file is: a key result, unless told otherwise, or a check-in.",
)
@account_option
@with_shell()
def export(shell: Shell, target: Path, rows: str | None, account: str | None) -> None:
    """Write an account into a folder that can be imported, or a table.

    A TARGET that ends in .csv or .xlsx becomes a table for people, with a row for each key result, or for each
    check-in. In CSV a text that a spreadsheet would take for a formula gets an apostrophe in front.

    Any other becomes a folder that `milepost import gtmhub` takes in. The files are lists as Gtmhub answered them,
    1,000 records in each at most: people, teams, custom fields, sessions, goals, metrics with their whole histories,
    tasks, saved lists. Values that follow from others are left out, and are there again after an import. Ids stay, so
    that importing twice doubles nothing.

    Everything is of one moment, beside a server that runs. The folder must not be there yet, or be empty, nor the file;
    only its owner may read it. Whatever goes wrong, nothing is left of it; what a killed
    process has left, hidden beside it, is taken away by the next run.

    Tokens and signing keys do not come along: they belong to a server. Nor does the trail, which cannot be taken in
    anywhere: `milepost audit export` writes it, and `milepost copy` brings a whole database along, trail and all.
    """
    context = shell.context(account)
    if target.suffix.lower() in (".csv", ".xlsx"):
        with bars() as progress:
            written = tables.export(context, target, Contents(rows or Contents.KEY_RESULTS), progress)
        shell.done(
            f"{written.rows:,} {'row is' if written.rows == 1 else 'rows are'} in {target}",
            {"file": str(target), "rows": written.rows, "cut": written.cut},
        )
        if written.cut and not shell.json:
            printing.words(
                f"{written.cut:,} of the texts are longer than the {tables.LONGEST:,} letters that a cell holds, and "
                "are cut off: a .csv file has them whole."
            )
        return
    if target.suffix.lower() in _OTHER_FILES:
        raise click.UsageError(f"{target}: a table is .csv or .xlsx, and the name of a folder has no such ending")
    if rows is not None:
        raise click.UsageError("--rows is for a target that ends in .csv or .xlsx")
    with bars() as progress:
        records = transfer.export(context, target, progress)
    if shell.json:
        printing.document({"folder": str(target), "records": records})
        return
    printing.table(_HEADINGS, [(f"{kind}.json", f"{count:,}") for kind, count in records.items() if count])
    printing.words(f"Everything is in {target}.")
