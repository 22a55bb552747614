"""`milepost account`: add, list, rename, suspend and resume the companies that this server holds."""

from __future__ import annotations

from typing import Any

import click

from milepost.actions import accounts
from milepost.actions.accounts import AccountChange
from milepost.cli import printing
from milepost.cli.options import account_option, with_shell
from milepost.cli.shared_options import example, with_shared_options
from milepost.cli.shell import Shell
from milepost.domain.account import Account, AccountStatus

_HEADINGS = ("ID", "NAME", "STATUS", "CREATED")


@click.group(epilog=example("milepost account list"))
@with_shared_options
def account() -> None:
    """The companies that this server holds, each on its own."""


@account.command("add", epilog=example('milepost account add "Blue Harbour"'))
@click.argument("name")
@click.option("--id", "account_id", metavar="ID", help="An id to give it, 24 hex digits, instead of a new one.")
@with_shell(makes_database=True)
def add(shell: Shell, name: str, account_id: str | None) -> None:
    """Add an account and print its id. The database is made if it is not there."""
    made = accounts.add(shell.database, shell.clock, name, account_id)
    shell.result(made.id, _document(made))


@account.command("list", epilog=example("milepost account list --json"))
@with_shell()
def list_(shell: Shell) -> None:
    """List every account, the oldest first."""
    found = accounts.everyone(shell.database)
    if shell.json:
        printing.document([_document(one) for one in found])
    else:
        printing.table(_HEADINGS, [(one.id, one.name, one.status, printing.moment(one.created_at)) for one in found])


@account.command("suspend", epilog=example("milepost account suspend 68b1f0c2a9d3e4f5a6b7c8d9"))
@click.argument("account_id", metavar="ID")
@with_shell()
def suspend(shell: Shell, account_id: str) -> None:
    """Suspend an account.

    Its members are refused until it is resumed, and nothing is lost.
    """
    _set_status(shell, account_id, AccountStatus.SUSPENDED)


@account.command("resume", epilog=example("milepost account resume 68b1f0c2a9d3e4f5a6b7c8d9"))
@click.argument("account_id", metavar="ID")
@with_shell()
def resume(shell: Shell, account_id: str) -> None:
    """Resume an account that is suspended."""
    _set_status(shell, account_id, AccountStatus.ACTIVE)


@account.command("stale", epilog=example("milepost account stale 14 --account 68b1f0c2a9d3e4f5a6b7c8d9"))
@click.argument("days", type=click.IntRange(1, accounts.MOST_STALE_DAYS))
@account_option
@with_shell()
def stale(shell: Shell, days: int, account: str | None) -> None:
    """Say after how many days without a check-in a key result is stale.

    It is shown so on the pages, and by the field `health` of the API, whatever its progress. Unless told, it is 7.
    """
    after = accounts.revise(shell.context(account), AccountChange(stale_days=days))
    words = "1 day" if days == 1 else f"{days} days"
    shell.done(f"key results of {after.name} are stale after {words} without a check-in", _document(after))


@account.command("rename", epilog=example('milepost account rename "Blue Harbour" --account 68b1f0c2a9d3e4f5a6b7c8d9'))
@click.argument("name")
@account_option
@with_shell()
def rename(shell: Shell, name: str, account: str | None) -> None:
    """Give an account another name. Its id stays."""
    after = accounts.revise(shell.context(account), AccountChange(name=name))
    shell.done(f"the account {after.id} is called {after.name}", _document(after))


def _set_status(shell: Shell, account_id: str, status: AccountStatus) -> None:
    after = accounts.set_status(shell.context(account_id), status)
    shell.done(f"the account {after.name} is {after.status}", _document(after))


def _document(one: Account) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "domain": one.domain,
        "status": one.status,
        "stale_days": one.stale_days,
        "created_at": printing.exact(one.created_at),
    }
