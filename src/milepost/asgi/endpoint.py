"""One path of a front end: its calls by method, the steps in which a request is answered, and the answers to errors."""

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

# After this many seconds of receiving a body, the caller is authenticated again: a token may be revoked meanwhile.
_SLOW_BODY = 1.0


class Call(Protocol):
    """An entry of a front end's route table."""

    @property
    def method(self) -> str:
        """The method that it answers."""
        ...


R = TypeVar("R", bound=Call)
C = TypeVar("C")


class MethodNotAllowed(Exception):
    """The path is served, but not with this method; `allowed` are its methods, in alphabetical order."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = tuple(sorted(allowed))
        super().__init__(f"this path answers {', '.join(self.allowed)} only")


class Unknown(Exception):
    """No route has this path."""


class Stopping(Exception):
    """The server is shutting down, and waits no longer for the call; its change may or may not be made."""


class Endpoint(ABC, Generic[R, C]):
    """An ASGI application for one path. `routes` are its calls by method, none for an unknown path. HEAD is answered as
    GET, without being named in the table. Bodies are at most `body_limit` bytes long; `public_url` is where clients
    reach the server, "" for the request's own host; `rates` are the rate limits, `None` for none; `unserved` counts
    requests for which there is no call.

    A request passes these steps in order: the rate limit of its address; authentication and permission; the rate limit
    of its token; finding the call; reading the body; performing the call.
    """

    # The front end's name in logs and metrics.
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
        except CancelledError:  # by uvicorn, when the time for a graceful shutdown is over
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
        """The caller, if permitted; else it raises an error. `route` is `None` where the path or method has no call."""

    @abstractmethod
    def token_of(self, caller: C) -> str:
        """The name under which the caller's requests are counted: the id of a token, where there is one."""

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
        """The answer to an error; `caller` is `None` where it is not known."""

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
    """Applications by path, in which `{name}` matches any segment. A request that no path matches goes to `default`.

    Only paths with the same first segment and the same number of segments are tried. Starlette's router, whose patterns
    these are, tries all paths in turn; with many paths, that costs more than a small read.
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
    """The first segment of a path, and the number of its segments."""
    segments = path.split("/", 2)
    return segments[1] if len(segments) > 1 else "", path.count("/")


def router(paths: Mapping[str, Mapping[str, R]], endpoint: Callable[[Mapping[str, R]], ASGIApp]) -> Paths:
    """The paths in the order given, each with its calls by method; every other path goes to an endpoint without calls.

    Literal paths are tried before paths with a parameter, which may match the same requests.
    """
    ordered = sorted(paths.items(), key=lambda item: "{" in item[0])
    return Paths([(path, endpoint(calls)) for path, calls in ordered], endpoint({}))
