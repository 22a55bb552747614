"""`milepost import table`: bring in a spreadsheet or a CSV file of key results."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import click
import msgspec

from milepost import app
from milepost.actions import accounts
from milepost.actions.context import Context
from milepost.cli import first_company, import_outcome, printing
from milepost.cli.options import account_option, with_shell
from milepost.cli.progress import bars
from milepost.cli.shared_options import example
from milepost.cli.shell import Shell
from milepost.transfer.table import columns
from milepost.transfer.table.load import load, read
from milepost.transfer.table.report import HEADINGS, Report

F = TypeVar("F", bound=Callable[..., Any])


_ORDERS = {"day-first": False, "month-first": True}


def dates_option(decorated: F) -> F:
    """Add --dates, which gives the command `dates`: whether the month comes first, `None` where it was left out."""
    return click.option(
        "--dates",
        type=click.Choice(list(_ORDERS)),
        callback=lambda _context, _parameter, given: None if given is None else _ORDERS[given],
        help="How days such as 3/4/2026 are meant. Left out: those are refused that may be either of two days.",
    )(decorated)


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
@dates_option
@account_option
@click.option("--dry-run", is_flag=True, help="Do everything but keep it, and say what would happen.")
@with_shell(makes_database=True)
def table(
    shell: Shell,
    file: Path,
    mapped: tuple[str, ...],
    cycle: str,
    owner: str,
    dates: bool | None,
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

    Where there is no company yet, one is started that has the name of the file.

    Records are known by their names: what is here already is left as it stands, and only check-ins of new dates are
    added. So the same file can be imported again. What cannot be taken is named by sheet, row and column, and the exit
    code is 1; where the file itself breaks off, nothing is kept.
    """
    wanted, sheets = columns.asked(mapped, columns.Field), read(file, month_first=dates)
    with going_into(shell, account, file, dry_run=dry_run) as context, bars() as progress:
        report = load(context, sheets, wanted, cycle_name=cycle, fallback=owner, dry_run=dry_run, progress=progress)
    finish(shell, report)


@contextmanager
def going_into(shell: Shell, account: str | None, file: Path, *, dry_run: bool) -> Iterator[Context]:
    """The account that a file goes into. Where there is none at all, and none is named, one of the file's name; a dry
    run has that in a database of its own, which is thrown away.
    """
    if account is not None or not _is_empty(shell):
        yield shell.context(account)
    elif dry_run:
        with TemporaryDirectory(prefix="milepost-dry-run-") as folder:
            settings = msgspec.structs.replace(shell.settings, database=f"sqlite:///{folder}/milepost.db")
            with closing(Shell(settings, json=shell.json, makes_database=True)) as tried:
                first_company.made_for_file(tried, file)
                yield tried.context(None)
    else:
        if (made := first_company.made_for_file(shell, file)) is not None:
            printing.words(
                f"Started a company for it, {printing.harmless(made.name)}. Its admin is {first_company.ADMIN}, who "
                f"signs in with what `milepost user link {first_company.ADMIN}` prints."
            )
        yield shell.context(None)


def _is_empty(shell: Shell) -> bool:
    """Whether the database has no account; one that is not there yet has none, and is not made to find out."""
    file = app.file_of(shell.settings.database)
    return (file is not None and not file.exists()) or not accounts.everyone(shell.database)


def finish(shell: Shell, report: Report) -> None:
    """Say what became of a file; the command ends with 1 where something could not be taken."""
    if shell.json:
        printing.document(report)
    else:
        import_outcome.tell(report.lines(), HEADINGS, report.sheets, dry_run=report.dry_run)
    if report.problems:
        sys.exit(1)
