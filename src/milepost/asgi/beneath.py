"""All addresses beneath a base path, whatever is written in them."""

from __future__ import annotations

import re

from starlette.routing import Mount
from starlette.types import ASGIApp


class Beneath(Mount):
    """An application that answers for all of them.

    Starlette's own mount leaves out those with a line feed (`%0A`). They would be answered outside of the application,
    in another shape, and before anybody asks who is there.
    """

    def __init__(self, path: str, app: ASGIApp) -> None:
        super().__init__(path, app)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)
