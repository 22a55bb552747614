"""`milepost user`: add, list and deactivate the people of an account."""

from __future__ import annotations

from typing import Any

import click

from milepost.actions import people
from milepost.actions.people import UserChange
from milepost.cli import printing
from milepost.cli.options import account_option, example, with_shared_options, with_shell
from milepost.cli.shell import Shell
from milepost.domain.people import Role, User

_HEADINGS = ("ID", "EMAIL", "NAME", "ROLE", "ACTIVE", "CREATED")


@click.group(epilog=example("milepost user list"))
@with_shared_options
def user() -> None:
    """The people of an account."""


@user.command("add", epilog=example('milepost user add anna@acme.test --name "Anna Ahlberg" --role admin'))
@click.argument("email")
@click.option("--name", required=True, help="The whole name; its first word counts as the first name.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.MEMBER.value,
    show_default=True,
    help="What the user may do: a viewer reads, a member contributes, an admin may do everything.",
)
@account_option
@with_shell()
def add(shell: Shell, email: str, name: str, role: str, account: str | None) -> None:
    """Add a user and print his id."""
    first, _, last = name.strip().partition(" ")
    change = UserChange(email=email, name=name.strip(), first_name=first, last_name=last, role=Role(role))
    made = people.add(shell.context(account), change)
    shell.result(made.id, _document(made))


@user.command("list", epilog=example("milepost user list --json"))
@account_option
@with_shell()
def list_(shell: Shell, account: str | None) -> None:
    """List the users of an account in order of creation, those who were deactivated too."""
    found = people.everyone(shell.context(account))
    if shell.json:
        printing.document([_document(one) for one in found])
    else:
        printing.table(_HEADINGS, [_row(one) for one in found])


@user.command("deactivate", epilog=example("milepost user deactivate ben@acme.test"))
@click.argument("email")
@account_option
@with_shell()
def deactivate(shell: Shell, email: str, account: str | None) -> None:
    """Close the account to a user. His tokens stop working; the history keeps his name."""
    context = shell.context(account)
    after = people.deactivate(context, people.by_email(context, email).id)
    shell.done(f"the user {after.email} is no longer active", _document(after))


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
