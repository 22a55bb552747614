"""The options that commands share, and the `Shell` that a command is handed.

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
from milepost.cli.shell import Shell
from milepost.config import from_environment

P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., Any])

_DATABASE = "milepost.database"
_JSON = "milepost.json"


def example(*lines: str) -> str:
    """The end of a command's help: lines that can be typed as they stand, and that click does not wrap."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


def with_shared_options(decorated: F) -> F:
    """Add --database and --json. They are remembered for the command that runs; the last one said counts."""
    database = click.option(
        "--database",
        metavar="URL",
        expose_value=False,
        callback=_remember(_DATABASE),
        help="The database, such as sqlite:///milepost.db; MILEPOST_DATABASE is used where this is left out.",
    )
    json = click.option(
        "--json", is_flag=True, expose_value=False, callback=_remember(_JSON), help="Answer in JSON, for programs."
    )
    return database(json(decorated))


def with_shell(*, makes_database: bool = False) -> Callable[[Callable[Concatenate[Shell, P], None]], Callable[P, None]]:
    """Hand the command a `Shell` as its first argument, and close that when the command is done.

    `makes_database`: the command may start a database where there is none.
    """

    def decorate(command: Callable[Concatenate[Shell, P], None]) -> Callable[P, None]:
        @with_shared_options
        @functools.wraps(command)
        def run(*args: P.args, **options: P.kwargs) -> None:
            context = click.get_current_context()
            settings = from_environment()
            if url := context.meta.get(_DATABASE):
                settings = msgspec.structs.replace(settings, database=url)
            shell = Shell(settings, json=context.meta.get(_JSON, False), makes_database=makes_database)
            try:
                with failure.told(context):
                    command(shell, *args, **options)
            finally:
                shell.close()

        return run

    return decorate


def account_option(decorated: F) -> F:
    """Add --account, which gives the command `account`: an id, or `None` where it was left out."""
    return click.option(
        "--account", metavar="ID", help="The account to act in; may be left out while there is only one."
    )(decorated)


def named_database() -> str | None:
    """The database that the command line itself named, or `None` where it is the environment's or the usual one."""
    url: str | None = click.get_current_context().meta.get(_DATABASE)
    return url


def _remember(key: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def remember(context: click.Context, _parameter: click.Parameter, value: Any) -> None:
        if value:
            context.meta[key] = value

    return remember
