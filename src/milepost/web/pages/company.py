"""`/company`: the name of the account, and after how many days of silence a key result is stale."""

from __future__ import annotations

from milepost.actions import accounts
from milepost.actions.accounts import AccountChange
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain.account import Account
from milepost.domain.errors import Fault, Invalid
from milepost.web import editing, rendering
from milepost.web.editing import Form
from milepost.web.page import Visitor


def show(_request: Request, visitor: Visitor) -> Answer:
    """The form."""
    return _page(visitor, 200, _form(visitor.account))


def revise(request: Request, visitor: Visitor) -> Answer:
    """Change the settings."""
    form = editing.sent(request, _form(visitor.account))
    faults: list[Fault] = []
    try:
        form.require_name(faults)
        days = form.asked("stale_days", _days)
        editing.raise_any(faults)
        accounts.revise(visitor.context, AccountChange(name=form.text("name"), stale_days=days))
    except Invalid as error:
        return _page(visitor, 400, form.refused(error))
    return rendering.gone_to("/people")


def _days(text: str) -> int:
    """A number of days, 0 where the text is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _form(account: Account) -> Form:
    return editing.changing({"name": account.name, "stale_days": str(account.stale_days)})


def _page(visitor: Visitor, status: int, form: Form) -> Answer:
    return rendering.shown("company.html", visitor, status, form=form)
