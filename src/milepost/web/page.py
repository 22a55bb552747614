"""What is known of a page before it is made, and how each sort is written down in the table of pages."""

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
    """Who has opened a page: what he may do, who he is, the token that his browser holds, what its forms prove, and
    what the secrets of his signing keys are sealed with. `once` marks the forms of this page.
    """

    context: Context
    user: User
    account: Account
    token: Token
    proof: str
    once: str
    vault: Vault

    def may(self, capability: str) -> bool:
        """Whether he may do something, such as "contribute": a page shows no control that would be refused."""
        return Capability(capability) in self.context.actor.reach


Handler = Callable[[Request, Visitor], Answer]


class Page(msgspec.Struct, frozen=True):
    """One page, or what becomes of one form. `takes_file`: there may be a file in the form."""

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
    """What becomes of a form that is sent."""
    return Page("POST", path, handler, Lane.WRITE, needs)


def slow_page(path: str, handler: Handler, needs: Capability) -> Page:
    """A page that takes longer to make than anybody should have to wait behind."""
    return Page("GET", path, handler, Lane.SLOW, needs)


def slow_form(path: str, handler: Handler, needs: Capability, *, takes_file: bool = False) -> Page:
    """A form that takes long, and whose handler sees to its own transactions."""
    return Page("POST", path, handler, Lane.SLOW, needs, takes_file)
