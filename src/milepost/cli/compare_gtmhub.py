"""`milepost compare gtmhub`: list every field that a client would find otherwise here."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import click
import msgspec

from milepost.cli import printing
from milepost.cli.failure import Failed
from milepost.cli.options import account_option, with_shell
from milepost.cli.progress import bars
from milepost.cli.rehearsing import asked_inside
from milepost.cli.shared_options import example
from milepost.cli.shell import Shell
from milepost.cli.signals import ending_cleanly
from milepost.cli.standard_input import DASH, line
from milepost.transfer.gtmhub.rehearsal import asking, findings, rehearse
from milepost.transfer.gtmhub.rehearsal.asking import Server
from milepost.transfer.gtmhub.rehearsal.call import Call, listed, saved_calls
from milepost.transfer.gtmhub.rehearsal.findings import Findings, Told

_HEADINGS = ("CALL", "FIELD", "COUNT", "THEIRS", "OURS", "FIRST AT")


@click.command(
    "gtmhub",
    epilog=example(
        "milepost compare gtmhub saved-answers",
        "milepost compare gtmhub --url https://app.gtmhub.com/api --token - --source-account ID < token.txt",
        "milepost compare gtmhub --url https://app.gtmhub.com/api --token - --calls paths.txt --save calls.jsonl",
    ),
)
@click.argument("saved", metavar="[FOLDER|FILE]", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--url", help="The server that still answers, with /api at its end or without.")
@click.option("--token", help="A token for it, or better - to read that from standard input.")
@click.option("--source-account", metavar="ID", help="The account there; the one compared here where it is left out.")
@click.option(
    "--calls",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="With --url: the calls to make, one path on a line. Left out: every list, and some records of each kind.",
)
@click.option(
    "--save",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With --url: keep what is answered there in a new file, to compare with later.",
)
@click.option("--to", metavar="URL", help="Ask a Milepost that is served there, in place of --database.")
@click.option("--to-token", help="A token for it, or - for the next line of standard input.")
@click.option("--as", "email", metavar="EMAIL", help="Whose eyes to look with here; an admin's where it is left out.")
@click.option("--all", "all_count", is_flag=True, help="Count what is expected to differ, too.")
@click.option("--each", is_flag=True, help="Tell every field that differs, on a line of its own, instead of groups.")
@account_option
@with_shell()
def gtmhub(
    shell: Shell,
    *,
    saved: Path | None,
    url: str | None,
    token: str | None,
    source_account: str | None,
    calls: Path | None,
    save: Path | None,
    to: str | None,
    to_token: str | None,
    email: str | None,
    all_count: bool,
    each: bool,
    account: str | None,
) -> None:
    """Ask what Gtmhub answered, and list every field that differs.

    The answers are those of a FOLDER that `milepost import gtmhub` takes, whose records are asked for by their ids; or
    of recorded calls, a FILE or a folder's .jsonl files, which hold a call on each line:

    \b
      {"path": "/api/v1/goals?limit=10", "status": 200, "body": {"items": []}}

    With --url the server that still answers is asked, and --save records it. Only GETs are made, there and here.

    Here, the database is asked as a server of it would answer, with a token that may read, and is revoked at the end;
    no server has to run. Import first: what is missing here differs.

    Fields that differ in the same way are one line, with the first of them. What is expected to differ, such as the
    host in an address, is counted apart. The exit code is 1 where anything else differs.
    """
    if (saved is None) == (url is None):
        raise click.UsageError("name a folder or a file of saved answers, or --url of the server that gives them")
    if url is None and (calls or save or token or source_account):
        raise click.UsageError("--token, --source-account, --calls and --save go with --url")
    if (to is None) != (to_token is None):
        raise click.UsageError("--to and --to-token go together")
    with ending_cleanly(), ExitStack() as stack:
        theirs = None
        if url is not None:
            there = source_account or shell.account(account).id
            theirs = stack.enter_context(asking.live(url, _secret(token, "token"), there, _say))
        ours = stack.enter_context(_ours(shell, to, to_token, account, email))
        passed_over = itertools.count()
        wanted = _wanted(saved, theirs, calls, lambda: next(passed_over))
        if save is not None:
            wanted = rehearse.recording(wanted, save)
        hear = _line_of(shell) if each else lambda _told: None
        progress = stack.enter_context(bars())
        found = rehearse.rehearse(
            wanted, ours, all_count=all_count, hear=hear, progress=lambda done: progress("calls", done, None)
        )
    if others := next(passed_over):
        _say(f"{others:,} of the recorded calls are no GETs, and were not made.")
    if not found.calls:
        raise Failed(f"there is no call in {saved or calls or 'it'}: nothing was compared")
    if shell.json:
        _document(found, each=each)
    else:
        _tell(found, each=each)
    if found.fields:
        sys.exit(1)


def _ours(
    shell: Shell, to: str | None, to_token: str | None, account: str | None, email: str | None
) -> AbstractContextManager[Server]:
    if to is None:
        return asked_inside(shell, account, email)
    # With the account named, no database is needed here.
    return asking.live(to, _secret(to_token, "to_token"), account or shell.account(None).id, _say)


def _wanted(
    saved: Path | None, theirs: Server | None, calls: Path | None, pass_over: Callable[[], object]
) -> Iterator[Call]:
    if theirs is None:
        return saved_calls(saved, pass_over) if saved is not None else iter(())
    return rehearse.asked(listed(calls), theirs) if calls is not None else rehearse.everything(theirs)


def _say(words: str) -> None:
    printing.words(printing.harmless(words))


def _secret(given: str | None, name: str) -> str:
    if given is None:
        raise click.UsageError("--token is missing: a token for the server at --url, or - to read it")
    return line(name) if given == DASH else given


def _line_of(shell: Shell) -> rehearse.Hear:
    def say(one: Told) -> None:
        if shell.json:
            values = {"theirs": one.theirs, "ours": one.ours, "expected": one.expected}
            printing.document_line({"call": one.call, "at": one.difference.at, **values})
        else:
            printing.result(printing.harmless(f"{one.call}  {one.difference.at}  {one.theirs}  {one.ours}"))

    return say


def _document(found: Findings, *, each: bool) -> None:
    counts = {"calls": found.calls, "differing": found.differing, "fields": found.fields, "expected": found.expected}
    if each:
        printing.document_line(counts)
    else:
        printing.document({**counts, "groups": [msgspec.structs.asdict(group) for group in found.groups]})


def _tell(found: Findings, *, each: bool) -> None:
    if found.groups and not each:
        rows = [
            (one.calls, one.field, f"{one.count:,}", one.theirs, one.ours, f"{one.call} {one.at}")
            for one in sorted(found.groups, key=lambda group: -group.count)
        ]
        printing.table(_HEADINGS, rows)
    for name, count in sorted(found.expected.items()):
        printing.words(f"{count:,} expected: {findings.reason(name)}")
    printing.words(
        f"{found.calls:,} call(s): {found.differing:,} differ(s), in {found.fields:,} field(s)"
        if found.fields
        else f"{found.calls:,} call(s): nothing differs that counts"
    )
