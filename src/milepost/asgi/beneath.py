"""All addresses beneath a base path, whatever is written in them."""

from __future__ import annotations

from starlette.routing import Match, Mount
from starlette.types import Scope


class Beneath(Mount):
    """An application that answers for all of them.

    Starlette's own mount leaves out those with a line feed (`%0A`). They would be answered outside of the application,
    in another shape, and before anybody asks who is there.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a path is beneath the base path, which the application finds in `root_path`."""
        if scope["type"] == "lifespan" or not scope["path"].startswith(f"{scope.get('root_path', '')}{self.path}/"):
            return Match.NONE, {}
        return Match.FULL, {"root_path": scope.get("root_path", "") + self.path, "endpoint": self.app}
