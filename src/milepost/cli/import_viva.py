"""`milepost import viva`: bring in what Microsoft Viva Goals exported."""

from __future__ import annotations

from pathlib import Path

import click

from milepost.cli.import_file import file_options, finish, going_into
from milepost.cli.options import with_shell
from milepost.cli.progress import bars
from milepost.cli.shared_options import example
from milepost.cli.shell import Shell
from milepost.transfer.table.columns import asked
from milepost.transfer.table.load import read
from milepost.transfer.viva.columns import Field
from milepost.transfer.viva.load import load


@click.command(
    "viva",
    epilog=example(
        "milepost import viva viva-goals.xlsx --dry-run",
        'milepost import viva okrs.csv --cycle "Q4 2025" --map "Aligned with=parent" --owner anna@acme.test',
    ),
)
@file_options(Field, "Where rows go that name no time period, nor stand beneath any.")
@with_shell(makes_database=True)
def viva(
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
    """Import the export of Microsoft Viva Goals (.xlsx or CSV).

    A row is an objective, a key result or an initiative, as its column Type says, beneath the row that it names by id
    or title. Initiatives, projects and tasks become tasks. Time periods become cycles, with the dates that their names
    say (Q4 2025). What a key result's last check-in says becomes a check-in of that date; several rows of one key
    result are its history. Where only a progress is said, values are percents. Status, id and columns of other headings
    become custom fields, and are defined as such.

    Owners are found by address or whole name; those whom nobody here is are listed at the end: add them first, or with
    `milepost import table`, which takes sheets of people.

    Where there is no company yet, one is started that has the name of the file.

    What is here already, by its id there or else by its title and place, is left as it stands, and only check-ins of
    new dates are added. So the same file can be imported again. What cannot be taken is named by sheet, row and column,
    and the exit code is 1; where the file itself breaks off, nothing is kept.
    """
    wanted, sheets = asked(mapped, Field), read(file, month_first=dates, has_decimal_commas=commas)
    with going_into(shell, account, file, dry_run=dry_run) as context, bars() as progress:
        report = load(context, sheets, wanted, cycle_name=cycle, fallback=owner, dry_run=dry_run, progress=progress)
    finish(shell, report)
