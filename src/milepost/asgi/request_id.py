"""The id of a request, in the header X-Request-Id: the client's own, or one made here. Every answer carries it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Iterable
from contextvars import ContextVar
from itertools import count
from secrets import token_hex

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from milepost.asgi.public import problem

HEADER = b"x-request-id"
# A client's own id has at most this many characters.
LONGEST = 128

_log = logging.getLogger("milepost")
_current: ContextVar[str] = ContextVar("milepost_request_id", default="")


def current() -> str:
    """The id of the request that is being answered, "" outside of one."""
    return _current.get()


class WithRequestIds:
    """An application that puts the request's id on each answer. It is the outermost layer: where the application fails,
    it answers with 500.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        # A random prefix tells the ids of processes apart.
        self._begin, self._numbers = token_hex(10), count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = sent(scope["headers"]) or f"{self._begin}{next(self._numbers):012x}"
        header = (HEADER, request_id.encode())
        begun = False

        def sending(message: Message) -> Awaitable[None]:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message["headers"], header]
            return send(message)

        token = _current.set(request_id)
        try:
            await self._app(scope, receive, sending)
        except Exception:
            if begun:
                raise
            _log.exception("a request failed")
            await problem(500, "the server failed to answer; its log says why").send(sending)
        finally:
            _current.reset(token)


def sent(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The client's own id; "" where it sent none that can safely be repeated and logged."""
    for name, value in headers:
        if name == HEADER:
            text: str = value.decode("latin-1")
            return text if len(text) <= LONGEST and text.isascii() and text.isprintable() else ""
    return ""
