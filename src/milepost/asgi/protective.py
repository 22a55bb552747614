"""What every answer tells browsers, so that they do nothing with it but show it to who asked."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = (
    # Whoever asked may keep it, and asks again each time whether it still holds.
    (b"cache-control", b"private, no-cache"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
_YEAR = 31_536_000


class Protective:
    """An application whose answers all have these headers, but for those that an answer has itself.

    `public_url`: where it begins with https, browsers are told to come no other way for a year.
    """

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        only_https = (b"strict-transport-security", b"max-age=%d" % _YEAR)
        self._headers = (*HEADERS, only_https) if public_url.startswith("https://") else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = self._headers

        # No coroutine of its own around that of `send`: this is on the way of every answer.
        def protected(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                own = dict(message["headers"])
                message["headers"] = [*message["headers"], *[one for one in headers if one[0] not in own]]
            return send(message)

        await self._app(scope, receive, protected)
