"""`milepost token`: add, list and revoke the tokens that programs sign in with. A token's text is shown once."""

from __future__ import annotations

from typing import Any

import click

from milepost.actions import people, tokens
from milepost.cli import printing
from milepost.cli.dates import Expiry
from milepost.cli.options import account_option, scope_option, with_shell
from milepost.cli.shared_options import example, with_shared_options
from milepost.cli.shell import Shell
from milepost.cli.standard_input import line, only_a_dash
from milepost.domain.instants import Instant
from milepost.domain.people import User
from milepost.domain.scope import Scope
from milepost.domain.token import Token

_HEADINGS = ("ID", "USER", "NAME", "SCOPES", "STATE", "CREATED", "EXPIRES", "LAST USED")


@click.group(epilog=example("milepost token list"))
@with_shared_options
def token() -> None:
    """The tokens that programs sign in with, each for one user."""


@token.command(
    "add",
    epilog=example(
        "milepost token add --user anna@acme.test --name dashboard --expires 2030-12-31 --scope read",
        "milepost token add --user anna@acme.test --value - < old-token.txt",
    ),
)
@click.option("--user", "email", metavar="EMAIL", required=True, help="Who the token acts for.")
@click.option("--name", default="", help="What it is for, so that it is known again in the list.")
@click.option("--expires", type=Expiry(), help="The last day that it holds (in UTC), or an RFC 3339 moment.")
@click.option(
    "--value",
    metavar="-",
    callback=only_a_dash("token"),
    help="Register an existing token, read from standard input, so that a client may keep the one it has.",
)
@scope_option
@account_option
@with_shell()
def add(
    shell: Shell,
    email: str,
    name: str,
    expires: Instant | None,
    value: str | None,
    scopes: tuple[Scope, ...],
    account: str | None,
) -> None:
    """Add a token and print it, this once.

    It is printed alone. What is kept can recognise a token, but not tell it. Of one that was brought with --value its
    id is printed.
    """
    context = shell.context(account)
    brought = None if value is None else line("value").strip()
    made, text = tokens.add(context, email, name, expires, brought, scopes=scopes)
    owner = people.get(context, made.user_id)
    # A given token is known already: printing it again would only leave it in a terminal or a log.
    shown = {"token": text} if brought is None else {}
    shell.result(text if brought is None else made.id, {**shown, **_document(made, owner, shell.clock())})
    if not owner.is_active:
        told = printing.harmless(owner.email)
        printing.words(f"it opens nothing yet: {told} is not active, see `milepost user activate {told}`")


@token.command("list", epilog=example("milepost token list --json"))
@account_option
@with_shell()
def list_(shell: Shell, account: str | None) -> None:
    """List the tokens of an account, without their texts.

    The oldest stands first. A token whose user was deactivated is "user inactive": it opens nothing for now. The last
    use is exact to an hour.
    """
    context = shell.context(account)
    found, now = tokens.everyone(context), shell.clock()
    owners = {user.id: user for user in people.everyone(context)}
    if shell.json:
        printing.document([_document(one, owners[one.user_id], now) for one in found])
    else:
        printing.table(_HEADINGS, [_row(one, owners[one.user_id], now) for one in found])


@token.command("revoke", epilog=example("milepost token revoke 68b1f0c2a9d3e4f5a6b7c8d9"))
@click.argument("token_id", metavar="ID")
@account_option
@with_shell()
def revoke(shell: Shell, token_id: str, account: str | None) -> None:
    """Revoke a token for good, by its id in the list."""
    context = shell.context(account)
    after = tokens.revoke(context, token_id)
    owner = people.get(context, after.user_id)
    shell.done(f"the token {after.id} of {owner.email} is revoked", _document(after, owner, shell.clock()))


def _state(one: Token, owner: User, now: Instant) -> str:
    if one.revoked_at is not None:
        return "revoked"
    if not one.holds_at(now):
        return "expired"
    return "active" if owner.is_active else "user inactive"


def _row(one: Token, owner: User, now: Instant) -> tuple[str, ...]:
    created, expires = printing.moment(one.created_at), printing.moment(one.expires_at)
    used = printing.moment(one.last_used_at)
    return (one.id, owner.email, one.name, printing.scopes(one.scopes), _state(one, owner, now), created, expires, used)


def _document(one: Token, owner: User, now: Instant) -> dict[str, Any]:
    return {
        "id": one.id,
        "account_id": one.account_id,
        "user": owner.email,
        "name": one.name,
        "scopes": list(one.scopes),
        "state": _state(one, owner, now),
        "created_at": printing.exact(one.created_at),
        "expires_at": printing.exact(one.expires_at),
        "revoked_at": printing.exact(one.revoked_at),
        "last_used_at": printing.exact(one.last_used_at),
    }
