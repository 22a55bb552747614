"""Slashes that a client's configuration adds: one after the path, or two before it where its base address ends in one.

They are removed without a redirect, which would lose the body of an old client's POST.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class WithoutExtraSlashes:
    """The application, for which `/x/` and `//x` are `/x`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            if path.startswith("//") or (path.endswith("/") and len(path) > 1):
                scope = {**scope, "path": "/" + path.strip("/")}
        await self._app(scope, receive, send)
