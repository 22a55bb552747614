"""`milepost doctor`: look at a set-up, and say what is wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing

import click

from milepost import app
from milepost.cli import printing
from milepost.cli.examining import of_contents, of_settings
from milepost.cli.options import with_shell
from milepost.cli.shared_options import example
from milepost.cli.shell import Shell
from milepost.store.engine import ENGINE_ERRORS
from milepost.store.examining import Finding, State
from milepost.store.examining.finding import wrong
from milepost.store.migrate import CannotOpen

# The findings that must be well before the contents are examined.
_NEEDED = ("database", "integrity", "journal", "version")


@click.command("doctor", epilog=example("milepost doctor", "milepost doctor --json"))
@with_shell()
def doctor(shell: Shell) -> None:
    """Look at a set-up, and say what is wrong with it.

    Prints a line for each thing that was looked at: `ok`, `note` where it may be as it is wanted, `wrong` where
    something is to be done, and what. Ends with code 1 where anything is wrong. It changes nothing, and a server may
    run meanwhile.

    What the audit trail says of the data is looked at by `milepost verify`.
    """
    findings = list(_findings(shell))
    well = all(one.state is not State.WRONG for one in findings)
    if shell.json:
        checks = [{"subject": one.subject, "state": one.state.value, "words": one.words} for one in findings]
        printing.document({"ok": well, "checks": checks})
    else:
        for one in findings:
            printing.result(printing.harmless(f"{one.state.value:<6} {one.subject:<12} {one.words}"))
    if not well:
        sys.exit(1)


def _findings(shell: Shell) -> Iterator[Finding]:
    yield from of_settings(shell.settings)
    found = []
    for finding in _of_database(shell):
        yield finding
        found.append(finding)
    # Opening the file fully would upgrade it, or create its log.
    unfit = {one.subject for one in found if one.subject in _NEEDED and one.state is not State.OK}
    if not unfit and any(one.subject == "version" for one in found):
        yield from _of_contents(shell)


def _of_database(shell: Shell) -> Iterator[Finding]:
    url = shell.settings.database
    try:
        file = app.file_of(url)
    except CannotOpen as error:
        yield wrong("database", str(error))
        return
    if file is not None:
        from milepost.store.examining.file import examine

        yield from examine(file)
    else:
        from milepost.store.examining.server import examine as examine_server

        yield from examine_server(url)


def _of_contents(shell: Shell) -> Iterator[Finding]:
    try:
        with closing(app.database(shell.settings.database, make=False, upgrade=False)) as database, database.reading():
            yield from of_contents(shell.settings, database, shell.clock())
    except (CannotOpen, *ENGINE_ERRORS) as error:
        yield wrong("database", f"its contents cannot be read: {error}")
