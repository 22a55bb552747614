"""The dialect as one ASGI application: both versions, under both base paths."""

from __future__ import annotations

from starlette.routing import BaseRoute
from starlette.routing import Route as Path

from milepost.asgi import openapi
from milepost.asgi.beneath import Beneath
from milepost.asgi.endpoint import Paths, router
from milepost.dialects.gtmhub import description
from milepost.dialects.gtmhub.gate import Gate
from milepost.dialects.gtmhub.route import Route
from milepost.dialects.gtmhub.routes import ROUTES
from milepost.services import Services

BASES = ("/api", "/results/api")


def mounts(services: Services) -> list[BaseRoute]:
    """The dialect's mounts: /api/v1, /api/v2, the same again under the later base path, and its description."""
    versions = {version: _version(services, version) for version in (1, 2)}
    found: list[BaseRoute] = [Beneath(f"{base}/v{version}", app) for base in BASES for version, app in versions.items()]
    found.append(Path(description.PATH, endpoint=openapi.published(description.document)))
    return found + [Beneath(base, Gate(services, {})) for base in BASES]


def _version(services: Services, version: int) -> Paths:
    paths: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        if version in route.versions:
            paths.setdefault(route.path, {})[route.method] = route
    return router(paths, lambda routes: Gate(services, routes))
