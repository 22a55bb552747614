"""How a command is handed its `Shell`, and the option that names an account.

    @thing.command("list", epilog=example("milepost thing list"))
    @account_option
    @with_shell()
    def list_(shell: Shell, account: str | None) -> None:
        context = shell.context(account)

`with_shell` gives a command --database and --json and turns the errors that an operator can cause into one line and
exit code 1. `with_shared_options` lets a group take the same two options, so that they may stand before a command's
name.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import click
import msgspec

from milepost.cli import failure
from milepost.cli.shared_options import json_wanted, named_database, with_shared_options
from milepost.cli.shell import Shell
from milepost.config import from_environment

P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., Any])


def with_shell(
    *, makes_database: bool = False, uses_database: bool = True
) -> Callable[[Callable[Concatenate[Shell, P], None]], Callable[P, None]]:
    """Hand the command a `Shell` as its first argument, and close that when the command is done.

    `makes_database`: the command may start a database where there is none. `uses_database`: false where the command
    never opens the one that --database names, as its help then says.
    """

    def decorate(command: Callable[Concatenate[Shell, P], None]) -> Callable[P, None]:
        @functools.wraps(command)
        def run(*args: P.args, **options: P.kwargs) -> None:
            settings = from_environment()
            if url := named_database():
                settings = msgspec.structs.replace(settings, database=url)
            shell = Shell(settings, json=json_wanted(), makes_database=makes_database)
            try:
                with failure.told(click.get_current_context()):
                    command(shell, *args, **options)
            finally:
                shell.close()

        return with_shared_options(run, uses_database=uses_database)

    return decorate


def account_option(decorated: F) -> F:
    """Add --account, which gives the command `account`: an id, or `None` where it was left out."""
    return click.option(
        "--account", metavar="ID", help="The account to act in; may be left out while there is only one."
    )(decorated)
