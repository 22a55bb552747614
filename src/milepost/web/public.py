"""The pages that strangers may open: the ways to sign in."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping

import msgspec
from starlette.types import Scope

from milepost.asgi.answer import Answer
from milepost.asgi.endpoint import Endpoint
from milepost.asgi.origins import origin_of
from milepost.asgi.refused import Refused
from milepost.asgi.request import Request
from milepost.services import Services
from milepost.web import errors

_BODY_LIMIT = 16 * 1024


class PublicCall(msgspec.Struct, frozen=True):
    """A call of a public page."""

    method: str


class PublicPage(Endpoint[PublicCall, str]):
    """A page for everybody. The caller is the origin of the address, by which failed guesses are slowed down."""

    front_end = "web"

    def __init__(self, services: Services, methods: Iterable[str]) -> None:
        calls = {method: PublicCall(method) for method in methods}
        super().__init__(calls, _BODY_LIMIT, services.public_url, services.rates, services.unserved)
        self._services = services

    async def admitted(self, _route: PublicCall | None, scope: Scope, _headers: Mapping[str, str]) -> str:
        """Everybody."""
        return origin_of(scope)

    def token_of(self, caller: str) -> str:
        """There is no token: strangers share one count for each origin."""
        return f"sign-in {caller}"

    @abstractmethod
    async def perform(self, call: PublicCall, request: Request, caller: str) -> Answer:
        """The answer."""

    def refusal(self, error: Exception, _route: PublicCall | None, _caller: str | None) -> Answer:
        """The page that says what is wrong."""
        if (refusal := self._services.outages.met(error)) is not None:
            return errors.page(Refused(refusal.status, refusal.words))
        return errors.page(error)
