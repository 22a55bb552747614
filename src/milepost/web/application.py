"""The application of all pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from starlette.types import ASGIApp, Receive, Scope, Send

from milepost.asgi.answer import Answer
from milepost.asgi.endpoint import Paths, Unknown
from milepost.asgi.public import Public
from milepost.asgi.request import Request, headers_of
from milepost.config import OpenId
from milepost.services import Services
from milepost.web import errors, quick, sign_in, static
from milepost.web.gate import Gate
from milepost.web.page import Page, Visitor, page
from milepost.web.pages import PAGES
from milepost.web.public import PublicPage
from milepost.web.rendering import gone_to


def application(services: Services, default: ASGIApp, openid: OpenId | None = None, more: Sequence[Page] = ()) -> Paths:
    """All pages and their files; other paths go to `default`. `openid`: the provider for signing in, if any; `more`:
    pages of packages above this one.
    """
    pages = tuple(_with_ways_up((*PAGES, *more)))
    paths: list[tuple[str, ASGIApp]] = [*_public(services, openid), *static.files()]
    paths += [(path, Gate(services, _by_method(pages, path))) for path in dict.fromkeys(one.path for one in pages)]
    return Paths(paths, _NothingHere(default))


def public(paths: Sequence[tuple[str, ASGIApp]]) -> list[str]:
    """The public ones among some paths."""
    return [path for path, app in paths if isinstance(app, Public | PublicPage)]


def _public(services: Services, openid: OpenId | None) -> list[tuple[str, PublicPage]]:
    quick_link = (quick.PATH, quick.Quick(services, ("GET", "POST")))
    if openid is None:
        return [quick_link, (sign_in.PATH, sign_in.SignIn(services, ""))]
    # Imported here: a server without a provider starts without this code.
    from milepost.web import single_sign_on
    from milepost.web.provider import Provider

    provider = Provider(openid, services.clock)
    return [
        quick_link,
        (sign_in.PATH, sign_in.SignIn(services, provider.name)),
        (single_sign_on.AWAY, single_sign_on.Away(services, provider)),
        (single_sign_on.BACK, single_sign_on.Back(services, provider)),
    ]


def _with_ways_up(pages: Sequence[Page]) -> Iterator[Page]:
    """The pages, with a redirect for each address that only takes a form: reloading it leads to the page above."""
    yield from pages
    shown = {one.path for one in pages if one.method == "GET"}
    for path in {one.path: None for one in pages if one.path not in shown}:
        above = path
        while above not in shown:
            above = above.rpartition("/")[0] or "/"
        yield page(path, partial(_go_up, "" if above == "/" else above))


def _go_up(above: str, request: Request, _visitor: Visitor) -> Answer:
    return gone_to("/".join(request.address.split("/")[: above.count("/") + 1]) or "/")


def _by_method(pages: Sequence[Page], path: str) -> dict[str, Page]:
    return {one.method: one for one in pages if one.path == path}


class _NothingHere:
    """The answer at addresses without a page: an error page for people; programs get the answer of `default`."""

    def __init__(self, default: ASGIApp) -> None:
        self._default = default

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "text/html" in headers_of(scope).get("accept", ""):
            await errors.page(Unknown()).send(send)
        else:
            await self._default(scope, receive, send)
