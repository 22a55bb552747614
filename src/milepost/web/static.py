"""The static files of pages, each at an address with a digest of its content, so that browsers fetch it once."""

from __future__ import annotations

from functools import cache, partial
from hashlib import sha256
from importlib import resources

from milepost.asgi.answer import Answer
from milepost.asgi.public import Public, made_once

_TYPES = {"css": b"text/css; charset=utf-8", "js": b"text/javascript; charset=utf-8", "svg": b"image/svg+xml"}
_FOREVER = (
    (b"cache-control", b"public, max-age=31536000, immutable"),
    (b"x-content-type-options", b"nosniff"),
)
NAMES = ("style.css", "page.js", "icon.svg")


@cache
def _content(name: str) -> bytes:
    return resources.files("milepost.web").joinpath("static", name).read_bytes()


@cache
def address(name: str) -> str:
    """The address of a file, such as /static/3f0e6c1c.style.css."""
    return f"/static/{sha256(_content(name)).hexdigest()[:12]}.{name}"


def files() -> list[tuple[str, Public]]:
    """Every file by its address."""
    return [(address(name), made_once(partial(_answer, name))) for name in NAMES]


def _answer(name: str) -> Answer:
    return Answer(200, _content(name), _TYPES[name.rpartition(".")[2]], _FOREVER)
