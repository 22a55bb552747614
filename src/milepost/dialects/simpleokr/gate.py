"""The one way into a handler: who calls, what may he, is there such a call, and only then the body.

Every path goes through here, the unknown ones too, so that no route can forget to ask who is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic

from starlette.types import Receive, Scope

from milepost.actions import access
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.endpoint import Endpoint
from milepost.asgi.lanes import Lane
from milepost.asgi.request import SLOW_BODY, headers_of, received
from milepost.dialects.simpleokr import auth, errors
from milepost.dialects.simpleokr.routes import Route
from milepost.domain.account import AccountStatus
from milepost.domain.errors import Suspended
from milepost.house import House

BODY_LIMIT = 2 * 1024 * 1024


class Gate(Endpoint[Route]):
    """One path of this dialect."""

    def __init__(self, house: House, routes: Mapping[str, Route]) -> None:
        super().__init__(routes)
        self._house = house

    async def answer(self, route: Route | None, scope: Scope, receive: Receive) -> Answer:
        """Ask everything in its order, then perform the call."""
        house, headers = self._house, headers_of(scope)
        context = await self._admitted(route, headers)
        call = self.served(route)
        began = monotonic()
        request = await received(scope, receive, headers, call.method, BODY_LIMIT, house.public_url)
        if monotonic() - began > SLOW_BODY:
            context = await self._admitted(route, headers)
        return await house.lanes.run(call.lane, lambda: call.handler(request, context), context.account_id)

    async def _admitted(self, route: Route | None, headers: Mapping[str, str]) -> Context:
        """Who calls, if he may."""
        house = self._house
        actor = await house.lanes.run(Lane.SHORT, lambda: auth.actor(house, headers))
        context = Context(house.database, actor, house.clock, "simpleokr")
        if route is not None:
            access.require(context, route.needs)
        if actor.account_status is AccountStatus.SUSPENDED:
            raise Suspended("the account is suspended: ask whoever runs this server")
        return context

    def refusal(self, error: Exception, route: Route | None) -> Answer:
        """The error object of an error."""
        return errors.answer(error, route.names if route else {})
