"""The way into every handler: authentication, account, permission, existence of the record, and only then the body.

The order of refusals is the contract's: 401, header missing 400, 403, 402, then 404 and 405, then the body's faults.
Unknown paths go through here, too, so that no route can lack authentication.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from starlette.types import Scope

from milepost import manners
from milepost.actions import access
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.endpoint import Endpoint
from milepost.asgi.lanes import Steps, finished
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import auth, errors
from milepost.dialects.gtmhub.route import Route
from milepost.domain.account import AccountStatus
from milepost.domain.errors import Invalid, Suspended
from milepost.services import Services

# Clients echo whole objects with their histories.
BODY_LIMIT = 8 * 1024 * 1024


class Gate(Endpoint[Route, Context]):
    """One path of this dialect."""

    front_end = "gtmhub"

    def __init__(self, services: Services, routes: Mapping[str, Route]) -> None:
        super().__init__(routes, BODY_LIMIT, services.public_url, services.rates, services.unserved)
        self._services = services

    async def admitted(self, route: Route | None, scope: Scope, headers: Mapping[str, str]) -> Context:
        """The context of the caller, if permitted."""
        services = self._services
        actor = await services.sign_ins.actor(scope, headers, lambda now: auth.actor(services.database, headers, now))
        context = Context(services.database, actor, services.clock, "gtmhub")
        auth.require_account(actor, headers, named=_is_about_metrics(scope))
        if route is not None:
            access.require(context, route.needs)
        if actor.account_status is AccountStatus.SUSPENDED and not (route is not None and route.when_suspended):
            raise Suspended("the account is suspended: ask whoever runs this server")
        return context

    def token_of(self, caller: Context) -> str:
        """The id of the token, or of the signing key."""
        return caller.actor.token_id

    async def perform(self, call: Route, request: Request, caller: Context) -> Answer:
        """The answer of the handler, with the manners of every front end."""
        item = self._routes.get("GET")
        show = None if item is None or not item.tagged else lambda: finished(item.handler(request, caller))
        handle = partial(_handled, call, request, caller)
        return await manners.perform(self._services, caller, call, request, handle, show)

    def refusal(self, error: Exception, route: Route | None, _caller: Context | None) -> Answer:
        """The problem document of an error."""
        if (refusal := self._services.outages.met(error)) is not None:
            return errors.unavailable(refusal)
        return errors.answer(error, route.names if route else {})


def _is_about_metrics(scope: Scope) -> bool:
    """Whether the path, known or not, is one of those that require the account header."""
    path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
    return path == "/metrics" or path.startswith("/metrics/")


def _handled(route: Route, request: Request, context: Context) -> Answer | Steps[Answer]:
    try:
        return route.handler(request, context)
    except Invalid:
        # Faults of the body count only for an existing record: 404 goes before 400.
        if route.find is not None:
            route.find(request, context)
        raise
