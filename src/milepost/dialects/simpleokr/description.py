"""The OpenAPI document of this dialect, made from the route table and the wire's types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from milepost import __version__, manners
from milepost.asgi import openapi
from milepost.asgi.openapi import Api, Operation
from milepost.dialects.simpleokr.errors import ErrorDto
from milepost.dialects.simpleokr.routes import ROUTES, Route
from milepost.domain.people import Capability

PATH = "/v1/openapi.json"

_ROLES = {
    Capability.READ: "",
    Capability.CHECK_IN: "Needs the role member.",
    Capability.CONTRIBUTE: "Needs the role member.",
    Capability.ADMINISTER: "Needs the role admin.",
}
_SIGNATURE = (
    "`S1-HMAC-SHA256 Credential=…&Timestamp=…&Signature=…`: lower-case hex of HMAC-SHA256 under the secret, over the "
    "credential followed by the timestamp, which may be ten minutes off. On Milepost's own page: credential and "
    "secret with a colon between them; each request is signed anew, and the secret stays in the browser."
)


_ITEMS = {route.path for route in ROUTES if route.method == "GET" and route.tagged}


def document() -> dict[str, Any]:
    """The document."""
    api = Api(
        title="Milepost: the SimpleOKR API",
        version=__version__,
        description="GET reads, POST on an item replaces it, DELETE deletes. Lists come in pages of 100.",
        servers=("/v1",),
        security={
            "token": {"type": "http", "scheme": "bearer", "description": "An API token."},
            "signature": {"type": "apiKey", "in": "header", "name": "Authorization", "description": _SIGNATURE},
        },
        error=ErrorDto,
    )
    return openapi.document(api, list(operations()), openapi.recorded(__package__))


def operations() -> Iterator[Operation]:
    """Every call."""
    for route in ROUTES:
        yield Operation(
            id=openapi.operation_name(route.handler),
            method=route.method,
            path=route.path,
            tag=route.path.split("/")[1],
            summary=route.summary,
            description=_ROLES[route.needs],
            parameters=route.query,
            takes=route.takes,
            gives=route.gives,
            refusals=list(_refusals(route)),
            manners=manners.described(route, _ITEMS),
            security=(("token",), ("signature",)),
        )


def _refusals(route: Route) -> Iterator[int]:
    yield from (400, 401, 402, 403)
    if "{" in route.path:
        yield 404
    if route.takes is not None:
        yield 413
    yield 500
    yield 503
    yield 507
