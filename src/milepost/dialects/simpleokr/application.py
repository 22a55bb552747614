"""The dialect as one ASGI application."""

from __future__ import annotations

from starlette.routing import BaseRoute
from starlette.routing import Route as Path

from milepost.asgi import openapi
from milepost.asgi.beneath import Beneath
from milepost.asgi.endpoint import router
from milepost.dialects.simpleokr import description
from milepost.dialects.simpleokr.gate import Gate
from milepost.dialects.simpleokr.routes import ROUTES, Route
from milepost.services import Services

BASE = "/v1"


def mounts(services: Services) -> list[BaseRoute]:
    """All beneath the base path, the base path alone, where there is nothing but an error of the dialect's own, and
    the dialect's description.
    """
    paths: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method] = route
    served = router(paths, lambda routes: Gate(services, routes))
    return [
        Path(description.PATH, endpoint=openapi.published(description.document)),
        Path(BASE, endpoint=Gate(services, {})),
        Beneath(BASE, served),
    ]
