"""Lets a command call this program's own application, with a token that is made for it and revoked afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from milepost import app, logs
from milepost.actions import people, tokens
from milepost.cli.shell import Shell
from milepost.domain.errors import Invalid
from milepost.domain.instants import SECOND
from milepost.domain.people import Role
from milepost.domain.scope import Scope
from milepost.transfer.gtmhub.rehearsal import asking
from milepost.transfer.gtmhub.rehearsal.asking import Inside

# Should this program be killed, the token still expires.
_LASTS = 24 * 60 * 60 * SECOND


@contextmanager
def asked_inside(shell: Shell, account: str | None, email: str | None) -> Iterator[Inside]:
    """The application over the command's database, asked as a user, an admin where none is named, who may read."""
    context = shell.context(account)
    if email is None:
        admins = [one for one in people.everyone(context) if one.role is Role.ADMIN and one.is_active]
        if not admins:
            raise Invalid("", "nobody in this account is an admin: name a user with --as, in whose eyes it is compared")
        email = admins[0].email
    made, text = tokens.add(context, email, "milepost compare", context.clock() + _LASTS, scopes=[Scope.READ])
    try:
        settings = msgspec.structs.replace(shell.settings, rate_limit=0)
        with (
            logs.written("off"),  # some calls only probe for what is not served
            app.running(settings, shell.database) as application,
            asking.inside(application, text, context.account_id) as server,
        ):
            yield server
    finally:
        tokens.revoke(context, made.id)
