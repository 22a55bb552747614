"""The decorators that give a command its `Shell`, and the option that names an account.

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
from contextlib import closing
from typing import Any, Concatenate, ParamSpec, TypeVar

import click
import msgspec

from milepost.cli import failure
from milepost.cli.shared_options import json_wanted, named_database, with_shared_options
from milepost.cli.shell import Shell
from milepost.config import from_environment
from milepost.domain.scope import Scope

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
            with failure.told(click.get_current_context()):
                settings = from_environment()
                if url := named_database():
                    settings = msgspec.structs.replace(settings, database=url)
                with (
                    closing(Shell(settings, json=json_wanted(), makes_database=makes_database)) as shell,
                    failure.told_of_database(lambda: shell.place),
                ):
                    command(shell, *args, **options)

        return with_shared_options(run, uses_database=uses_database)

    return decorate


def scope_option(decorated: F) -> F:
    """Add --scope, which gives the command `scopes`: none where it is left out."""
    return click.option(
        "--scope",
        "scopes",
        type=click.Choice([scope.value for scope in Scope]),
        callback=lambda _context, _parameter, given: tuple(Scope(one) for one in given),
        multiple=True,
        help="What it is for, within what its user may do: "
        "read; check-in (without reading); write (with both); admin. May be repeated; everything unless told.",
    )(decorated)


def account_option(decorated: F) -> F:
    """Add --account, which gives the command `account`: an id, or `None` where it was left out."""
    return click.option(
        "--account", metavar="ID", help="The account to act in; may be left out while there is only one."
    )(decorated)
