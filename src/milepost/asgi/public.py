"""Answers that anybody may read, without a token."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from milepost.asgi.answer import Answer
from milepost.asgi.phrases import phrase


class Public:
    """An ASGI application for one path that answers GET and HEAD, and nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
        else:
            await problem(405, "this path answers GET, HEAD only", ((b"allow", b"GET, HEAD"),)).send(send)


def made_once(make: Callable[[], Answer]) -> Public:
    """An answer that is the same for all, made when it is first asked for."""
    kept = lru_cache(maxsize=1)(make)

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await kept().send(send)

    return Public(app)


def problem(status: int, detail: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Answer:
    """The problem document (RFC 9457) for a request that no front end answers."""
    document = {"type": "about:blank", "title": phrase(status), "status": status, "detail": detail}
    return Answer(status, msgspec.json.encode(document), b"application/problem+json", headers)
