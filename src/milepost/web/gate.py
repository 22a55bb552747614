"""The one way to a page: who has opened it, may he, did his form come from here, and only then what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import msgspec
from starlette.types import Receive, Scope

from milepost.actions import access, accounts, people, signing_in
from milepost.actions.context import Actor, Context
from milepost.asgi.answer import Answer
from milepost.asgi.endpoint import Endpoint
from milepost.asgi.lanes import Lane
from milepost.asgi.refused import Refused
from milepost.asgi.request import Request, base_url_of
from milepost.domain.account import AccountStatus
from milepost.domain.errors import Suspended, Unauthenticated
from milepost.domain.token import Token
from milepost.services import Services
from milepost.web import cookies, errors, forms, uploading
from milepost.web.page import Page, Visitor
from milepost.web.rendering import gone_to

# Forms are short; a form with a file has a limit of its own.
BODY_LIMIT = 256 * 1024
_FRONT_END = "web"


class NotSignedIn(Exception):
    """Nobody is; `wanted` is the page that he asked for, to come back to."""

    def __init__(self, wanted: str) -> None:
        super().__init__("nobody is signed in")
        self.wanted = wanted


class Gate(Endpoint[Page, Visitor]):
    """One path of the pages."""

    front_end = _FRONT_END

    def __init__(self, services: Services, pages: Mapping[str, Page]) -> None:
        super().__init__(pages, BODY_LIMIT, services.public_url, services.rates, services.unserved)
        self._services = services

    async def admitted(self, route: Page | None, scope: Scope, headers: Mapping[str, str]) -> Visitor:
        """Who has opened the page, if he may."""
        services = self._services
        found: list[Token] = []
        base_url = base_url_of(scope, headers, self._public_url)
        text = cookies.held(services.vault, headers.get("cookie", ""), base_url)

        def identify(now: int) -> Actor:
            actor, token = signing_in.held(services.database, text, now)
            found.append(token)
            return actor

        try:
            if not text:
                raise Unauthenticated
            actor = await services.sign_ins.actor(scope, {}, identify)
        except Unauthenticated:
            raise NotSignedIn(_wanted(scope, headers, base_url)) from None
        context = Context(services.database, actor, services.clock, _FRONT_END)
        if route is not None:
            access.require(context, route.needs)
        user, account = await services.lanes.run(
            Lane.SHORT, lambda: (people.get(context, actor.user_id), accounts.get(context))
        )
        if account.status is AccountStatus.SUSPENDED:
            raise Suspended("the account is suspended: ask whoever runs this server")
        return Visitor(context, user, account, found[0], forms.proof(services.vault, actor), services.vault)

    def token_of(self, caller: Visitor) -> str:
        """The id of the browser's token."""
        return caller.token.id

    async def received(
        self, call: Page, caller: Visitor, scope: Scope, receive: Receive, headers: Mapping[str, str]
    ) -> Request:
        """The request with its body; where a file is in that, the file waits outside of it."""
        if call.takes_file:
            return await uploading.received(scope, receive, headers, caller, self._public_url)
        return await super().received(call, caller, scope, receive, headers)

    async def perform(self, call: Page, request: Request, caller: Visitor) -> Answer:
        """The page, or what becomes of the form."""
        if call.method == "POST":
            forms.require_ours(request, caller.vault, caller.context.actor)
        services, context, token = self._services, caller.context, caller.token
        answer = await services.lanes.run(call.lane, lambda: call.handler(request, caller), context.account_id)
        # A form may have signed the browser out.
        if call.method != "GET" or not signing_in.is_old(token, services.clock()):
            return answer
        text = await services.lanes.run(Lane.WRITE, lambda: signing_in.renewed(context, token.id), context.account_id)
        return answer if not text else _with(answer, cookies.giving(services.vault, text, request.base_url))

    def refusal(self, error: Exception, _route: Page | None, caller: Visitor | None) -> Answer:
        """The page that says what is wrong, or where to sign in."""
        if isinstance(error, NotSignedIn):
            wanted = f"?next={quote(error.wanted, safe='')}" if error.wanted not in ("", "/") else ""
            return gone_to(f"/sign-in{wanted}")
        if (refusal := self._services.outages.met(error)) is not None:
            headers = ((b"retry-after", str(refusal.retry_after).encode()),)
            return errors.page(Refused(refusal.status, refusal.words, headers), caller)
        return errors.page(error, caller)


def _wanted(scope: Scope, headers: Mapping[str, str], base_url: str) -> str:
    """The page that was asked for; of a form, the page that it stood on, "" where that is not known."""
    if scope["method"] != "GET":
        page = headers.get("referer", "")
        return page.removeprefix(base_url) if page.startswith(f"{base_url}/") else ""
    query = scope["query_string"].decode("latin-1")
    path = quote(scope["path"])
    return f"{path}?{query}" if query else path


def _with(answer: Answer, header: tuple[bytes, bytes]) -> Answer:
    return msgspec.structs.replace(answer, headers=(*answer.headers, header))
