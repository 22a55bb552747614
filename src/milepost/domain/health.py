"""How a key result is: its attainment against what is expected by now, unless nobody has said anything for too long."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from milepost.domain import progress
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.instants import DAY, Instant
from milepost.domain.progress import Standing


class Health(StrEnum):
    """Silence is never green: stale overrides the others. NONE: a key result that is not scored, or whose cycle has not
    begun.
    """

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    STALE = "stale"
    NONE = "none"


class Scored(Protocol):
    """What of a key result its health follows from."""

    @property
    def attainment(self) -> float | None:
        """How far it has come; `None` where it is not scored."""

    @property
    def last_check_in_at(self) -> Instant | None:
        """When somebody last said something about it."""

    @property
    def created_at(self) -> Instant:
        """When it was made."""


_OF_STANDING = {
    Standing.GOOD: Health.ON_TRACK,
    Standing.WARNING: Health.AT_RISK,
    Standing.BAD: Health.OFF_TRACK,
}


def health(one: Scored, cycle: Cycle, now: Instant, expected: float, stale_days: int) -> Health:
    """How a key result is now, by what its cycle expects, and for how long its account lets it be silent. In a cycle
    that is over it stays as silent as it was at the end, unless somebody says something later.
    """
    at = now if cycle.ends_at is None else min(now, cycle.ends_at)
    since = silent_since(one, cycle, at)
    if since is not None and at - since > stale_days * DAY:
        return Health.STALE
    if one.attainment is None or (cycle.starts_at is not None and now < cycle.starts_at):
        return Health.NONE
    return _OF_STANDING[progress.standing(one.attainment, expected)]


def silent_since(one: Scored, cycle: Cycle, now: Instant) -> Instant | None:
    """The last check-in; without one, the later of its creation and the start of its cycle. `None` where none is due:
    the cycle is not open, or does not run.
    """
    starts, ends = cycle.starts_at, cycle.ends_at
    if cycle.state is not CycleState.OPEN or (starts is not None and now < starts) or (ends is not None and now > ends):
        return None
    if one.last_check_in_at is not None:
        return one.last_check_in_at
    return one.created_at if starts is None else max(one.created_at, starts)
