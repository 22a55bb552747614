"""The dialect as one ASGI application."""

from __future__ import annotations

from starlette.types import ASGIApp

from milepost.asgi import openapi
from milepost.asgi.endpoint import router
from milepost.dialects.simpleokr import description
from milepost.dialects.simpleokr.gate import Gate
from milepost.dialects.simpleokr.routes import ROUTES, Route
from milepost.services import Services

BASE = "/v1"


def places(services: Services) -> list[tuple[str, ASGIApp]]:
    """All paths beneath the base path, the base path itself, which only gives an error of the dialect, and the
    dialect's document.
    """
    paths: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method] = route
    served = router(paths, lambda routes: Gate(services, routes))
    return [
        (description.PATH, openapi.published(description.document)),
        (BASE, Gate(services, {})),
        (f"{BASE}/", served),
    ]
