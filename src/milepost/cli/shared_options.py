"""The two options that every command and every group takes, and the example that ends every help.

This loads nothing but click: `milepost --help` needs no more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_DATABASE = "milepost.database"
_JSON = "milepost.json"
_USED = (
    "The database, such as sqlite:///milepost.db or postgresql://host/name. Left out: what MILEPOST_DATABASE says, "
    "else sqlite:///milepost.db, a file in the current folder."
)
_UNUSED = "Taken, as by every command, but not used by this one."


def example(*lines: str) -> str:
    """The end of a command's help: lines that can be typed as they stand, and that click does not wrap."""
    heading = "Example:" if len(lines) == 1 else "Examples:"
    return f"\b\n{heading}\n" + "\n".join(f"  {line}" for line in lines)


def with_shared_options(decorated: F, *, uses_database: bool = True) -> F:
    """Add --database and --json. They are remembered for the command that runs; the last one said counts."""
    database = click.option(
        "--database",
        metavar="URL",
        expose_value=False,
        callback=_remember(_DATABASE),
        help=_USED if uses_database else _UNUSED,
    )
    json = click.option(
        "--json", is_flag=True, expose_value=False, callback=_remember(_JSON), help="Answer in JSON, for programs."
    )
    return database(json(decorated))


def named_database() -> str | None:
    """The database that the command line itself named, or `None` where the environment or the default decides."""
    url: str | None = click.get_current_context().meta.get(_DATABASE)
    return url


def json_wanted() -> bool:
    """Whether the command line asked for JSON."""
    return bool(click.get_current_context().meta.get(_JSON))


def _remember(key: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def remember(context: click.Context, _parameter: click.Parameter, value: Any) -> None:
        if value:
            context.meta[key] = value

    return remember
