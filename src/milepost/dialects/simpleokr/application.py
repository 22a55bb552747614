"""The dialect as one ASGI application."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount
from starlette.routing import Route as Path

from milepost.asgi.endpoint import router
from milepost.dialects.simpleokr.gate import Gate
from milepost.dialects.simpleokr.routes import ROUTES, Route
from milepost.house import House

BASE = "/v1"


def mounts(house: House) -> list[BaseRoute]:
    """The dialect's one mount, and its base path alone, where there is nothing either but an error of its own."""
    paths: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method] = route
    below = Mount(BASE, app=router(paths, lambda routes: Gate(house, routes)))
    return [Path(BASE, endpoint=Gate(house, {})), below]
