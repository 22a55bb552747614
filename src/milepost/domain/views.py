"""Views: records with their related records, which lists filter and front ends render.

A condition's paths start at a view: ("key_result", "name"), ("objective", "name"), ("owner", "email").
"""

from __future__ import annotations

import msgspec

from milepost.domain.check_in import CheckIn
from milepost.domain.cycle import Cycle
from milepost.domain.instants import Instant
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective
from milepost.domain.people import NOBODY, Assignee
from milepost.domain.task import StatusChange, Task


class KeyResultView(msgspec.Struct, frozen=True, gc=False):
    """A key result with its related records. `check_ins` ascend by effective date; empty unless asked for."""

    key_result: KeyResult
    objective: Objective
    cycle: Cycle
    owners: tuple[Assignee, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()

    @property
    def owner(self) -> Assignee:
        """The main owner, `NOBODY` without one."""
        return self.owners[0] if self.owners else NOBODY


class CommentView(msgspec.Struct, frozen=True, gc=False):
    """A check-in that has a comment, with its key result."""

    check_in: CheckIn
    key_result: KeyResult
    # The kind of record that was commented: only key results have comments.
    about: str = "key_result"


class TagUse(msgspec.Struct, frozen=True):
    """A tag, with how many objectives and how many key results have it."""

    account_id: str
    title: str
    objective_count: int
    key_result_count: int

    @property
    def count(self) -> int:
        return self.objective_count + self.key_result_count


class ObjectiveView(msgspec.Struct, frozen=True, gc=False):
    """An objective with its related records. `key_results` is `None` unless asked for."""

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
        """The owners of its key results; empty unless these were asked for."""
        return tuple(owner for view in self.key_results or () for owner in view.key_result.owner_ids)


class TaskView(msgspec.Struct, frozen=True, gc=False):
    """A task with its related records. `parent_name` is "" where it belongs to nothing; `changes` ascend by date."""

    task: Task
    parent_name: str
    owner: Assignee = NOBODY
    changes: tuple[StatusChange, ...] = ()
