"""A clock that can be set to the past, and a calendar of things to do in order of time."""

from __future__ import annotations

from collections.abc import Callable

from milepost.domain.instants import Instant


class Past:
    """A clock that shows the time it was set to; each reading is a microsecond later than the one before."""

    def __init__(self, now: Instant) -> None:
        self.now = now

    def __call__(self) -> Instant:
        self.now += 1
        return self.now


class Calendar:
    """Things to do, each at its time. What would lie behind `until` happens right then, if it may not be left out."""

    def __init__(self, until: Instant) -> None:
        self._until = until
        self._entries: list[tuple[Instant, Callable[[], object]]] = []

    def at(self, moment: Instant, deed: Callable[[], object]) -> None:
        """Note something to be done at a time, or at the very end where that is still to come."""
        self._entries.append((moment, deed))

    def if_past(self, moment: Instant, deed: Callable[[], object]) -> None:
        """Note something to be done at a time, or not at all where that is still to come."""
        if moment < self._until:
            self._entries.append((moment, deed))

    def live_through(self, clock: Past) -> None:
        """Do everything in its order with the clock set to its time, then set the clock to the end."""
        for moment, deed in sorted(self._entries, key=lambda entry: entry[0]):
            clock.now = max(clock.now, min(moment, self._until))
            deed()
        clock.now = max(clock.now, self._until)
