"""Signing in and out. A link's address only shows a button: what looks at links on its way uses none up."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from starlette.types import Scope

from milepost.actions import signing_in
from milepost.asgi.answer import Answer
from milepost.asgi.endpoint import Endpoint
from milepost.asgi.lanes import Lane
from milepost.asgi.origins import origin_of
from milepost.asgi.refused import Refused
from milepost.asgi.request import Request
from milepost.domain.errors import Unauthenticated
from milepost.house import House
from milepost.web import cookies, errors, forms, rendering
from milepost.web.page import Visitor

PATH = "/sign-in"
_BODY_LIMIT = 16 * 1024


class _Call(msgspec.Struct, frozen=True):
    method: str


class SignIn(Endpoint[_Call, str]):
    """`/sign-in`, for everybody. Who calls is the name of his address."""

    front_end = "web"

    def __init__(self, house: House) -> None:
        calls = {method: _Call(method) for method in ("GET", "POST")}
        super().__init__(calls, _BODY_LIMIT, house.public_url, house.rates, house.unserved)
        self._house = house

    async def admitted(self, _route: _Call | None, scope: Scope, _headers: Mapping[str, str]) -> str:
        """Anybody."""
        return origin_of(scope)

    def token_of(self, caller: str) -> str:
        """There is none: those who are not signed in share one count for each address."""
        return f"sign-in {caller}"

    async def perform(self, call: _Call, request: Request, caller: str) -> Answer:
        """The page, or where to go once signed in."""
        if call.method == "GET":
            return _form(200, request.query.get("code", ""), request.query.get("next", ""), "")
        forms.require_same_site(request)
        sent, house = forms.fields(request), self._house
        code, wanted = sent.get("code", ""), sent.get("next", "")
        try:
            account = await house.lanes.run(
                Lane.SHORT, lambda: signing_in.presented(house.database, code, house.clock())[0].account_id
            )
            text = await house.lanes.run(
                Lane.WRITE, lambda: signing_in.enter(house.database, house.clock, code), account
            )
        except Unauthenticated:
            await house.sign_ins.failed(caller)
            words = "This does not open anything, or not any more. A link works once, and for fifteen minutes."
            return _form(403, "", wanted, words)
        return rendering.gone_to(_ours(wanted), cookies.giving(house.vault, text, request.base_url))

    def refusal(self, error: Exception, _route: _Call | None) -> Answer:
        """The page that says what is wrong."""
        if (refusal := self._house.outages.met(error)) is not None:
            return errors.page(Refused(refusal.status, refusal.words))
        return errors.page(error)


def out(request: Request, visitor: Visitor) -> Answer:
    """Sign this browser out."""
    signing_in.leave(visitor.context)
    return rendering.gone_to(PATH, cookies.taking(request.base_url))


def _form(status: int, code: str, wanted: str, words: str) -> Answer:
    return rendering.shown("sign_in.html", None, status, code=code, wanted=wanted, words=words)


def _ours(wanted: str) -> str:
    """A page of ours to go on to: never another site's."""
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable() else "/"
