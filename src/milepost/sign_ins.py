"""Signing in, the same for every front end: identify the actor, slow down failures, note the last use."""

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
        """The actor that `identify` finds behind a request, or its error. Where an address fails again and again, the
        error comes with a delay, and `Refused` in its place where the address does not stop.
        """
        now = self._clock()
        try:
            actor = await self._lanes.run(Lane.CACHED, lambda: identify(now))
        except Unauthenticated:
            if headers.get("authorization"):  # a request without credentials is no guess
                await self._failed.one_more(origin_of(scope))
            raise
        self._last_use.note(actor, now)
        return actor

    def used(self, actor: Actor) -> None:
        """Note the use of a token that did not come through `actor`, which notes it by itself."""
        self._last_use.note(actor, self._clock())

    async def failed(self, origin: str) -> None:
        """Count a wrong credential that an address has sent other than in a header; it is delayed as in `actor`."""
        await self._failed.one_more(origin)
