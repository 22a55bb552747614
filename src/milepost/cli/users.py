"""`milepost user`: add and list the people of an account, say what they may do, close and open it to them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import click

from milepost.actions import people, signing_in
from milepost.actions.context import Context
from milepost.actions.people import UserChange
from milepost.cli import printing
from milepost.cli.erasing import erase
from milepost.cli.failure import Failed
from milepost.cli.options import account_option, with_shell
from milepost.cli.shared_options import example, with_shared_options
from milepost.cli.shell import Shell
from milepost.cli.welcome import sign_in_link
from milepost.config import is_address
from milepost.domain.errors import Conflict, Invalid, NotFound
from milepost.domain.people import Role, User

_HEADINGS = ("ID", "EMAIL", "NAME", "ROLE", "ACTIVE", "CREATED")
_HERE = "http://127.0.0.1:8080"
_ROLE = click.Choice([role.value for role in Role])


@click.group(epilog=example("milepost user list"))
@with_shared_options
def user() -> None:
    """The people of an account."""


user.add_command(erase)


@user.command("add", epilog=example('milepost user add anna@acme.test --name "Anna Ahlberg" --role admin'))
@click.argument("email")
@click.option("--name", required=True, help="The whole name; its first word counts as the first name.")
@click.option(
    "--role",
    type=_ROLE,
    default=Role.MEMBER.value,
    show_default=True,
    help="What the user may do: a viewer reads, a member contributes, an admin may do everything.",
)
@account_option
@with_shell()
def add(shell: Shell, email: str, name: str, role: str, account: str | None) -> None:
    """Add a user and print their id."""
    context = shell.context(account)
    first, _, last = name.strip().partition(" ")
    change = UserChange(email=email, name=name.strip(), first_name=first, last_name=last, role=Role(role))
    try:
        made = people.add(context, change)
    except Invalid as error:
        _mention_inactive(context, email.strip(), error)
        raise
    shell.result(made.id, _document(made))


@user.command("list", epilog=example("milepost user list --json"))
@account_option
@with_shell()
def list_(shell: Shell, account: str | None) -> None:
    """List the users of an account, inactive ones too.

    They stand in order of creation.
    """
    found = people.everyone(shell.context(account))
    if shell.json:
        printing.document([_document(one) for one in found])
    else:
        printing.table(_HEADINGS, [_row(one) for one in found])


@user.command("role", epilog=example("milepost user role ben@acme.test admin"))
@click.argument("email")
@click.argument("role", type=_ROLE)
@account_option
@with_shell()
def role_(shell: Shell, email: str, role: str, account: str | None) -> None:
    """Give a user another role.

    A viewer reads, a member contributes, an admin may do everything.
    """
    after = _revised(shell.context(account), email, UserChange(role=Role(role)))
    state = "" if after.is_active else f", but the user is not active: see `milepost user activate {after.email}`"
    shell.done(f"the role of {after.email} is {after.role}{state}", _document(after))


@user.command("email", epilog=example("milepost user email admin@localhost ada@acme.test"))
@click.argument("standing", metavar="EMAIL")
@click.argument("email", metavar="NEW_EMAIL")
@account_option
@with_shell()
def email_(shell: Shell, standing: str, email: str, account: str | None) -> None:
    """Give a user another address.

    Tokens and keys go on working.
    """
    after = _revised(shell.context(account), standing, UserChange(email=email))
    shell.done(f"the address of {after.name} is {after.email}", _document(after))


@user.command("link", epilog=example("milepost user link ada@acme.test --url https://okr.example.com"))
@click.argument("email")
@click.option("--url", help="Where browsers reach the server; MILEPOST_PUBLIC_URL unless told, else this machine.")
@account_option
@with_shell()
def link(shell: Shell, email: str, url: str | None, account: str | None) -> None:
    """Print a link that signs a browser in.

    It works once, and for fifteen minutes. Give it to nobody but the user.
    """
    if url is not None and not is_address(url.rstrip("/")):
        raise click.BadParameter("is an address such as https://okr.example.com", param_hint="--url")
    context = shell.context(account)
    standing = people.by_email(context, email)
    if not standing.is_active:
        raise Failed(f"{standing.email} is not active: see `milepost user activate {standing.email}`")
    address = (url or shell.settings.public_url or _HERE).rstrip("/")
    made = sign_in_link(address, signing_in.link(context, email))
    shell.result(made, {"link": made, "user": standing.email})


@user.command("deactivate", epilog=example("milepost user deactivate ben@acme.test"))
@click.argument("email")
@account_option
@with_shell()
def deactivate(shell: Shell, email: str, account: str | None) -> None:
    """Close the account to a user.

    Their tokens stop working; the history keeps their name. `milepost user activate` undoes it.
    """
    after = _revised(shell.context(account), email, UserChange(is_active=False))
    shell.done(f"the user {after.email} is no longer active", _document(after))


@user.command("activate", epilog=example("milepost user activate ben@acme.test"))
@click.argument("email")
@account_option
@with_shell()
def activate(shell: Shell, email: str, account: str | None) -> None:
    """Open the account again to a deactivated user.

    Those of their tokens that were neither revoked nor have expired work again.
    """
    after = _revised(shell.context(account), email, UserChange(is_active=True))
    shell.done(f"the user {after.email} is active", _document(after))


def _revised(context: Context, email: str, change: UserChange) -> User:
    try:
        return people.revise(context, people.by_email(context, email).id, change)
    except Conflict as error:  # the last admin would go
        raise Conflict(f"{error}, with `milepost user role EMAIL admin`") from error


def _mention_inactive(context: Context, email: str, error: Invalid) -> None:
    """Raise a better error where the address that cannot be added is a deactivated user's."""
    with suppress(NotFound):
        standing = people.by_email(context, email)
        if not standing.is_active:
            told = f"{standing.email} is a user who was deactivated: `milepost user activate {standing.email}`"
            raise Invalid("email", told) from error


def _row(one: User) -> tuple[str, ...]:
    return (one.id, one.email, one.name, one.role, "yes" if one.is_active else "no", printing.moment(one.created_at))


def _document(one: User) -> dict[str, Any]:
    return {
        "id": one.id,
        "account_id": one.account_id,
        "email": one.email,
        "name": one.name,
        "first_name": one.first_name,
        "last_name": one.last_name,
        "role": one.role,
        "is_active": one.is_active,
        "created_at": printing.exact(one.created_at),
    }
