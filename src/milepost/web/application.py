"""Where the pages are reached."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from milepost.asgi.endpoint import Paths, Unknown
from milepost.asgi.public import Public
from milepost.asgi.request import headers_of
from milepost.house import House
from milepost.web import errors, sign_in, static
from milepost.web.gate import Gate
from milepost.web.page import Page
from milepost.web.pages import PAGES


def application(house: House, default: ASGIApp) -> Paths:
    """Every page, and what it needs; what is none of them goes to `default`."""
    paths: list[tuple[str, ASGIApp]] = [(sign_in.PATH, sign_in.SignIn(house)), *static.files()]
    paths += [(path, Gate(house, _by_method(path))) for path in dict.fromkeys(one.path for one in PAGES)]
    return Paths(paths, _NothingHere(default))


def public(paths: Sequence[tuple[str, ASGIApp]]) -> list[str]:
    """Of some paths those that anybody may open."""
    return [path for path, app in paths if isinstance(app, Public | sign_in.SignIn)]


def _by_method(path: str) -> dict[str, Page]:
    return {one.method: one for one in PAGES if one.path == path}


class _NothingHere:
    """What is at no page's address: a page that says so for people, and for programs what there is for them."""

    def __init__(self, default: ASGIApp) -> None:
        self._default = default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "text/html" in headers_of(scope).get("accept", ""):
            await errors.page(Unknown()).send(send)
        else:
            await self._default(scope, receive, send)
