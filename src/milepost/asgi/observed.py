"""Reports each request and its answer to watchers, such as log and metrics, without text that clients chose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Any other method is text that a client chose.
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
# The key of a request's `Seen` in its ASGI scope.
SEEN = "milepost.seen"


class Seen:
    """A request and its answer. `front_end`: the one that answers it, "" for none; `route`: its path, with the names of
    parameters, "" where no route matches; `status`: 0 where the client hung up before; `seconds`: until the last byte.
    """

    __slots__ = ("front_end", "method", "route", "seconds", "status")

    def __init__(self, method: str) -> None:
        self.method = method if method in METHODS else "other"
        self.front_end = self.route = ""
        self.status = 0
        self.seconds = 0.0


class Observed:
    """The application; the watchers are told of each request after its answer."""

    def __init__(self, app: ASGIApp, watchers: Sequence[Callable[[Seen], None]]) -> None:
        self._app = app
        self._watchers = watchers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = Seen(scope["method"])
        scope[SEEN] = seen

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
            await send(message)

        began = perf_counter()
        try:
            await self._app(scope, receive, noting)
        finally:
            seen.seconds = perf_counter() - began
            for watch in self._watchers:
                watch(seen)
