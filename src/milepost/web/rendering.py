"""Pages from templates. Every value is escaped; an unknown name is an error, not an empty text."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from milepost.asgi.answer import Answer
from milepost.web import showing, static
from milepost.web.page import Visitor

# Nothing is loaded from or sent to other sites, and only our own files may run.
POLICY = (
    b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HTML = b"text/html; charset=utf-8"
_HEADERS = (
    (b"content-security-policy", POLICY),
    (b"cache-control", b"private, no-store"),
    # Forms need their origin; other sites get no referrer.
    (b"referrer-policy", b"same-origin"),
)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("milepost.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["static"] = static.address
    made.filters |= showing.FILTERS
    return made


def shown(template: str, visitor: Visitor | None, status: int = 200, **values: Any) -> Answer:
    """The page of a template, for a visitor; `None` for one who is not signed in."""
    body = _environment().get_template(template).render(visitor=visitor, **values)
    return Answer(status, body.encode(), _HTML, _HEADERS)


def gone_to(path: str, *headers: tuple[bytes, bytes]) -> Answer:
    """A redirect of the browser to another page of ours, by GET."""
    return Answer(303, b"", _HTML, ((b"location", path.encode()), *_HEADERS, *headers))
