"""accounts.json: the companies that the other files belong to."""

from __future__ import annotations

from typing import Any

from milepost.actions import accounts
from milepost.dialects.gtmhub.wire import shared
from milepost.domain.account import Account, AccountStatus
from milepost.domain.errors import Invalid
from milepost.domain.values import document
from milepost.store import accounts as stored
from milepost.transfer.gtmhub import reading
from milepost.transfer.gtmhub.run import Run
from milepost.transfer.gtmhub.saved import Saved
from milepost.transfer.outcome import Outcome

FILE = "accounts.json"
NAMES = {"extra": ""}
_READ = frozenset({"id", "name", "domain", "dateCreated"})


def take(run: Run, index: int, raw: dict[str, Any]) -> Outcome:
    """Make the account if it is new. The saved status is kept, not applied: the operator suspends accounts."""
    account_id = reading.own_id(raw)
    first = run.account_places.setdefault(account_id, index)
    if first != index:
        raise Invalid("id", f"is the id of {FILE}[{first}] already")
    if stored.find(run.database, account_id) is not None:
        return Outcome.ALREADY_THERE
    title = reading.text(raw, "name")
    if not title.strip():
        raise Invalid("name", "is required")
    account = Account(
        id=account_id,
        name=title,
        domain=reading.text(raw, "domain") or accounts.short_name(title),
        status=AccountStatus.ACTIVE,
        created_at=reading.making(raw, account_id, run.now).created_at,
        extra=document(shared.unknown(raw, _READ), "extra"),
    )
    accounts.keep(run.context(account_id), account)
    return Outcome.TAKEN


def settle_destination(run: Run, saved: Saved | None) -> None:
    """Set the account of items that name none: the only account of the file, if it could be taken; without a file, the
    only account of the database.
    """
    if saved is None:
        here = stored.everyone(run.database)
        run.sole = here[0].id if len(here) == 1 else None
        return
    named = {raw["id"] for raw in saved.items() if isinstance(raw, dict) and isinstance(raw.get("id"), str)}
    if len(named) == 1:
        account = stored.find(run.database, named.pop())
        run.sole = None if account is None else account.id


def leave_out(run: Run, raw: Any, index: int) -> None:
    """Skip an account: the operator has said which one everything goes to."""
    if not isinstance(raw, dict) or raw.get("id") != run.account_id:
        run.report.note(FILE, index, "", f"left out, because everything goes to the account {run.account_id}")
