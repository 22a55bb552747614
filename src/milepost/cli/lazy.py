"""A group that loads a command only when it is called: the list of commands needs only names and summaries."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

import click
import msgspec


class Later(msgspec.Struct, frozen=True):
    """A command that is not loaded yet: its name, the module and the object in it, and its line in the list: the
    first sentence of its help.
    """

    name: str
    module: str
    attribute: str
    line: str


class LazyGroup(click.Group):
    """A group of commands that are loaded when they are asked for, in the order in which they are given."""

    def __init__(self, *args: Any, later: Iterable[Later] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self._later = {one.name: one for one in later}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click calls it so
        """The commands' names, in the order given."""
        return list(self._later)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # likewise
        """The command of a name, loaded now; `None` where there is none."""
        if cmd_name in self._later and cmd_name not in self.commands:
            one = self._later[cmd_name]
            self.commands[cmd_name] = getattr(import_module(one.module), one.attribute)
        return self.commands.get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # likewise
        """Write the list, without loading what it names."""
        with formatter.section("Commands"):
            formatter.write_dl([(one.name, one.line) for one in self._later.values()])
