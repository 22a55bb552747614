"""One path of a front end: the calls that it answers by method, and what becomes of what goes wrong in them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from milepost.asgi.answer import Answer
from milepost.asgi.request import ClientGone

R = TypeVar("R")


class MethodNotAllowed(Exception):
    """The path is served, but not with this method; `allowed` are those that its table names, in alphabetic order."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = tuple(sorted(allowed))
        super().__init__(f"this path answers {', '.join(self.allowed)} only")


class Unknown(Exception):
    """No route has this path."""


class Endpoint(ABC, Generic[R]):
    """An ASGI application for one path. `routes` are its calls by method, none for an unknown path. HEAD is answered as
    GET, without being named in the table.
    """

    def __init__(self, routes: Mapping[str, R]) -> None:
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # nothing here is a WebSocket
            await send({"type": "websocket.close"})
            return
        route = self._routes.get("GET" if scope["method"] == "HEAD" else scope["method"])
        try:
            answer = await self.answer(route, scope, receive)
        except ClientGone:
            return
        except Exception as error:
            answer = self.refusal(error, route)
        await answer.send(send)

    @abstractmethod
    async def answer(self, route: R | None, scope: Scope, receive: Receive) -> Answer:
        """The answer of a call, `None` where the path or the method has none; it may raise anything."""

    @abstractmethod
    def refusal(self, error: Exception, route: R | None) -> Answer:
        """The answer for what `answer` raised."""

    def served(self, route: R | None) -> R:
        """The call itself; `Unknown` or `MethodNotAllowed` where there is none."""
        if not self._routes:
            raise Unknown
        if route is None:
            raise MethodNotAllowed(self._routes)
        return route


def router(paths: Mapping[str, Mapping[str, R]], endpoint: Callable[[Mapping[str, R]], ASGIApp]) -> Router:
    """The paths in the order given, each with its calls by method; every other path goes to an endpoint without calls.

    Literal paths stand before those with a parameter that would match them too.
    """
    ordered = sorted(paths.items(), key=lambda item: "{" in item[0])
    return Router(
        routes=[Route(path, endpoint=endpoint(calls)) for path, calls in ordered],
        default=endpoint({}),
        redirect_slashes=False,
    )
