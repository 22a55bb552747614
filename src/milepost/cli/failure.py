"""Turns errors into one line for the operator, which names the option that caused it, if any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from milepost.cli.printing import harmless
from milepost.domain.errors import Invalid, MilepostError
from milepost.store.engine import ENGINE_ERRORS
from milepost.store.migrate import CannotOpen
from milepost.store.vault import CannotUnseal

# Fields that a command gives under another name; all else is found by the name of the parameter.
_PARAMETERS = {"first_name": "name", "last_name": "name", "id": "account_id", "map": "mapped"}
# Fields whose faults have a whole sentence as message.
_UNSAID = ("", "account")


class Failed(click.ClickException):
    """The command could not do what was asked: one line on standard error, and exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the line."""
        click.echo(f"milepost: {harmless(self.message)}", file=file, err=file is None)


@contextmanager
def told(context: click.Context) -> Iterator[None]:
    """Let every error that an operator can cause end the command with its line."""
    try:
        yield
    except Invalid as error:
        raise Failed("; ".join(_fault(context, fault.field, fault.message) for fault in error.faults)) from error
    except (MilepostError, CannotOpen, CannotUnseal) as error:
        raise Failed(str(error)) from error


@contextmanager
def told_of_database(place: Callable[[], str]) -> Iterator[None]:
    """Let what the database at a place cannot do end the command with what the operator is to do: a full disk, a file
    that may only be read or is damaged, a lock that another program does not release.
    """
    try:
        yield
    except ENGINE_ERRORS as error:
        from milepost.outages import advice  # imported here: few commands need it

        said = advice(error)
        words = f"{said} ({error})" if said else f"the database cannot do this: {error}; `milepost doctor` says more"
        raise Failed(f"{place()}: {words}") from error


def _fault(context: click.Context, field: str, message: str) -> str:
    """A fault with its field spelled as the command line spells it: --name, or EMAIL for an argument."""
    if field in _UNSAID:
        return message
    wanted = {field, _PARAMETERS.get(field, field)}
    for parameter in context.command.params:
        if parameter.name in wanted:
            spelled = parameter.make_metavar(context) if isinstance(parameter, click.Argument) else parameter.opts[0]
            return f"{spelled}: {message}"
    return f"{field}: {message}"
