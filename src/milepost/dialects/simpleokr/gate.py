"""The way into every handler: authentication, permission, existence of the call, and only then the body.

Unknown paths go through here, too, so that no route can lack authentication.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import Scope

from milepost import manners
from milepost.actions import access
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.endpoint import Endpoint
from milepost.asgi.request import Request
from milepost.dialects.simpleokr import auth, errors
from milepost.dialects.simpleokr.routes import Route
from milepost.domain.account import AccountStatus
from milepost.domain.errors import Suspended
from milepost.services import Services

BODY_LIMIT = 2 * 1024 * 1024


class Gate(Endpoint[Route, Context]):
    """One path of this dialect."""

    front_end = "simpleokr"

    def __init__(self, services: Services, routes: Mapping[str, Route]) -> None:
        super().__init__(routes, BODY_LIMIT, services.public_url, services.rates, services.unserved)
        self._services = services

    async def admitted(self, route: Route | None, scope: Scope, headers: Mapping[str, str]) -> Context:
        """The context of the caller, if permitted."""
        services = self._services
        actor = await services.sign_ins.actor(scope, headers, lambda now: auth.actor(services, headers, now))
        context = Context(services.database, actor, services.clock, "simpleokr")
        if route is not None:
            access.require(context, route.needs)
        if actor.account_status is AccountStatus.SUSPENDED:
            raise Suspended("the account is suspended: ask whoever runs this server")
        return context

    def token_of(self, caller: Context) -> str:
        """The id of the token, or of the signing key."""
        return caller.actor.token_id

    async def perform(self, call: Route, request: Request, caller: Context) -> Answer:
        """The answer of the handler, with the manners of every front end."""
        item = self._routes.get("GET")
        show = None if item is None or not item.tagged else lambda: item.handler(request, caller)
        return await manners.perform(self._services, caller, call, request, lambda: call.handler(request, caller), show)

    def refusal(self, error: Exception, route: Route | None, _caller: Context | None) -> Answer:
        """The error object of an error."""
        if (refusal := self._services.outages.met(error)) is not None:
            return errors.unavailable(refusal)
        return errors.answer(error, route.names if route else {})
