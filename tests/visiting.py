"""Pages without a wire: handlers on the test's own thread, so that what they ask of the database can be counted."""

from __future__ import annotations

from collections.abc import Mapping

from acme import Acme
from milepost.actions import signing_in, tokens
from milepost.actions.context import Actor, Context
from milepost.asgi.request import Request
from milepost.domain.people import User
from milepost.store.vault import vault
from milepost.web.page import Visitor


def asked(path: Mapping[str, str] | None = None, query: Mapping[str, str] | None = None) -> Request:
    """A request for a page."""
    return Request("GET", path or {}, query or {}, {}, b"", "http://milepost.test", "/", b"")


def visitor(acme: Acme, user: User) -> Visitor:
    """Somebody who is signed in, and knows no proof."""
    text = signing_in.enter(acme.database, acme.clock, signing_in.link(acme.context(acme.anna), user.email))
    _, token = signing_in.held(acme.database, text, acme.clock())
    assert token in tokens.everyone(acme.context(user))
    context = Context(acme.database, Actor(user.account_id, user.id, user.role, token.id), acme.clock, "web")
    return Visitor(context, user, acme.account, token, "", "", vault("", acme.database.path))
