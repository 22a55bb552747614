"""The command line: what the operator of a server does, one command for each thing."""

from __future__ import annotations

import click

from milepost import __version__
from milepost.cli.accounts import account
from milepost.cli.imports import import_
from milepost.cli.options import example, with_shared_options
from milepost.cli.serving import demo, serve
from milepost.cli.tokens import token
from milepost.cli.users import user


@click.group(epilog=example("milepost demo", "milepost serve --database sqlite:///milepost.db"))
@click.version_option(__version__, prog_name="milepost")
@with_shared_options
def main() -> None:
    """Milepost: a server for objectives and key results that speaks the Gtmhub API."""


for command in (serve, demo, account, user, token, import_):
    main.add_command(command)
