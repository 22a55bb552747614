"""Calls from browsers' pages on other origins (CORS)."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_HEADERS = (
    "authorization", "gtmhub-accountid", "content-type", "idempotency-key", "if-match", "if-none-match", "x-request-id",
)  # fmt: skip
_EXPOSED = (
    "deprecation", "etag", "idempotent-replayed", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id",
)  # fmt: skip
_DAY = 86_400


class OpenToBrowsers:
    """An application that pages of some origins may call, "*" for any. It wraps all front ends, so that refusals have
    CORS headers, too: a browser hides an answer without them from its page.

    Most callers are programs, which send a token and no Origin. To save time, their answers get no CORS headers. They
    need no Vary header either, since no shared cache may keep an answer to a token.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._to_browsers = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=_METHODS,
            allow_headers=_HEADERS,
            expose_headers=_EXPOSED,
            allow_credentials=False,
            max_age=_DAY,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        names = [name for name, _ in scope.get("headers", ())]
        quick = b"authorization" in names and b"origin" not in names
        await (self._app if quick else self._to_browsers)(scope, receive, send)
