"""`milepost user erase`: take a person out of everything that an account holds, its audit trail included."""

from __future__ import annotations

import click

from milepost.actions import erasure
from milepost.cli import printing
from milepost.cli.options import account_option, with_shell
from milepost.cli.shared_options import example
from milepost.cli.shell import Shell
from milepost.store.engine import ENGINE_ERRORS

_HEADINGS = ("TABLE", "RECORDS")
_LEFT = (
    "Copies and logs of the database that were made before still hold what was erased. {}: see docs/history.md "
    'of the source, "Erasing a person".'
)


@click.command(
    "erase",
    epilog=example("milepost user erase ben@acme.test --dry-run", "milepost user erase ben@acme.test --also Benny"),
)
@click.argument("email")
@click.option(
    "--also",
    metavar="WORDS",
    multiple=True,
    help="Take these words out as well, wherever they stand alone: a nickname, a last name. May be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Change nothing, and say how many records would be changed.")
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
@account_option
@with_shell()
def erase(shell: Shell, email: str, also: tuple[str, ...], dry_run: bool, yes: bool, account: str | None) -> None:
    """Take a person out: name, address, picture and words.

    All that the account holds is gone through, and the comments that they signed are emptied.

    It cannot be undone. The user stays as one without a person, so that numbers and dates keep their author's id;
    tokens and keys are revoked. Where others wrote the whole name or the address, [erased] stands instead: in
    descriptions, comments, tags, unknown fields, and in what the audit trail kept. What the user was called before is
    found there, too.

    The trail says that it was done, and of every payload what it is now: `milepost verify` is content. A name of a
    single word, and the parts of a name, are left in what others wrote, since they may mean somebody else: name them
    with --also.
    """
    context = shell.context(account)
    _, found = erasure.look(context, email, also)
    if not dry_run:
        if not yes:
            click.confirm(_question(email, found), abort=True, err=True)
        found = erasure.erase(context, email, also)
    if shell.json:
        printing.document({"email": email, "erased": not dry_run, "records": found.counts})
    else:
        printing.table(_HEADINGS, [(table, f"{count:,}") for table, count in found.counts.items()])
    if not dry_run:
        printing.words(_LEFT.format(_scrubbed(shell)))


def _question(email: str, found: erasure.Found) -> str:
    counts = ", ".join(f"{table} {count:,}" for table, count in found.counts.items())
    return f"This changes {counts}. It cannot be undone. Erase {printing.harmless(email)}?"


def _scrubbed(shell: Shell) -> str:
    database = shell.database
    try:
        done = database.scrub()
    except ENGINE_ERRORS as error:
        return f"{database.place} could not be written anew ({error}), so that its free space still does, too"
    if done:
        return f"{database.place} was written anew, and does not"
    return f"The free space of {database.place} may, too"
