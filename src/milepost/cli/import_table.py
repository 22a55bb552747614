"""`milepost import table`: bring in a spreadsheet or a CSV file of key results."""

from __future__ import annotations

from pathlib import Path

import click

from milepost.cli.import_file import file_options, finish, going_into
from milepost.cli.options import with_shell
from milepost.cli.progress import bars
from milepost.cli.shared_options import example
from milepost.cli.shell import Shell
from milepost.transfer.table import columns
from milepost.transfer.table.load import load, read


@click.command(
    "table",
    epilog=example(
        "milepost import table okrs.xlsx --dry-run",
        'milepost import table okrs.csv --cycle "Q1 2027" --map "Measure=name" --map "Remarks=" --owner anna@acme.test',
    ),
)
@file_options(columns.Field, "Where rows go that name no cycle.")
@with_shell(makes_database=True)
def table(
    shell: Shell,
    file: Path,
    mapped: tuple[str, ...],
    cycle: str,
    owner: str,
    *,
    dates: bool | None,
    commas: bool | None,
    account: str | None,
    dry_run: bool,
) -> None:
    """Import a spreadsheet (.xlsx) or a CSV file of key results.

    A row is a key result: cycle, objective, its own name, owner, kind, start, target, current value and so on, by their
    headings, such as Session, Objective, Key result, Owner, Type, Initial value, Target value, Due date. With a column
    Date, each row is a check-in, and a key result may have many. Cycles and objectives that are not here yet are made,
    a cycle with the dates that its name says (Q4 2021, H1 2022, 2023). Columns of other headings become custom fields,
    and are defined as such.

    Sheets of people (with a column Email) and of tasks (Task) are taken, too. Owners are found by address or whole
    name; those whom nobody here is are listed at the end. Of formulas, the values count.

    Try it with --dry-run first: that says what each column was taken for, and shows the first key results. What can be
    read in two ways is refused, such as 3/4/2026 or, where no other number tells, 1.250: see --dates and --numbers.

    Where there is no company yet, one is started that has the name of the file.

    Records are known by their names: what is here already is left as it stands, and only check-ins of new dates are
    added. So the same file can be imported again. What cannot be taken is named by sheet, row and column, and the exit
    code is 1; where the file itself breaks off, nothing is kept.
    """
    wanted, sheets = columns.asked(mapped, columns.Field), read(file, month_first=dates, has_decimal_commas=commas)
    with going_into(shell, account, file, dry_run=dry_run) as context, bars() as progress:
        report = load(context, sheets, wanted, cycle_name=cycle, fallback=owner, dry_run=dry_run, progress=progress)
    finish(shell, report)
