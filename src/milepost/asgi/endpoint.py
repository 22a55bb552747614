"""One path of a front end: the calls that it answers by method, the order in which each is answered, and what becomes
of what goes wrong in it.
"""

from __future__ import annotations

import logging
import re
from abc import ABC, abstractmethod
from asyncio import CancelledError
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import monotonic
from typing import ClassVar, Generic, Protocol, TypeVar

from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from milepost.asgi.answer import Answer
from milepost.asgi.observed import SEEN
from milepost.asgi.origins import origin_of
from milepost.asgi.rates import Rates
from milepost.asgi.request import ClientGone, Request, headers_of, received
from milepost.asgi.unserved import Unserved

_log = logging.getLogger("milepost")

# Who takes longer to send a body, in seconds, is asked again who he is: he may have been shut out meanwhile.
_SLOW_BODY = 1.0


class Call(Protocol):
    """An entry of a front end's table."""

    @property
    def method(self) -> str:
        """The method that it answers."""
        ...


R = TypeVar("R", bound=Call)
C = TypeVar("C")


class MethodNotAllowed(Exception):
    """The path is served, but not with this method; `allowed` are those that its table names, in alphabetic order."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = tuple(sorted(allowed))
        super().__init__(f"this path answers {', '.join(self.allowed)} only")


class Unknown(Exception):
    """No route has this path."""


class Stopping(Exception):
    """The server ends, and waits no longer for what was asked; a change may or may not be made."""


class Endpoint(ABC, Generic[R, C]):
    """An ASGI application for one path. `routes` are its calls by method, none for an unknown path. HEAD is answered as
    GET, without being named in the table. Bodies are at most `body_limit` bytes long; `public_url` is where clients
    reach the server, "" for the request's own host; `rates` count who asks how often, `None` for no limit; `unserved`
    takes note of what there is no call for.

    A call is answered in this order: does his address ask too often; who calls, and may he; does his token ask too
    often; is there such a call; its body; the call.
    """

    # Whose call it is, as the operator is told.
    front_end: ClassVar[str] = ""

    def __init__(
        self, routes: Mapping[str, R], body_limit: int, public_url: str, rates: Rates | None, unserved: Unserved
    ) -> None:
        self._routes = routes
        self._unserved = unserved
        self._rates = rates
        self._body_limit = body_limit
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # nothing here is a WebSocket
            await send({"type": "websocket.close"})
            return
        if (seen := scope.get(SEEN)) is not None:
            seen.front_end = self.front_end
        route = self._routes.get("GET" if scope["method"] == "HEAD" else scope["method"])
        left: list[str] = []
        callers: list[C] = []
        try:
            answer = await self._answer(route, scope, receive, left, callers)
        except ClientGone:
            return
        except CancelledError:  # uvicorn's, when the time to finish is over
            _log.warning("a call took too long to be finished before the server ends; it was answered with 503")
            await self.refusal(Stopping(), route, None).send(send)
            return
        except Exception as error:
            answer = self.refusal(error, route, callers[-1] if callers else None)
        await answer.send(send, self._rates.headers(left) if self._rates and left else ())

    async def _answer(
        self, route: R | None, scope: Scope, receive: Receive, left: list[str], callers: list[C]
    ) -> Answer:
        if self._rates and (client := scope.get("client")):
            self._rates.count("address", origin_of(scope) or client[0], left)
        headers = headers_of(scope)
        caller = await self.admitted(route, scope, headers)
        callers.append(caller)
        if self._rates:
            self._rates.count("token", self.token_of(caller), left)
        call = self._served(route, scope)
        began = monotonic()
        request = await self.received(call, caller, scope, receive, headers)
        if monotonic() - began > _SLOW_BODY:
            caller = await self.admitted(route, scope, headers)
        return await self.perform(call, request, caller)

    @abstractmethod
    async def admitted(self, route: R | None, scope: Scope, headers: Mapping[str, str]) -> C:
        """Who calls, if he may; it raises what refuses him. `None` where the path or the method has no call."""

    @abstractmethod
    def token_of(self, caller: C) -> str:
        """The name of the token that he came in with."""

    async def received(
        self, call: R, _caller: C, scope: Scope, receive: Receive, headers: Mapping[str, str]
    ) -> Request:
        """The request of a call, with its body; `BodyTooLarge`."""
        return await received(scope, receive, headers, call.method, self._body_limit, self._public_url)

    @abstractmethod
    async def perform(self, call: R, request: Request, caller: C) -> Answer:
        """The answer of a call; it may raise anything."""

    @abstractmethod
    def refusal(self, error: Exception, route: R | None, caller: C | None) -> Answer:
        """The answer for what was raised, to a `caller` where that is known."""

    def _served(self, route: R | None, scope: Scope) -> R:
        """The call itself; `Unknown` or `MethodNotAllowed` where there is none."""
        if route is None:
            self._unserved.met(self.front_end, scope["method"], scope["path"])
        if not self._routes:
            raise Unknown
        if route is None:
            raise MethodNotAllowed(self._routes)
        return route


class Paths:
    """Applications by path, `{name}` in one standing for any segment. What no path matches goes to `default`.

    Only those are tried that begin like the path asked for and are as long. Starlette's router, whose patterns these
    are, tries one after the other, which costs more than a small read where there are many.
    """

    def __init__(self, paths: Sequence[tuple[str, ASGIApp]], default: ASGIApp) -> None:
        self.paths = paths
        self.default = default
        self._alike: dict[tuple[str, int], list[tuple[re.Pattern[str], str, ASGIApp]]] = {}
        for path, app in paths:
            pattern, _, _ = compile_path(path)
            self._alike.setdefault(_outline(path), []).append((pattern, path, app))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        for pattern, template, app in self._alike.get(_outline(path), ()):
            if match := pattern.fullmatch(path):
                scope["path_params"] = match.groupdict()
                if (seen := scope.get(SEEN)) is not None:
                    seen.route = scope.get("root_path", "") + template
                await app(scope, receive, send)
                return
        await self.default(scope, receive, send)


def _outline(path: str) -> tuple[str, int]:
    """The first segment of a path, and how many there are."""
    segments = path.split("/", 2)
    return segments[1] if len(segments) > 1 else "", path.count("/")


def router(paths: Mapping[str, Mapping[str, R]], endpoint: Callable[[Mapping[str, R]], ASGIApp]) -> Paths:
    """The paths in the order given, each with its calls by method; every other path goes to an endpoint without calls.

    Literal paths stand before those with a parameter that would match them too.
    """
    ordered = sorted(paths.items(), key=lambda item: "{" in item[0])
    return Paths([(path, endpoint(calls)) for path, calls in ordered], endpoint({}))
