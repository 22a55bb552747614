"""The dialect as one ASGI application: both versions, under both base paths."""

from __future__ import annotations

from starlette.types import ASGIApp

from milepost.asgi import openapi
from milepost.asgi.endpoint import Paths, router
from milepost.dialects.gtmhub import description
from milepost.dialects.gtmhub.gate import Gate
from milepost.dialects.gtmhub.route import Route
from milepost.dialects.gtmhub.routes import ROUTES
from milepost.services import Services

BASES = ("/api", "/results/api")


def places(services: Services) -> list[tuple[str, ASGIApp]]:
    """Both versions, the same again under the later base path, and the dialect's description."""
    versions = {version: _version(services, version) for version in (1, 2)}
    found: list[tuple[str, ASGIApp]] = [(description.PATH, openapi.published(description.document))]
    found += [(f"{base}/v{version}/", app) for base in BASES for version, app in versions.items()]
    return found + [(f"{base}/", Gate(services, {})) for base in BASES]


def _version(services: Services, version: int) -> Paths:
    paths: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        if version in route.versions:
            paths.setdefault(route.path, {})[route.method] = route
    return router(paths, lambda routes: Gate(services, routes))
