"""The words that a demo company is told in: people, objectives, measures, and what was said along the way."""

from __future__ import annotations

import msgspec

from milepost.domain.key_result import Format, Kind
from milepost.domain.objective import ObjectiveStatus
from milepost.domain.people import Role


class Person(msgspec.Struct, frozen=True):
    """Somebody who works there, known to the plan by the first name. `left`: no longer, since the last quarter."""

    first: str
    last: str
    title: str
    role: Role = Role.MEMBER
    left: bool = False


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A team, its lead and its members, known to the plan by its name; `within`: the name of the one it belongs to."""

    name: str
    description: str
    lead: str
    members: tuple[str, ...]
    within: str = ""


class Remark(msgspec.Struct, frozen=True):
    """What a check-in said beside the value: in which week of the quarter (0 to 12), how sure, and why."""

    week: int
    confidence: float
    comment: str


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A key result, and the value that the quarter ends with; `sway` is how much a level moves about on its way there.

    `every`: the weeks from one check-in to the next. `due`: on the quarter's last day. `source`: where the number comes
    from. `team`: the group that has it together with its owner.
    """

    name: str
    owner: str
    kind: Kind
    start: float
    target: float
    ends: float
    sway: float = 0.0
    target_max: float | None = None
    critical: float | None = None
    weight: float = 1.0
    format: Format = Format()
    description: str = ""
    source: str = ""
    every: int = 1
    due: bool = False
    team: str = ""
    remarks: tuple[Remark, ...] = ()


class Aim(msgspec.Struct, frozen=True, kw_only=True):
    """An objective with its measures; `parent` is the name of another one of the same quarter.

    `outcome` and `verdict`: how it was closed when the quarter was over. `team`: as of a measure.
    """

    name: str
    owners: tuple[str, ...]
    tags: tuple[str, ...]
    theme: str
    measures: tuple[Measure, ...]
    parent: str = ""
    team: str = ""
    description: str = ""
    outcome: ObjectiveStatus = ObjectiveStatus.ACTIVE
    verdict: str = ""


PERCENT = Format(fraction_size=1, suffix=" %")
EUROS = Format(prefix="€ ")
STARS = Format(fraction_size=2)
