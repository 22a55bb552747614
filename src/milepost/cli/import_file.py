"""The common parts of the imports of tables: their options, the account of a file, and their report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import click
import msgspec

from milepost import app
from milepost.actions import accounts
from milepost.actions.context import Context
from milepost.cli import first_company, import_outcome, printing
from milepost.cli.options import account_option
from milepost.cli.shell import Shell
from milepost.transfer.table.report import HEADINGS, Report

F = TypeVar("F", bound=Callable[..., Any])

_ORDERS = {"day-first": False, "month-first": True}
_MARKS = {"decimal-comma": True, "decimal-point": False}


def file_options(fields: type[StrEnum], cycle_help: str) -> Callable[[F], F]:
    """Add FILE and the options that say how it is read: the command gets `file`, `mapped`, `cycle`, `owner`, `dates`
    (whether the month comes first, `None` where that is not said), `commas` (whether decimals are behind one, so),
    `account` and `dry_run`.
    """
    options = (
        click.argument("file", type=click.Path(path_type=Path)),
        click.option(
            "--map",
            "mapped",
            multiple=True,
            metavar="HEADING=FIELD",
            help="What a column is, where its heading does not say so; without a field it is passed over. Fields: "
            f"{', '.join(fields)}. May be given several times.",
        ),
        click.option("--cycle", default="", metavar="NAME", help=cycle_help),
        click.option("--owner", default="", metavar="EMAIL", help="Who owns what nobody here does."),
        click.option(
            "--dates",
            type=click.Choice(list(_ORDERS)),
            callback=lambda _context, _parameter, given: None if given is None else _ORDERS[given],
            help="How days such as 3/4/2026 are meant. Left out: those are refused that may be either of two days.",
        ),
        click.option(
            "--numbers",
            "commas",
            type=click.Choice(list(_MARKS)),
            callback=lambda _context, _parameter, given: None if given is None else _MARKS[given],
            help="How numbers such as 1.500 are meant that are texts. Left out: as the others of the table tell.",
        ),
        account_option,
        click.option("--dry-run", is_flag=True, help="Do everything but keep it, and say what would happen."),
    )

    def decorate(decorated: F) -> F:
        for option in reversed(options):  # decorators apply from the last to the first
            decorated = option(decorated)
        return decorated

    return decorate


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
    """Whether the database has no account; a missing database has none, and is not created for that."""
    file = app.file_of(shell.settings.database)
    return (file is not None and not file.exists()) or not accounts.everyone(shell.database)


def finish(shell: Shell, report: Report) -> None:
    """Print the report of a file; the command ends with 1 where something was refused."""
    if shell.json:
        printing.document(report)
    else:
        import_outcome.tell(report.lines(), HEADINGS, report.sheets, dry_run=report.dry_run)
    if report.problems:
        sys.exit(1)
