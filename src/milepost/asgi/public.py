"""What anybody may read: an answer that is the same for all, made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus

import msgspec
from starlette.types import Receive, Scope, Send

from milepost.asgi.answer import Answer


class Public:
    """An ASGI application for one path that needs no token. It answers GET and HEAD."""

    def __init__(self, make: Callable[[], Answer]) -> None:
        self._make = make

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["method"] in ("GET", "HEAD"):
            await self._answer.send(send)
        else:
            await problem(405, "this path answers GET, HEAD only", ((b"allow", b"GET, HEAD"),)).send(send)

    @cached_property
    def _answer(self) -> Answer:
        return self._make()


def problem(status: int, detail: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Answer:
    """The problem document (RFC 9457) of what no front end answers."""
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Answer(status, msgspec.json.encode(document), b"application/problem+json", headers)
