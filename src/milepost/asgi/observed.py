"""Lets others see what was asked for and how it was answered, in words that no client chooses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Every other word in the place of one is somebody's own.
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
# Where, in a scope, stands what is seen of its request.
SEEN = "milepost.seen"


class Seen:
    """A request. `front_end`: which answers it, "" for none; `route`: its path, with the names of its parameters, ""
    where there is none such; `status`: 0 where the client went before there was one; `seconds`: until the last byte.
    """

    __slots__ = ("front_end", "method", "route", "seconds", "status")

    def __init__(self, method: str) -> None:
        self.method = method if method in METHODS else "other"
        self.front_end = self.route = ""
        self.status = 0
        self.seconds = 0.0


class Observed:
    """The application, every request of which the watchers see once it is answered."""

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
