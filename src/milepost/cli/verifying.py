"""`milepost verify`: say whether the database is what its audit trail says."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from milepost.actions.verification import Discrepancy, Head, Verified
from milepost.actions.verification import verify as look
from milepost.cli import anchors, printing
from milepost.cli.options import with_shell
from milepost.cli.progress import bars
from milepost.cli.shared_options import example
from milepost.cli.shell import Shell

_HEADINGS = ("TABLE", "RECORDS")


@click.command("verify", epilog=example("milepost verify", "milepost verify --heads anchored-heads.txt"))
@click.option("--account", metavar="ID", help="Look at this account alone; all of them where it is left out.")
@click.option(
    "--head",
    "given",
    type=anchors.HeadParameter(),
    multiple=True,
    metavar="ACCOUNT:NUMBER:HASH",
    help="A head that was kept elsewhere: its record has to be there still, with that hash. May be repeated.",
)
@click.option(
    "--heads",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The same of a file that `milepost audit head` was appended to, a head at the end of each line.",
)
@with_shell()
def verify(shell: Shell, account: str | None, given: tuple[Head, ...], file: Path | None) -> None:
    """Check the audit trail, and all that is stored against it.

    Each record of the trail has to hold the hash of the one before, and to be what was added. Every record that stands
    has to stand as the trail tells it, every value that follows from others is computed anew, and no reference may lead
    nowhere.

    Prints `ok` and what was looked at (tokens are those of programs and of browsers, and links that let somebody in),
    or names the first record that does not fit and ends with code 1. A server may run meanwhile: it is not held up, and
    what is looked at is the state of one moment.

    Whoever can write the database file can write another chain. To see that, too, keep the heads that `milepost audit
    head` prints where he cannot change them, and give them back with --head or --heads.
    """
    heads = [*given, *(anchors.of_file(file) if file is not None else ())]
    try:
        with bars() as progress:
            found = look(shell.database, account, heads, progress)
    except Discrepancy as error:
        if not shell.json:
            raise
        places = {"account_id": error.account_id, "table": error.table, "id": error.record_id}
        told = {"what": error.what, "stands": error.stands, "should": error.should}
        printing.document({"ok": False, **places, **told})
        sys.exit(1)
    if shell.json:
        printing.document({"ok": True, "heads_checked": len(heads), "accounts": [_document(one) for one in found]})
        return
    totals: dict[str, int] = {}
    for one in found:
        for table, count in one.counts.items():
            totals[table] = totals.get(table, 0) + count
    printing.result("ok")
    printing.table(_HEADINGS, [(table, f"{count:,}") for table, count in totals.items() if count])


def _document(one: Verified) -> dict[str, object]:
    head = {"number": one.head.number, "hash": one.head.hash}
    return {"id": one.account_id, "head": head, "records": one.counts}
