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
    """An application that pages of some origins may call, "*" for any. It stands outermost, so that refusals say so
    too: a browser shows its page no answer otherwise.

    Most callers are no browsers: they have a token, and send no origin. Nothing is said to these, which takes time;
    what an answer to a token depends on need not be told to any cache, since none may keep it for others.
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
        names = {name for name, _ in scope.get("headers", ())}
        quick = b"authorization" in names and b"origin" not in names
        await (self._app if quick else self._to_browsers)(scope, receive, send)
