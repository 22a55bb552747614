"""Signing in with a provider of OpenID Connect: `/sign-in/provider` leads there, `/sign-in/provider/answer` back."""

from __future__ import annotations

import asyncio
import logging

import httpx2
import msgspec

from milepost.actions import signing_in
from milepost.asgi.answer import Answer
from milepost.asgi.lanes import Lane
from milepost.asgi.request import Request
from milepost.domain.instants import SECOND
from milepost.domain.people import User
from milepost.services import Services
from milepost.web import cookies, rendering, sign_in
from milepost.web.provider import NotVouched, Provider, Question, question
from milepost.web.public import PublicCall, PublicPage

AWAY = f"{sign_in.PATH}/provider"
BACK = f"{AWAY}/answer"

# How long somebody may take to sign in at the provider.
_QUESTION_HOLDS = 15 * 60 * SECOND

_log = logging.getLogger("milepost")


class Away(PublicPage):
    """Redirects a browser to the provider, with a question that it has to bring back."""

    def __init__(self, services: Services, provider: Provider) -> None:
        super().__init__(services, ("GET",))
        self._provider = provider

    async def perform(self, _call: PublicCall, request: Request, _caller: str) -> Answer:
        """The redirect."""
        until = self._services.clock() + _QUESTION_HOLDS
        asked = question(sign_in.ours(request.query.get("next", "")), until)
        try:
            there = await asyncio.to_thread(self._provider.address, asked, f"{request.base_url}{BACK}")
        except NotVouched as error:
            return _refused(error)
        text = msgspec.json.encode(asked).decode()
        kept = cookies.asking(self._services.vault, text, _QUESTION_HOLDS, request.base_url)
        return rendering.gone_to(there, kept)


class Back(PublicPage):
    """Takes the provider's answer: a person with one account here is signed in; one with several chooses."""

    def __init__(self, services: Services, provider: Provider) -> None:
        super().__init__(services, ("GET",))
        self._provider = provider

    async def perform(self, _call: PublicCall, request: Request, caller: str) -> Answer:
        """A redirect after signing in, or the choice of an account."""
        services = self._services
        try:
            asked = _asked(services, request)
            email = await asyncio.to_thread(self._provider.email, asked, request.query, f"{request.base_url}{BACK}")
            known = await services.lanes.run(Lane.SHORT, lambda: signing_in.known(services.database, email))
            if not known:
                raise NotVouched(f"nobody here has the address {email[:200]}: ask an admin of your company to add you")
        except NotVouched as error:
            await services.sign_ins.failed(caller)
            return _refused(error)
        done = cookies.answered(request.base_url)
        if len(known) > 1:
            links = [(account.name, await self._code(user)) for user, account in known]
            page = rendering.shown("which.html", None, links=links, wanted=asked.wanted)
            return msgspec.structs.replace(page, headers=(*page.headers, done))
        ((user, _),) = known
        code = await self._code(user)
        text = await services.lanes.run(
            Lane.WRITE, lambda: signing_in.enter(services.database, services.clock, code), user.account_id
        )
        return rendering.gone_to(asked.wanted, cookies.giving(services.vault, text, request.base_url), done)

    async def _code(self, user: User) -> str:
        """The code of a sign-in link for a user, which works once."""
        services = self._services
        return await services.lanes.run(
            Lane.WRITE, lambda: signing_in.vouched(services.database, services.clock, user), user.account_id
        )


def _asked(services: Services, request: Request) -> Question:
    held = cookies.asked(services.vault, request.headers.get("cookie", ""), request.base_url)
    asked = msgspec.json.decode(held, type=Question) if held else None
    if asked is None or asked.until < services.clock():
        raise NotVouched("this browser has not asked for this, or too long ago: try again")
    return asked


def _refused(error: NotVouched) -> Answer:
    if (cause := error.__cause__) is not None:  # the log says more than the page, but without the provider's own words
        said = cause if isinstance(cause, ValueError | httpx2.HTTPError) else type(cause).__name__
        _log.warning("nobody can sign in with the provider: %s", said)
    words = str(error)
    return rendering.shown("error.html", None, 403, title="Not signed in", words=words[:1].upper() + words[1:])
