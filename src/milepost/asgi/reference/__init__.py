"""A page to read the APIs' descriptions and to try their calls: Swagger UI, all of it served from here.

Only the files of the Swagger UI package are used: importing it would load a web framework.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import msgspec
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from milepost.asgi.answer import Answer
from milepost.asgi.public import Public, made_once

PATH = "/docs"

_OURS = ("page.js", "page.css")
_THEIRS = ("swagger-ui-bundle.js", "swagger-ui-standalone-preset.js", "swagger-ui.css")
# Nothing is loaded from or sent to other hosts. Inline styles are allowed, as Swagger UI sets styles on elements.
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A browser that has a file asks again after an hour.
_KEPT = {"cache-control": "public, max-age=3600", "x-content-type-options": "nosniff"}


class Description(msgspec.Struct, frozen=True):
    """The name and the URL of a document."""

    name: str
    url: str


def places(descriptions: Sequence[Description]) -> list[tuple[str, ASGIApp]]:
    """The page and each file that it needs."""
    files = {name: Path(str(resources.files(__name__))) / name for name in _OURS}
    files |= {name: _swagger_ui() / name for name in _THEIRS}
    page = made_once(partial(_page, descriptions))
    return [(PATH, page), *[(f"{PATH}/{name}", _file(path)) for name, path in files.items()]]


def _page(descriptions: Sequence[Description]) -> Answer:
    """The page; it tells its script which documents there are."""
    page = resources.files(__name__).joinpath("page.html").read_text("utf-8")
    links = "".join(f'<li><a href="{escape(one.url)}">{escape(one.name)}</a></li>' for one in descriptions)
    listed = escape(msgspec.json.encode(descriptions).decode())
    body = page.replace("{{links}}", links).replace("{{descriptions}}", listed)
    headers = (
        (b"content-security-policy", _POLICY),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    )
    return Answer(200, body.encode(), b"text/html; charset=utf-8", headers)


def _file(path: Path) -> Public:
    folder = StaticFiles(directory=path.parent)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        answer = await folder.get_response(path.name, scope)  # 304 for a browser that has it
        answer.headers.update(_KEPT)
        await answer(scope, receive, send)

    return Public(app)


def _swagger_ui() -> Path:
    """Where the files of Swagger UI are installed; finding a package does not import it."""
    found = find_spec("flask_swagger_ui")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("flask-swagger-ui is not installed: install Milepost's requirements")
    return Path(found.submodule_search_locations[0]) / "dist"
