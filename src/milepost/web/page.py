"""The table of pages: what is known of each before it is requested."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.lanes import Lane
from milepost.asgi.request import Request
from milepost.domain.account import Account
from milepost.domain.people import Capability, User
from milepost.domain.token import Token
from milepost.store.vault import Vault


class Visitor(msgspec.Struct, frozen=True):
    """A visitor who is signed in: context, user, account, token of the browser, proof for forms, and vault. `once`: the
    mark of this page's forms.
    """

    context: Context
    user: User
    account: Account
    token: Token
    proof: str
    once: str
    vault: Vault

    def may(self, capability: str) -> bool:
        """Whether the visitor has a capability, such as "contribute": pages show no control that would be refused."""
        return Capability(capability) in self.context.actor.reach


Handler = Callable[[Request, Visitor], Answer]


class Page(msgspec.Struct, frozen=True):
    """A page, or the receiver of a form. `takes_file`: the form may have a file."""

    method: str
    path: str
    handler: Handler
    lane: Lane
    needs: Capability
    takes_file: bool = False


def page(path: str, handler: Handler, needs: Capability = Capability.READ) -> Page:
    """A page to look at."""
    return Page("GET", path, handler, Lane.LONG, needs)


def form(path: str, handler: Handler, needs: Capability = Capability.CONTRIBUTE) -> Page:
    """The receiver of a form."""
    return Page("POST", path, handler, Lane.WRITE, needs)


def slow_page(path: str, handler: Handler, needs: Capability) -> Page:
    """A page that takes long to make, on a lane of its own."""
    return Page("GET", path, handler, Lane.SLOW, needs)


def slow_form(path: str, handler: Handler, needs: Capability, *, takes_file: bool = False) -> Page:
    """A receiver of a form that takes long, and whose handler makes its own transactions."""
    return Page("POST", path, handler, Lane.SLOW, needs, takes_file)
