"""The front ends that other services' clients speak to. They do not know each other; this module knows them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from milepost.asgi.reference import Description
    from milepost.services import Services


def places(services: Services) -> list[tuple[str, ASGIApp]]:
    """The applications of each dialect, with their paths; one that ends in a slash stands for all paths beneath it."""
    # Imported here: whoever needs one dialect, an importer for one, does not load the others with it.
    from milepost.dialects.gtmhub import application as gtmhub
    from milepost.dialects.simpleokr import application as simpleokr

    return [*gtmhub.places(services), *simpleokr.places(services)]


def descriptions() -> list[Description]:
    """What each dialect's document is called, and where it is."""
    from milepost.asgi.reference import Description
    from milepost.dialects.gtmhub import description as gtmhub
    from milepost.dialects.simpleokr import description as simpleokr

    return [Description("Gtmhub", gtmhub.PATH), Description("SimpleOKR", simpleokr.PATH)]
