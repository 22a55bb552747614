"""Records with what is shown around them: what a list is filtered by, and what a front end renders.

A condition's paths start at these: ("key_result", "name"), ("objective", "name"), ("owner", "email").
"""

from __future__ import annotations

import msgspec

from milepost.domain.check_in import CheckIn
from milepost.domain.cycle import Cycle
from milepost.domain.instants import Instant
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective
from milepost.domain.people import NOBODY, Assignee


class KeyResultView(msgspec.Struct, frozen=True, gc=False):
    """A key result in its surroundings. `check_ins` ascend by effective date, and are empty where nobody asked."""

    key_result: KeyResult
    objective: Objective
    cycle: Cycle
    owners: tuple[Assignee, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()

    @property
    def owner(self) -> Assignee:
        """The main owner, `NOBODY` without one."""
        return self.owners[0] if self.owners else NOBODY


class ObjectiveView(msgspec.Struct, frozen=True, gc=False):
    """An objective in its surroundings. `key_results` is `None` where nobody asked for them."""

    objective: Objective
    cycle: Cycle
    owners: tuple[Assignee, ...] = ()
    key_results: tuple[KeyResultView, ...] | None = None

    @property
    def owner(self) -> Assignee:
        """The main owner, `NOBODY` without one."""
        return self.owners[0] if self.owners else NOBODY

    @property
    def starts_at(self) -> Instant | None:
        """Its own first instant, else the cycle's."""
        return self.cycle.starts_at if self.objective.starts_at is None else self.objective.starts_at

    @property
    def ends_at(self) -> Instant | None:
        """Its own last instant, else the cycle's."""
        return self.cycle.ends_at if self.objective.ends_at is None else self.objective.ends_at

    @property
    def key_result_owner_ids(self) -> tuple[str, ...]:
        """Everybody who owns one of its key results; empty where nobody asked for them."""
        return tuple(owner for view in self.key_results or () for owner in view.key_result.owner_ids)
