"""The company that an empty database starts with, so that the first call works before anything is set up."""

from __future__ import annotations

from milepost.actions import accounts, people, signing_in, tokens
from milepost.actions.context import operator
from milepost.actions.people import UserChange
from milepost.cli.shell import Shell
from milepost.cli.welcome import Entrance
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
        account = accounts.add(database, shell.clock, COMPANY)
        context = operator(database, account.id, shell.clock)
        people.add(context, UserChange(email=ADMIN, first_name="Admin", role=Role.ADMIN))
        _, token = tokens.add(context, ADMIN, "first token")
        code = signing_in.link(context, ADMIN)
    return Entrance(account.name, account.id, ADMIN, token, code, "/api/v1/users")
