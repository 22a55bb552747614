"""The one way into a handler: who, which account, what may he, is it there, and only then the body.

The order of refusals is the contract's: 401, header missing 400, 403, 402, then 404 and 405, then the body's faults.
Every path goes through here, the unknown ones too, so that no route can forget to ask for a token.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from starlette.types import Receive, Scope, Send

from milepost.actions import access
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.lanes import Lanes
from milepost.asgi.request import ClientGone, Request, base_url_of, headers_of, query_of, read_body
from milepost.dialects.gtmhub import auth, errors
from milepost.dialects.gtmhub.routes import Route
from milepost.domain.account import AccountStatus
from milepost.domain.errors import Invalid, Suspended
from milepost.domain.instants import Instant
from milepost.store.engine import Database

# Clients echo whole objects with their histories.
BODY_LIMIT = 8 * 1024 * 1024


class House(msgspec.Struct, frozen=True):
    """What every call needs: the database, the lanes that work runs in, the clock, and the server's public address."""

    database: Database
    lanes: Lanes
    clock: Callable[[], Instant]
    public_url: str


class Gate:
    """One path of this dialect as an ASGI application. `routes` are its calls by method, none for an unknown path."""

    def __init__(self, house: House, routes: Mapping[str, Route]) -> None:
        self._house = house
        self._routes = routes
        self._allowed = ", ".join(sorted({*routes, "HEAD"} if "GET" in routes else routes))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._routes.get("GET" if scope["method"] == "HEAD" else scope["method"])
        try:
            answer = await self._answer(route, scope, receive)
        except ClientGone:
            return
        except Exception as error:
            answer = errors.answer(error, route.names if route else {})
        await answer.send(send)

    async def _answer(self, route: Route | None, scope: Scope, receive: Receive) -> Answer:
        house, headers = self._house, headers_of(scope)
        actor = auth.actor(house.database, headers, house.clock())
        context = Context(house.database, actor, house.clock, "gtmhub")
        auth.require_account(actor, headers, named=_is_about_metrics(scope))
        if route is not None:
            access.require(context, route.needs)
        if actor.account_status is AccountStatus.SUSPENDED and not (route is not None and route.when_suspended):
            raise Suspended("the account is suspended: ask whoever runs this server")
        if not self._routes:
            raise errors.Unknown
        if route is None:
            raise errors.MethodNotAllowed(self._allowed)
        request = Request(
            method=route.method,
            path=scope.get("path_params", {}),
            query=query_of(scope),
            headers=headers,
            body=await read_body(receive, headers, BODY_LIMIT),
            base_url=base_url_of(scope, headers, house.public_url),
        )
        return await house.lanes.run(route.lane, lambda: _handled(route, request, context))


def _is_about_metrics(scope: Scope) -> bool:
    """Whether the path, known or not, is one of those that must name the account."""
    path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
    return path == "/metrics" or path.startswith("/metrics/")


def _handled(route: Route, request: Request, context: Context) -> Answer:
    try:
        return route.handler(request, context)
    except Invalid:
        # What is wrong with the body counts only for a record that is there: 404 goes before 400.
        if route.find is not None:
            route.find(request, context)
        raise
