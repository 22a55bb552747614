"""Signing in and out. Opening a link only shows a button, so that programs that check links do not use them up."""

from __future__ import annotations

from milepost.actions import signing_in
from milepost.asgi.answer import Answer
from milepost.asgi.lanes import Lane
from milepost.asgi.request import Request
from milepost.domain.errors import Unauthenticated
from milepost.services import Services
from milepost.web import cookies, forms, rendering
from milepost.web.page import Visitor
from milepost.web.public import PublicCall, PublicPage

PATH = "/sign-in"


class SignIn(PublicPage):
    """`/sign-in`: a form for the code of a link, or a token. `elsewhere`: the name of a provider, "" for none."""

    def __init__(self, services: Services, elsewhere: str) -> None:
        super().__init__(services, ("GET", "POST"))
        self._elsewhere = elsewhere

    async def perform(self, call: PublicCall, request: Request, caller: str) -> Answer:
        """The form, or a redirect after signing in."""
        if call.method == "GET":
            return self._form(200, request.query.get("code", ""), request.query.get("next", ""), "")
        forms.require_same_site(request)
        sent, services = forms.fields(request), self._services
        code, wanted = sent.get("code", ""), sent.get("next", "")
        try:
            account = await services.lanes.run(
                Lane.SHORT, lambda: signing_in.presented(services.database, code, services.clock())[0].account_id
            )
            text = await services.lanes.run(
                Lane.WRITE, lambda: signing_in.enter(services.database, services.clock, code), account
            )
        except Unauthenticated:
            await services.sign_ins.failed(caller)
            words = "This does not open anything, or not any more. A link works once, and for fifteen minutes."
            return self._form(403, "", wanted, words)
        return rendering.gone_to(ours(wanted), cookies.giving(services.vault, text, request.base_url))

    def _form(self, status: int, code: str, wanted: str, words: str) -> Answer:
        return rendering.shown(
            "sign_in.html", None, status, code=code, wanted=wanted, words=words, elsewhere=self._elsewhere
        )


def out(request: Request, visitor: Visitor) -> Answer:
    """Sign this browser out."""
    signing_in.leave(visitor.context)
    return rendering.gone_to(PATH, cookies.taking(request.base_url))


def ours(wanted: str) -> str:
    """The wanted page if it is one of ours, else the first: never another site."""
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable() else "/"
