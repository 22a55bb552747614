"""`milepost key`: add, list and revoke the keys that programs sign with, and seal them anew. A secret is shown once."""

from __future__ import annotations

from typing import Any

import click

from milepost.actions import keys, people
from milepost.cli import printing
from milepost.cli.options import account_option, scope_option, with_shell
from milepost.cli.shared_options import example, with_shared_options
from milepost.cli.shell import Shell
from milepost.cli.standard_input import line, only_a_dash
from milepost.domain.key import Key
from milepost.domain.people import User
from milepost.domain.scope import Scope

_HEADINGS = ("CREDENTIAL", "USER", "NAME", "SCOPES", "STATE", "CREATED", "LAST USED")


@click.group(epilog=example("milepost key list"))
@with_shared_options
def key() -> None:
    """The keys that programs sign their requests with, each for one user."""


@key.command(
    "add",
    epilog=example(
        "milepost key add --user anna@acme.test --name dashboard",
        "milepost key add --user anna@acme.test --credential mycredential --secret - < old-secret.txt",
    ),
)
@click.option("--user", "email", metavar="EMAIL", required=True, help="Who the key acts for.")
@click.option("--name", default="", help="What it is for, so that it is known again in the list.")
@click.option("--credential", help="Register an existing key under its credential, so that a client may keep it.")
@click.option(
    "--secret", metavar="-", callback=only_a_dash("secret"), help="The existing key's secret, from standard input."
)
@scope_option
@account_option
@with_shell()
def add(
    shell: Shell,
    email: str,
    name: str,
    credential: str | None,
    secret: str | None,
    scopes: tuple[Scope, ...],
    account: str | None,
) -> None:
    """Add a key and print its credential and secret, this once.

    They are printed alone, on one line. The secret is kept encrypted, and no command shows it again.
    """
    if (credential is None) != (secret is None):
        raise click.UsageError("an existing key has both: --credential CREDENTIAL --secret -")
    context = shell.context(account)
    pair = None if credential is None else (credential, line("secret"))
    made, text = keys.add(context, shell.vault, email, name, pair, scopes)
    owner = people.get(context, made.user_id)
    shell.result(f"{made.credential} {text}", {"secret": text, **_document(made, owner, _state(shell, made, owner))})
    if not owner.is_active:
        told = printing.harmless(owner.email)
        printing.words(f"it opens nothing yet: {told} is not active, see `milepost user activate {told}`")


@key.command("list", epilog=example("milepost key list --json"))
@account_option
@with_shell()
def list_(shell: Shell, account: str | None) -> None:
    """List the keys of an account, without their secrets.

    The oldest stands first. A key whose user was deactivated is "user inactive": it opens nothing for now. One whose
    secret cannot be decrypted is "unreadable", and why is said on standard error. The last use is exact to an hour.
    """
    context = shell.context(account)
    owners = {user.id: user for user in people.everyone(context)}
    found = [(one, owners[one.user_id], _state(shell, one, owners[one.user_id])) for one in keys.everyone(context)]
    if shell.json:
        printing.document([_document(*one) for one in found])
    else:
        printing.table(_HEADINGS, [_row(*one) for one in found])
    tell_unreadable(shell, [one for one, _, state in found if state == "unreadable"])


@key.command("revoke", epilog=example("milepost key revoke mk_68b1f0c2a9d3e4f5a6b7c8d9_0123456789abcdef"))
@click.argument("credential")
@account_option
@with_shell()
def revoke(shell: Shell, credential: str, account: str | None) -> None:
    """Revoke a key for good, by its credential, and erase its secret."""
    context = shell.context(account)
    after = keys.revoke(context, credential)
    owner = people.get(context, after.user_id)
    shell.done(f"the key {after.credential} of {owner.email} is revoked", _document(after, owner, "revoked"))


@key.command("reseal", epilog=example("milepost key reseal"))
@with_shell()
def reseal(shell: Shell) -> None:
    """Encrypt the secrets of all accounts under the first server key.

    It prints how many were not so already. Then the server keys after the first can be taken away.
    """
    count = keys.reseal(shell.database, shell.clock, shell.vault)
    shell.result(str(count), {"resealed": count})
    if not shell.json:
        printing.words("so many secrets are encrypted anew; the server keys behind the first are needed no more")


def tell_unreadable(shell: Shell, found: list[Key]) -> None:
    """Say on standard error that the secrets of these keys cannot be read, and why, if there are any."""
    if found:
        many = "1 key" if len(found) == 1 else f"{len(found):,} keys"
        reason = keys.obstacle(shell.vault, found[0])
        printing.words(printing.harmless(f"the secrets of {many} cannot be read: {reason}"))


def _state(shell: Shell, one: Key, owner: User) -> str:
    if one.revoked_at is not None:
        return "revoked"
    if keys.obstacle(shell.vault, one):
        return "unreadable"
    return "active" if owner.is_active else "user inactive"


def _row(one: Key, owner: User, state: str) -> tuple[str, ...]:
    created, used = printing.moment(one.created_at), printing.moment(one.last_used_at)
    return (one.credential, owner.email, one.name, printing.scopes(one.scopes), state, created, used)


def _document(one: Key, owner: User, state: str) -> dict[str, Any]:
    return {
        "credential": one.credential,
        "id": one.id,
        "account_id": one.account_id,
        "user": owner.email,
        "name": one.name,
        "scopes": list(one.scopes),
        "state": state,
        "created_at": printing.exact(one.created_at),
        "revoked_at": printing.exact(one.revoked_at),
        "last_used_at": printing.exact(one.last_used_at),
    }
