"""The health of a key result: its attainment against what is expected by now, or stale after too long a silence."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from milepost.domain import progress
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.instants import DAY, Instant
from milepost.domain.progress import Standing


class Health(StrEnum):
    """Silence is never green: stale overrides the others. NONE: it is not scored, or its cycle has not begun."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    STALE = "stale"
    NONE = "none"


class Scored(Protocol):
    """The values of a key result that decide its health."""

    @property
    def attainment(self) -> float | None:
        """How far it has come; `None` where it is not scored."""

    @property
    def last_check_in_at(self) -> Instant | None:
        """The effective date of its newest check-in."""

    @property
    def created_at(self) -> Instant:
        """When it was made."""


_OF_STANDING = {
    Standing.GOOD: Health.ON_TRACK,
    Standing.WARNING: Health.AT_RISK,
    Standing.BAD: Health.OFF_TRACK,
}


def health(one: Scored, cycle: Cycle, now: Instant, expected: float, stale_days: int) -> Health:
    """The health of a key result now: stale after more than `stale_days` of silence, else by the `expected` attainment.
    Silence counts up to the end of the cycle at most.
    """
    at = now if cycle.ends_at is None else min(now, cycle.ends_at)
    since = silent_since(one, cycle, at)
    if since is not None and at - since > stale_days * DAY:
        return Health.STALE
    if one.attainment is None or (cycle.starts_at is not None and now < cycle.starts_at):
        return Health.NONE
    return _OF_STANDING[progress.standing(one.attainment, expected)]


def silent_since(one: Scored, cycle: Cycle, now: Instant) -> Instant | None:
    """The last check-in; without one, the later of its creation and the start of its cycle. `None` where no check-in
    is due: the cycle is not open, or not running.
    """
    starts, ends = cycle.starts_at, cycle.ends_at
    if cycle.state is not CycleState.OPEN or (starts is not None and now < starts) or (ends is not None and now > ends):
        return None
    if one.last_check_in_at is not None:
        return one.last_check_in_at
    return one.created_at if starts is None else max(one.created_at, starts)
