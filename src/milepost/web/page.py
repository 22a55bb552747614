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


class Visitor(msgspec.Struct, frozen=True):
    """Who has opened a page: what he may do, who he is, the token that his browser holds, and what its forms prove."""

    context: Context
    user: User
    account: Account
    token: Token
    proof: str

    def may(self, capability: str) -> bool:
        """Whether he may do something, such as "contribute": a page shows no control that would be refused."""
        return Capability(capability) in self.context.actor.reach


Handler = Callable[[Request, Visitor], Answer]


class Page(msgspec.Struct, frozen=True):
    """One page, or what becomes of one form."""

    method: str
    path: str
    handler: Handler
    lane: Lane
    needs: Capability


def page(path: str, handler: Handler, needs: Capability = Capability.READ) -> Page:
    """A page to look at."""
    return Page("GET", path, handler, Lane.LONG, needs)


def form(path: str, handler: Handler, needs: Capability = Capability.CONTRIBUTE) -> Page:
    """What becomes of a form that is sent."""
    return Page("POST", path, handler, Lane.WRITE, needs)
