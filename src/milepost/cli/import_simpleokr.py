"""`milepost import simpleokr`: bring in an account from a service that speaks SimpleOKR's API."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import chain

import click

from milepost.cli import import_outcome, printing
from milepost.cli.options import with_shell
from milepost.cli.progress import bars
from milepost.cli.shared_options import example
from milepost.cli.shell import Shell
from milepost.cli.standard_input import DASH, line
from milepost.domain.errors import Invalid
from milepost.transfer.simpleokr import address, api
from milepost.transfer.simpleokr.account import load
from milepost.transfer.simpleokr.pages import Page, everything
from milepost.transfer.simpleokr.report import Report
from milepost.transfer.simpleokr.run import Start
from milepost.transfer.upstream.asking import CannotPull
from milepost.transfer.upstream.patience import Patience

_HEADINGS = ("LIST", "FOUND", "TAKEN", "ALREADY THERE", "LEFT OUT", "REFUSED")

# A credential travels in a header, where spaces, & and all that is not ASCII mean something else.
_CREDENTIAL = re.compile(r"[\x21-\x25\x27-\x7e]{1,200}\Z")


@click.command(
    "simpleokr",
    epilog=example(
        "milepost import simpleokr --url https://okr.example --credential mycredential --secret - < secret.txt"
    ),
)
@click.option("--url", required=True, help="Where the service is, with /v1 at its end or without.")
@click.option("--credential", required=True, help="The credential of a key that the service knows.")
@click.option(
    "--secret",
    required=True,
    help="The key's secret, or better - to read it from standard input: others can see a command line.",
)
@click.option(
    "--start",
    type=click.Choice([one.value for one in Start]),
    help="Where every key result started, which this API does not tell: at zero, or at its current value. Left out: "
    "at zero those of the type positive, the others at their current value. Milestones always start at zero.",
)
@click.option(
    "--account",
    metavar="ID",
    help="Where everything goes. May be left out while there is only one; where there is none yet, one is made.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Do everything but keep it, and say what would happen. A database that is not there is made, and stays empty.",
)
@with_shell(makes_database=True)
def simpleokr(
    shell: Shell,
    url: str,
    credential: str,
    secret: str,
    start: str | None,
    account: str | None,
    dry_run: bool,
) -> None:
    """Import a whole account over SimpleOKR's API.

    Users, teams, cycles, objectives and key results keep their ids, names and dates. One request is made at a time; one
    that does not get through, or that the service is too busy for, is made again, for about a minute.

    What is there already is left as it stands, and what stands otherwise here than there is counted. So the command can
    be stopped and run again, but what changes there later does not come: pull the account when its clients move.

    This API shows neither roles nor histories. Users become members; make one an admin with `milepost user role EMAIL
    admin`. Each key result gets at most one check-in, dated when it was last modified, that explains its current value
    and confidence. Cycles come without dates, and open.

    What cannot be taken is named by list, index (from 0) and attribute, and the exit code is 1. The report counts, and
    shows no column that is all zero:

    \b
      FOUND            items in the list, over all pages and cycles
      TAKEN            new here, and added
      ALREADY THERE    here under the same id, left as they stand
      LEFT OUT         removed here before, and kept removed
      REFUSED          cannot be taken; the message says why
    """
    place = address.parse(url)
    pair = _key(credential, secret)
    if place.is_exposed:
        printing.words(
            "Warning: this address begins with http://, so that whoever sees a request on its way can read what it "
            "brings, and send its signature again for some minutes. Use https:// if the service has it."
        )
    with api.connected(place, *pair, shell.clock, Patience(tell=_told)) as service:
        pages = everything(service)
        first = next(pages)  # only a service that answers and accepts the key gets a database made
        with bars() as progress:
            report = load(
                shell.database,
                shell.clock,
                chain((first,), pages if dry_run else _going_on(pages)),
                account,
                start=None if start is None else Start(start),
                dry_run=dry_run,
                progress=lambda name, done: progress(name, done, None),
            )
    if shell.json:
        printing.document(report)
    else:
        _tell(report)
    if report.problems:
        sys.exit(1)


def _key(credential: str, secret: str) -> tuple[str, str]:
    """The key's two halves; `Invalid` where one is malformed. The secret is never repeated."""
    if not _CREDENTIAL.match(credential):
        raise Invalid("credential", "is 1 to 200 printable ASCII characters without spaces and &")
    if secret == DASH:
        secret = line("secret")
    if not secret:
        raise Invalid("secret", "is empty")
    return credential, secret


def _going_on(pages: Iterator[Page]) -> Iterator[Page]:
    """The pages. The error of one that fails says that the pages before it are kept."""
    try:
        yield from pages
    except CannotPull as error:
        raise CannotPull(f"{error}. What came before is kept: run the command again, and it goes on") from error


def _told(words: str) -> None:
    printing.words(printing.harmless(words))


def _tell(report: Report) -> None:
    remarks = [str(remark) for remark in (*report.notes, *report.problems)]
    owners = [
        f"{owner.first}: nobody here is {owner.id}, who has {owner.records:,} objective(s); kept as it is"
        for owner in report.unknown_owners
    ]
    others = [
        f"{one.list}: {one.records:,} here differ(s) from there, left as it stands; the first is {one.first}, "
        f"in {', '.join(one.attributes)}"
        for one in report.differences
    ]
    import_outcome.tell([*remarks, *owners, *others], _HEADINGS, report.lists, dry_run=report.dry_run)
    if report.started_at_zero:
        printing.words(
            f"{report.started_at_zero:,} key result(s) of the type positive are taken to have started at zero, which "
            "their progress is counted from; --start current takes where they are now."
        )
    if report.without_admin and not report.dry_run:
        printing.words("Nobody in this account is an admin yet: make one with `milepost user role EMAIL admin`.")
