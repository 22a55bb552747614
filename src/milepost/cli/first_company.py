"""The first company of an empty database, so that calls work before anything is set up."""

from __future__ import annotations

from pathlib import Path

from milepost.actions import accounts, people, signing_in, tokens
from milepost.actions.context import Context, operator
from milepost.actions.people import UserChange
from milepost.cli.shell import Shell
from milepost.cli.welcome import Entrance
from milepost.domain.account import Account
from milepost.domain.people import Role

COMPANY = "My company"
ADMIN = "admin@localhost"


def made_if_empty(shell: Shell) -> Entrance | None:
    """A company with an admin and a token, where the database has no account at all; `None` where it has one."""
    database = shell.database
    # One transaction: of two servers that start at once on an empty file, one makes the company.
    with database.transaction():
        if accounts.everyone(database):
            return None
        account, context = _made(shell, COMPANY)
        _, token = tokens.add(context, ADMIN, "first token")
        code = signing_in.link(context, ADMIN)
    return Entrance(account.name, account.id, ADMIN, token, code, "/api/v1/users")


def made_for_file(shell: Shell, path: Path) -> Account | None:
    """A company named after an imported file, with an admin, where the database has no account at all; `None` where it
    has one.
    """
    with shell.database.transaction():
        if accounts.everyone(shell.database):
            return None
        account, _ = _made(shell, path.stem)
    return account


def _made(shell: Shell, title: str) -> tuple[Account, Context]:
    account = accounts.add(shell.database, shell.clock, title)
    context = operator(shell.database, account.id, shell.clock)
    people.add(context, UserChange(email=ADMIN, first_name="Admin", role=Role.ADMIN))
    return account, context
