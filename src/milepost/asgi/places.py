"""Applications by path: one path each, or all paths beneath a base path."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send


class Places:
    """Hands a request to the application at its path; other requests to `otherwise`. `/x/` and `//x` are `/x`: clients'
    configuration adds a slash after the path, or two before it where their base address ends in one. There is no
    redirect, which would lose the body of an old client's POST.

    A place that ends in a slash stands for all paths beneath it, whatever characters they hold, of which the first
    place counts; its application finds the place, without the slash, in `root_path`. Starlette's mounts do not match
    paths with a line feed (`%0A`), which would be answered in another shape, and without authentication.
    """

    def __init__(self, places: Sequence[tuple[str, ASGIApp]], otherwise: ASGIApp) -> None:
        self.places = places
        self.otherwise = otherwise
        self._exact = {place: app for place, app in places if not place.endswith("/")}
        self._bases = [(place, place[:-1], app) for place, app in places if place.endswith("/")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._at(scope)(scope, receive, send)

    def _at(self, scope: Scope) -> ASGIApp:
        path: str = scope.get("path", "")
        if path.startswith("//") or (path.endswith("/") and len(path) > 1):
            path = scope["path"] = f"/{path.strip('/')}"
        if (exact := self._exact.get(path)) is not None:
            return exact
        for place, base, app in self._bases:
            if path.startswith(place):
                scope["root_path"] = base
                return app
        return self.otherwise
