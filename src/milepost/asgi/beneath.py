"""All paths beneath a base path, whatever characters they hold."""

from __future__ import annotations

from starlette.routing import Match, Mount
from starlette.types import Scope


class Beneath(Mount):
    """A mount of an application at all paths beneath a base path.

    Starlette's own mount does not match paths with a line feed (`%0A`). These would be answered outside of the
    application, in another shape, and without authentication.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a path is beneath the base path, which the application finds in `root_path`."""
        if scope["type"] == "lifespan" or not scope["path"].startswith(f"{scope.get('root_path', '')}{self.path}/"):
            return Match.NONE, {}
        return Match.FULL, {"root_path": scope.get("root_path", "") + self.path, "endpoint": self.app}
