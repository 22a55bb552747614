"""The OpenAPI document of this dialect, made from the route table and the wire's types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from milepost import __version__, manners
from milepost.asgi import openapi
from milepost.asgi.openapi import Api, Operation
from milepost.dialects.gtmhub.errors import ProblemDto
from milepost.dialects.gtmhub.route import Route
from milepost.dialects.gtmhub.routes import ROUTES
from milepost.domain.people import Capability

PATH = "/api/openapi.json"

_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token."},
    "account": {
        "type": "apiKey",
        "in": "header",
        "name": "gtmhub-accountId",
        "description": "The id of the token's account. Calls about metrics must name it.",
    },
}
_ROLES = {
    Capability.READ: "",
    Capability.CHECK_IN: "Needs the role member.",
    Capability.CONTRIBUTE: "Needs the role member.",
    Capability.ADMINISTER: "Needs the role admin.",
}


_ITEMS = {route.path for route in ROUTES if route.method == "GET" and route.tagged}


def document() -> dict[str, Any]:
    """The document."""
    api = Api(
        title="Milepost: the Gtmhub API",
        version=__version__,
        description="Objectives are goals here, key results metrics, check-ins snapshots, cycles sessions. "
        "Fields that a client sends and this API does not know are kept and given back.",
        servers=("/api", "/results/api"),
        security=_SCHEMES,
        error=ProblemDto,
        error_media_type="application/problem+json",
    )
    return openapi.document(api, list(operations()), openapi.recorded(__package__))


def operations() -> Iterator[Operation]:
    """Every call of every version."""
    for route in ROUTES:
        for version in route.versions:
            yield _operation(route, version)


def operation_id(route: Route, version: int) -> str:
    """The name of a call, such as metrics_list and metrics_list_v2."""
    name = openapi.operation_name(route.handler).removesuffix("_v1").strip("_")
    return f"{name}_v2" if version == 2 else name


def _operation(route: Route, version: int) -> Operation:
    return Operation(
        id=operation_id(route, version),
        method=route.method,
        path=f"/v{version}{route.path}",
        tag=route.path.split("/")[1],
        summary=route.summary,
        description=_ROLES[route.needs],
        parameters=route.query,
        takes=route.takes,
        requires=route.requires,
        gives=route.gives,
        status=route.status,
        always=_always(route),
        refusals=list(_refusals(route)),
        manners=manners.described(route, _ITEMS),
        security=_security(route),
        deprecated=route.deprecated,
    )


def _security(route: Route) -> tuple[tuple[str, ...], ...]:
    """Calls about metrics must name the account, others may."""
    both = ("token", "account")
    return (both,) if route.path.split("/")[1] == "metrics" else (both, ("token",))


def _always(route: Route) -> tuple[str, ...] | None:
    """The fields that come back whatever `fields` names; `None` for calls without that parameter."""
    if all(parameter.name != "fields" for parameter in route.query):
        return None
    return ("id", "accountId") if _is_item(route) else ("id", "_id")


def _is_item(route: Route) -> bool:
    return not hasattr(route.gives, "__origin__")


def _refusals(route: Route) -> Iterator[int]:
    yield from (400, 401)
    if not route.when_suspended:
        yield 402
    yield 403
    if "{" in route.path and not route.narrows:
        yield 404
    if route.takes is not None:
        yield 413
    yield 500
    yield 503
    yield 507
