"""The dialects: front ends for clients of other services. They do not know each other; this module knows them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from milepost.asgi.reference import Description
    from milepost.services import Services


def places(services: Services) -> list[tuple[str, ASGIApp]]:
    """The applications of each dialect, with their paths; one that ends in a slash stands for all paths beneath it."""
    # Imported here: an importer that needs one dialect does not load the others.
    from milepost.dialects.gtmhub import application as gtmhub
    from milepost.dialects.simpleokr import application as simpleokr

    return [*gtmhub.places(services), *simpleokr.places(services)]


def descriptions() -> list[Description]:
    """The name and the address of each dialect's document."""
    from milepost.asgi.reference import Description
    from milepost.dialects.gtmhub import description as gtmhub
    from milepost.dialects.simpleokr import description as simpleokr

    return [Description("Gtmhub", gtmhub.PATH), Description("SimpleOKR", simpleokr.PATH)]
