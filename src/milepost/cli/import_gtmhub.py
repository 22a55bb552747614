"""`milepost import gtmhub`: bring in a folder of what Gtmhub answered."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from milepost.actions import accounts, people
from milepost.actions.context import operator
from milepost.cli import import_gtmhub_live, import_outcome, printing
from milepost.cli.options import with_shell
from milepost.cli.progress import bars
from milepost.cli.shared_options import example
from milepost.cli.shell import Shell
from milepost.domain.errors import Fault
from milepost.domain.people import Role
from milepost.transfer.gtmhub import saved
from milepost.transfer.gtmhub.folder import load
from milepost.transfer.gtmhub.live import kept
from milepost.transfer.gtmhub.report import HEADINGS, Report


@click.command(
    "gtmhub",
    epilog=example(
        "milepost import gtmhub saved-answers --dry-run",
        "milepost import gtmhub --url https://app.example/api --token - --source-account 5f0c… < token.txt",
    ),
)
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--url", help="Where an account still answers: it is fetched from there into FOLDER first.")
@click.option(
    "--token",
    help="A token of the account, or better - to read it from standard input: others can see a command line.",
)
@click.option("--source-account", "source", metavar="ID", help="The id that the account has there.")
@click.option(
    "--account",
    metavar="ID",
    help="Where everything goes, whatever it says itself. Without it, records go where their accountId says, "
    "else to the account of accounts.json, which is made if it is new.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Do everything but keep it, and say what would happen. A database that is not there is made, and stays empty.",
)
@with_shell(makes_database=True)
def gtmhub(
    shell: Shell,
    folder: Path | None,
    url: str | None,
    token: str | None,
    source: str | None,
    account: str | None,
    dry_run: bool,
) -> None:
    """Import a Gtmhub account, from saved list answers or live.

    Live, with --url, --token and --source-account, all that the API shows is fetched into FOLDER (gtmhub-ID, unless
    told), which is then imported and stays. It holds what the token's user may read. One request is made at a time; one
    that does not get through is made again, for about a minute. When the command is stopped, run it again: it goes on
    where it was. What a dry run fetched is what the next run imports; a run after that asks for everything anew.

    Else FOLDER holds answers that were saved: that of each call in the file beside it; each file may be missing. A list
    is {"items": [...]} or a bare array. Where it is longer than 1,000, save its further pages (skip=1000, 2000, ...)
    beside it, as metrics-2.json, metrics-3.json and so on.

    \b
      users.json         GET /api/v2/users?limit=1000&skip=0
      teams.json         GET /api/v1/teams?limit=1000&skip=0
      customFields.json  GET /api/v2/customFields?limit=1000&skip=0
      sessions.json      GET /api/v1/sessions?limit=1000&skip=0
      goals.json         GET /api/v1/goals?limit=1000&skip=0
      metrics.json       GET /api/v1/metrics?limit=1000&skip=0
      tasks.json         GET /api/v1/tasks?limit=1000&skip=0
      lists.json         GET /api/v1/lists?limit=1000&skip=0
      accounts.json      GET /api/v1/accounts/{id}

    Ids, dates, histories and unknown fields are kept. What is there already is left as it stands, so that the command
    can be stopped and run again; only missing history entries are added.

    What cannot be taken is named by file, index (from 0) and field, and the exit code is 1. The report counts, and
    shows no column that is all zero:

    \b
      FOUND            items in the file
      TAKEN            new here, and added
      ALREADY THERE    here under the same id, left as they stand
      LEFT OUT         removed here before, and kept removed
      REFUSED          cannot be taken; the message says why
      HISTORY ADDED    check-ins added to key results
      HISTORY REFUSED  check-ins that cannot be taken
      GAPS CLOSED      check-ins made to meet the value that a key result shows
    """
    asked = import_gtmhub_live.asked(url, token, source)
    if asked is None:
        if folder is None:
            raise click.UsageError("name the FOLDER of saved answers, or --url, --token and --source-account")
        report = _loaded(shell, folder, account, dry_run)
    else:
        if account is not None:
            shell.account(account)  # must exist before hours are spent on the fetch
        folder = folder or Path(f"gtmhub-{asked.origin.account}")
        fetched = import_gtmhub_live.fetched(shell, asked, folder)
        report = _loaded(shell, folder, account, dry_run)
        for name, words in fetched.lacking.items():
            report.refuse(f"{name}.json", None, [Fault("", words)])
        if not dry_run:
            kept.mark_taken(folder, fetched)
    if shell.json:
        printing.document(report)
    else:
        import_outcome.tell(report.lines(), HEADINGS, report.files, dry_run=report.dry_run)
        if not dry_run:
            _tell_who_may_not(shell)
    if report.problems:
        sys.exit(1)


def _tell_who_may_not(shell: Shell) -> None:
    """Say of which accounts nobody can sign in as an admin: answers that were saved need not say roles."""
    for one in accounts.everyone(shell.database):
        everybody = people.everyone(operator(shell.database, one.id, shell.clock))
        if not any(user.role is Role.ADMIN and user.is_active for user in everybody):
            printing.words(
                f"Nobody in the account {one.id} is an admin yet: make one with `milepost user role EMAIL admin`, who "
                "signs in with what `milepost user link EMAIL` prints."
            )


def _loaded(shell: Shell, folder: Path, account: str | None, dry_run: bool) -> Report:
    found = saved.read(folder)
    with bars() as progress:
        return load(shell.database, shell.clock, found, account, dry_run=dry_run, progress=progress)
