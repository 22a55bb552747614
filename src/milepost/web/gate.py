"""The way to every page: identify the visitor, check permissions and the form's origin, then read the form."""

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
from milepost.asgi.origins import origin_of
from milepost.asgi.refused import Refused
from milepost.asgi.request import Request, base_url_of
from milepost.domain.account import AccountStatus
from milepost.domain.errors import Suspended, Unauthenticated
from milepost.domain.token import Token
from milepost.services import Services
from milepost.web import cookies, errors, forms, resent, uploading
from milepost.web.page import Page, Visitor
from milepost.web.rendering import gone_to, shown

# In bytes, of a form without a file.
BODY_LIMIT = 256 * 1024
_FRONT_END = "web"


class NotSignedIn(Exception):
    """The visitor is not signed in; `wanted` is the requested page, to come back to."""

    def __init__(self, wanted: str) -> None:
        super().__init__("nobody is signed in")
        self.wanted = wanted


class SignedOut(msgspec.Struct, frozen=True):
    """A visitor who sends a form without being signed in, by the origin of the address."""

    origin: str


class Gate(Endpoint[Page, Visitor | SignedOut]):
    """One path of the pages."""

    front_end = _FRONT_END

    def __init__(self, services: Services, pages: Mapping[str, Page]) -> None:
        super().__init__(pages, BODY_LIMIT, services.public_url, services.rates, services.unserved)
        self._services = services

    async def admitted(self, route: Page | None, scope: Scope, headers: Mapping[str, str]) -> Visitor | SignedOut:
        """The visitor, if permitted. A form of a visitor who is signed out is given back, whoever it is."""
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
            if route is not None and route.method == "POST" and not route.takes_file:
                return SignedOut(origin_of(scope))
            raise NotSignedIn(_wanted(scope, headers, base_url)) from None
        context = Context(services.database, actor, services.clock, _FRONT_END)
        if route is not None:
            access.require(context, route.needs)
        user, account = await services.lanes.run(
            Lane.SHORT, lambda: (people.get(context, actor.user_id), accounts.get(context))
        )
        if account.status is AccountStatus.SUSPENDED:
            raise Suspended("the account is suspended: ask whoever runs this server")
        proof = forms.proof(services.vault, actor)
        return Visitor(context, user, account, found[0], proof, resent.mark(), services.vault)

    def token_of(self, caller: Visitor | SignedOut) -> str:
        """The id of the browser's token; visitors who are not signed in share one count for each address."""
        return f"sign-in {caller.origin}" if isinstance(caller, SignedOut) else caller.token.id

    async def received(
        self, call: Page, caller: Visitor | SignedOut, scope: Scope, receive: Receive, headers: Mapping[str, str]
    ) -> Request:
        """The request with its body; a file in it is kept outside of it."""
        if call.takes_file and isinstance(caller, Visitor):
            return await uploading.received(scope, receive, headers, caller, self._public_url)
        return await super().received(call, caller, scope, receive, headers)

    async def perform(self, call: Page, request: Request, caller: Visitor | SignedOut) -> Answer:
        """The page, or the outcome of the form."""
        if isinstance(caller, SignedOut):
            return _given_back(request)
        services, context, token = self._services, caller.context, caller.token
        if call.method == "POST":
            forms.require_ours(request, caller.vault, context.actor)
        if call.lane is Lane.WRITE and (key := resent.key_of(request)) is not None:
            keep = resent.where_it_led(_stood_on(request.headers, request.base_url))
            return await resent.perform(services, context, key, lambda: call.handler(request, caller), keep)
        answer = await services.lanes.run(call.lane, lambda: call.handler(request, caller), context.account_id)
        # The form may have signed the browser out.
        if call.method != "GET" or not signing_in.is_old(token, services.clock()):
            return answer
        text = await services.lanes.run(Lane.WRITE, lambda: signing_in.renewed(context, token.id), context.account_id)
        return answer if not text else _with(answer, cookies.giving(services.vault, text, request.base_url))

    def refusal(self, error: Exception, _route: Page | None, caller: Visitor | SignedOut | None) -> Answer:
        """The page that says what is wrong, or where to sign in."""
        if isinstance(error, NotSignedIn):
            return _to_sign_in(error.wanted)
        caller = caller if isinstance(caller, Visitor) else None
        if (refusal := self._services.outages.met(error)) is not None:
            headers = ((b"retry-after", str(refusal.retry_after).encode()),)
            return errors.page(Refused(refusal.status, refusal.words, headers), caller)
        return errors.page(error, caller)


def _given_back(request: Request) -> Answer:
    """A page with the fields that a visitor had filled in, to be sent again after signing in; without any, the way to
    sign in.
    """
    forms.require_same_site(request)
    if not (written := forms.written(request)):
        return _to_sign_in(_stood_on(request.headers, request.base_url))
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    action = f"{quote(request.address)}{query}"
    return shown("signed_out.html", None, 403, action=action, pairs=forms.pairs(request), written=written)


def _to_sign_in(wanted: str) -> Answer:
    return gone_to(f"/sign-in?next={quote(wanted, safe='')}" if wanted not in ("", "/") else "/sign-in")


def _wanted(scope: Scope, headers: Mapping[str, str], base_url: str) -> str:
    """The requested page; for a file, the page of its form, "" where that is not known."""
    if scope["method"] != "GET":
        return _stood_on(headers, base_url)
    query = scope["query_string"].decode("latin-1")
    path = quote(scope["path"])
    return f"{path}?{query}" if query else path


def _stood_on(headers: Mapping[str, str], base_url: str) -> str:
    """The page of ours that a form was on, "" where that is not known."""
    page = headers.get("referer", "")
    return page.removeprefix(base_url) if page.startswith(f"{base_url}/") else ""


def _with(answer: Answer, header: tuple[bytes, bytes]) -> Answer:
    return msgspec.structs.replace(answer, headers=(*answer.headers, header))
