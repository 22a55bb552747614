"""What every answer carries, whoever gives it: the id of its request, and the headers that protect it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from itertools import count
from secrets import token_hex

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from milepost.asgi import protective, request_id
from milepost.asgi.public import problem

_log = logging.getLogger("milepost")


class Outermost:
    """The outermost layer of the application. An answer's own header takes precedence over a protective one of the same
    name. Where the application fails, this answers with 500. `public_url`: as in `protective.headers`.
    """

    def __init__(self, app: ASGIApp, public_url: str = "") -> None:
        self._app = app
        self._headers = protective.headers(public_url)
        self._names = frozenset(name for name, _ in self._headers)
        # A random prefix tells the ids of processes apart.
        self._begin, self._numbers = token_hex(10), count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identity = request_id.sent(scope["headers"]) or f"{self._begin}{next(self._numbers):012x}"
        begun = False

        # Not a coroutine around that of `send`: this runs for every answer.
        def sending(message: Message) -> Awaitable[None]:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = self._carried(message["headers"], identity)
            return send(message)

        token = request_id.CURRENT.set(identity)
        try:
            await self._app(scope, receive, sending)
        except Exception:
            if begun:
                raise
            _log.exception("a request failed")
            await problem(500, "the server failed to answer; its log says why").send(sending)
        finally:
            request_id.CURRENT.reset(token)

    def _carried(self, own: list[tuple[bytes, bytes]], identity: str) -> list[tuple[bytes, bytes]]:
        """The headers of an answer, with those that every answer carries."""
        headers = self._headers
        if not self._names.isdisjoint([name for name, _ in own]):
            names = {name for name, _ in own}
            headers = tuple([header for header in headers if header[0] not in names])
        return [*own, *headers, (request_id.HEADER, identity.encode())]
