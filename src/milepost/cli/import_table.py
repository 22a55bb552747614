"""`milepost import table`: bring in a spreadsheet or a CSV file of key results."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from milepost.cli import import_outcome, printing
from milepost.cli.options import account_option, with_shell
from milepost.cli.progress import bars
from milepost.cli.shared_options import example
from milepost.cli.shell import Shell
from milepost.transfer.table import columns
from milepost.transfer.table.load import load, read
from milepost.transfer.table.report import HEADINGS, Report


@click.command(
    "table",
    epilog=example(
        "milepost import table okrs.xlsx --dry-run",
        'milepost import table okrs.csv --cycle "Q1 2027" --map "Measure=name" --map "Remarks=" --owner anna@acme.test',
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="HEADING=FIELD",
    help=f"What a column is, where its heading does not say so; without a field it is passed over. Fields: "
    f"{', '.join(columns.Field)}. May be given several times.",
)
@click.option("--cycle", default="", metavar="NAME", help="Where rows go that name no cycle.")
@click.option("--owner", default="", metavar="EMAIL", help="Who owns what nobody here does.")
@account_option
@click.option("--dry-run", is_flag=True, help="Do everything but keep it, and say what would happen.")
@with_shell()
def table(
    shell: Shell, file: Path, mapped: tuple[str, ...], cycle: str, owner: str, account: str | None, dry_run: bool
) -> None:
    """Import a spreadsheet (.xlsx) or a CSV file of key results.

    A row is a key result: cycle, objective, its own name, owner, kind, start, target, current value and so on, by their
    headings, such as Session, Objective, Key result, Owner, Type, Initial value, Target value, Due date. With a column
    Date, each row is a check-in, and a key result may have many. Cycles and objectives that are not here yet are made,
    a cycle with the dates that its name says (Q4 2021, H1 2022, 2023). Columns of other headings become custom fields,
    and are defined as such.

    Sheets of people (with a column Email) and of tasks (Task) are taken, too. Owners are found by address or whole
    name; those whom nobody here is are listed at the end. Of formulas, the values count.

    Records are known by their names: what is here already is left as it stands, and only check-ins of new dates are
    added. So the same file can be imported again. What cannot be taken is named by sheet, row and column, and the exit
    code is 1; where the file itself breaks off, nothing is kept.
    """
    context = shell.context(account)
    wanted = columns.asked(mapped, columns.Field)
    with bars() as progress:
        report = load(context, read(file), wanted, cycle_name=cycle, fallback=owner, dry_run=dry_run, progress=progress)
    finish(shell, report)


def finish(shell: Shell, report: Report) -> None:
    """Say what became of a file; the command ends with 1 where something could not be taken."""
    if shell.json:
        printing.document(report)
    else:
        import_outcome.tell(report.lines(), HEADINGS, report.sheets, dry_run=report.dry_run)
    if report.problems:
        sys.exit(1)
