"""Stores when each token and signing key was last used, to the hour. No call waits for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from milepost.actions.context import Actor
from milepost.domain.instants import SECOND, Instant
from milepost.store import keys, tokens
from milepost.store.engine import Database

_HOUR = 3_600 * SECOND
# At most this many are remembered as noted; beyond, all are forgotten, and may be noted once again.
_MOST = 10_000


class LastUse:
    """The uses that one process sees. `write` queues a change of an account; queued changes may share a commit."""

    def __init__(self, database: Database, write: Callable[[Callable[[], Any], str], Future[Any]]) -> None:
        self._database = database
        self._write = write
        self._noted: dict[str, Instant] = {}

    def note(self, actor: Actor, now: Instant) -> None:
        """Queue the use of the actor's token or key, unless this process has done so within the hour."""
        noted = self._noted.get(actor.token_id)
        if noted is not None and 0 <= now - noted < _HOUR:
            return
        if len(self._noted) >= _MOST:
            self._noted.clear()
        self._noted[actor.token_id] = now
        self._write(lambda: self._keep(actor, now), actor.account_id)

    def _keep(self, actor: Actor, now: Instant) -> None:
        for used in (tokens.used, keys.used):
            used(self._database, actor.account_id, actor.token_id, now, now - _HOUR)
