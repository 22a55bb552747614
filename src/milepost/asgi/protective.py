"""Security headers of every answer, so that browsers only show it to the person who asked."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = (
    # Only the client itself may keep an answer, and revalidates it each time.
    (b"cache-control", b"private, no-cache"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
_YEAR = 31_536_000


class Protective:
    """An application whose answers all have these headers; an answer's own header of the same name takes precedence.

    `public_url`: if it begins with https, browsers are told to use https only for a year (HSTS).
    """

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        only_https = (b"strict-transport-security", b"max-age=%d" % _YEAR)
        self._headers = (*HEADERS, only_https) if public_url.startswith("https://") else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = self._headers

        # Not a coroutine around that of `send`: this runs for every answer.
        def protected(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                own = dict(message["headers"])
                message["headers"] = [*message["headers"], *[one for one in headers if one[0] not in own]]
            return send(message)

        await self._app(scope, receive, protected)
