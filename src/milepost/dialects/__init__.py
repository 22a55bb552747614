"""The front ends that other services' clients speak to. They do not know each other; this module knows them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from milepost.asgi.reference import Description
    from milepost.services import Services


def mounts(services: Services) -> list[BaseRoute]:
    """Where each dialect is reached."""
    # Imported here: whoever needs one dialect, an importer for one, does not load the others with it.
    from milepost.dialects.gtmhub import application as gtmhub
    from milepost.dialects.simpleokr import application as simpleokr

    return [*gtmhub.mounts(services), *simpleokr.mounts(services)]


def descriptions() -> list[Description]:
    """What each dialect's document is called, and where it is."""
    from milepost.asgi.reference import Description
    from milepost.dialects.gtmhub import description as gtmhub
    from milepost.dialects.simpleokr import description as simpleokr

    return [Description("Gtmhub", gtmhub.PATH), Description("SimpleOKR", simpleokr.PATH)]
