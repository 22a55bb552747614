"""The one way into a handler: who calls, what may he, is there such a call, and only then the body.

Every path goes through here, the unknown ones too, so that no route can forget to ask who is there.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import Scope

from milepost.actions import access
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.endpoint import Endpoint
from milepost.asgi.request import Request
from milepost.dialects.simpleokr import auth, errors
from milepost.dialects.simpleokr.routes import Route
from milepost.domain.account import AccountStatus
from milepost.domain.errors import Suspended
from milepost.house import House

BODY_LIMIT = 2 * 1024 * 1024


class Gate(Endpoint[Route, Context]):
    """One path of this dialect."""

    def __init__(self, house: House, routes: Mapping[str, Route]) -> None:
        super().__init__(routes, BODY_LIMIT, house.public_url)
        self._house = house

    async def admitted(self, route: Route | None, scope: Scope, headers: Mapping[str, str]) -> Context:
        """Who calls, if he may."""
        house = self._house
        actor = await house.sign_ins.actor(scope, headers, lambda now: auth.actor(house, headers, now))
        context = Context(house.database, actor, house.clock, "simpleokr")
        if route is not None:
            access.require(context, route.needs)
        if actor.account_status is AccountStatus.SUSPENDED:
            raise Suspended("the account is suspended: ask whoever runs this server")
        return context

    async def perform(self, call: Route, request: Request, caller: Context) -> Answer:
        """What the handler answers, in its lane."""
        return await self._house.lanes.run(call.lane, lambda: call.handler(request, caller), caller.account_id)

    def refusal(self, error: Exception, route: Route | None) -> Answer:
        """The error object of an error."""
        return errors.answer(error, route.names if route else {})
