"""`milepost audit`: show the trail of changes, export it, and print where its chain ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from milepost.actions import accounts, people, trail, verification
from milepost.cli import anchors, printing
from milepost.cli.dates import Moment
from milepost.cli.failure import Failed
from milepost.cli.options import account_option, with_shell
from milepost.cli.shared_options import example, with_shared_options
from milepost.cli.shell import Shell
from milepost.domain.chain import Link
from milepost.domain.instants import BEGINNING, END, Instant

_HEADINGS = ("NUMBER", "AT", "WHO", "THROUGH", "ACTION", "RECORD")
_encode = msgspec.json.Encoder().encode


@click.group(epilog=example("milepost audit list"))
@with_shared_options
def audit() -> None:
    """The trail of all changes: who, when, through what, before and after."""


@audit.command(
    "list",
    epilog=example("milepost audit list --limit 20", "milepost audit list --actor anna@acme.test --since 2026-01-01"),
)
@click.option("--record", metavar="ID", default="", help="Changes of the record of this id only.")
@click.option("--actor", metavar="EMAIL", default="", help="Changes by this user only, named by address or id.")
@click.option("--since", type=Moment(end=False), default=None, help="From this day (in UTC) or RFC 3339 moment on.")
@click.option("--until", type=Moment(end=True), default=None, help="To this day, included, or this moment.")
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="So many, the newest, at most."
)
@account_option
@with_shell()
def list_(
    shell: Shell,
    record: str,
    actor: str,
    since: Instant | None,
    until: Instant | None,
    limit: int,
    account: str | None,
) -> None:
    """Show changes, the newest first.

    With --json what stood before and after comes along. Nobody is named where the operator acted on the command line.
    """
    context = shell.context(account)
    found = trail.newest(
        context,
        record=record,
        actor=actor,
        since=BEGINNING if since is None else since,
        until=END if until is None else until,
        limit=limit,
    )
    if shell.json:
        printing.document([_shown(link) for link in found])
        return
    names = {user.id: user.email for user in people.everyone(context)}
    printing.table(_HEADINGS, [_row(link, names) for link in found])


@audit.command("export", epilog=example("milepost audit export trail.jsonl", "milepost audit export --after 12000"))
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--after", type=click.IntRange(0), default=0, metavar="NUMBER", help="Only what comes behind this record."
)
@account_option
@with_shell()
def export(shell: Shell, file: Path | None, after: int, account: str | None) -> None:
    """Write the trail as JSON lines, to FILE or standard output.

    Each line is a record with its hash, that of the one before, and its payload as the very text that its digest
    covers: all that is needed to check the chain elsewhere. The file must not be there yet, and only its owner may read
    it, since payloads name people.
    """
    context = shell.context(account)
    if file is None:
        _write(sys.stdout.buffer, context, after)
        return
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            count = _write(opened, context, after)
    except FileExistsError:
        raise Failed(f"{file} is there already: name another file") from None
    except OSError as error:
        raise Failed(f"{file} cannot be written: {error.strerror or error}") from error
    shell.done(f"{count:,} records are in {file}", {"file": str(file), "records": count})


@audit.command("head", epilog=example("milepost audit head", "milepost audit head >> anchored-heads.txt"))
@click.option("--account", metavar="ID", help="Of this account alone; of all of them where it is left out.")
@with_shell()
def head(shell: Shell, account: str | None) -> None:
    """Print where each account's chain ends: ACCOUNT:NUMBER:HASH.

    Kept where whoever runs this server cannot change it, it shows later, with `milepost verify --head`, that nothing up
    to this record was changed or left out since.
    """
    found = accounts.everyone(shell.database) if account is None else [accounts.find(shell.database, account)]
    heads = [verification.head(shell.database, one.id) for one in found]
    if shell.json:
        printing.document([msgspec.structs.asdict(one) for one in heads])
        return
    for one in heads:
        printing.result(anchors.written(one))


def _write(out: BinaryIO, context: Any, after: int) -> int:
    count = 0
    for link in trail.whole(context, after):
        out.write(_encode(link) + b"\n")
        count += 1
    out.flush()
    return count


def _row(link: Link, names: dict[str, str]) -> tuple[str, ...]:
    who = names.get(link.actor_id) or link.actor_id or "operator"
    at = printing.moment(link.at)
    return (str(link.number), at, who, link.front_end, link.action, link.record_id)


def _shown(link: Link) -> dict[str, Any]:
    """A record for a program that reads it: dates as dates, payloads as documents."""
    told = msgspec.structs.asdict(link)
    for name in ("before", "after"):
        text = told[name]
        told[name] = None if text is None else msgspec.Raw(text.encode())
    return {**told, "at": printing.exact(link.at)}
