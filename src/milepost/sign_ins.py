"""Signing in, the same for every front end: who it is, what becomes of those who fail, and when it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.types import Scope

from milepost.actions.context import Actor
from milepost.actions.last_use import LastUse
from milepost.asgi.failed_sign_ins import FailedSignIns
from milepost.asgi.lanes import Lane, Lanes
from milepost.asgi.origins import origin_of
from milepost.domain.errors import Unauthenticated
from milepost.domain.instants import Instant


class SignIns:
    """The sign-ins of one process."""

    def __init__(self, lanes: Lanes, clock: Callable[[], Instant], failed: FailedSignIns, last_use: LastUse) -> None:
        self._lanes = lanes
        self._clock = clock
        self._failed = failed
        self._last_use = last_use

    async def actor(self, scope: Scope, headers: Mapping[str, str], identify: Callable[[Instant], Actor]) -> Actor:
        """Who `identify` finds behind a request, now; what it raises otherwise, and that later where an address fails
        again and again: `Refused` where it does not stop.
        """
        now = self._clock()
        try:
            actor = await self._lanes.run(Lane.SHORT, lambda: identify(now))
        except Unauthenticated:
            if headers.get("authorization"):  # who presents nothing has not guessed either
                await self._failed.one_more(origin_of(scope))
            raise
        self._last_use.note(actor, now)
        return actor

    def used(self, actor: Actor) -> None:
        """Somebody has come in otherwise than by `actor`, which has seen to it."""
        self._last_use.note(actor, self._clock())

    async def failed(self, origin: str) -> None:
        """Somebody at an address has presented what opens nothing, otherwise than in a header. As `actor`."""
        await self._failed.one_more(origin)
