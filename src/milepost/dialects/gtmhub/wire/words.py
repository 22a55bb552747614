"""The fields that hold one of a few words: what they are, for the API's description."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta

from milepost.dialects.gtmhub.tables import KINDS, PARENT_TYPES, TASK_STATUSES
from milepost.domain.cycle import CycleState
from milepost.domain.health import Health
from milepost.domain.objective import ObjectiveStatus
from milepost.domain.progress import Standing

# Not the vendor's.
HEALTHS = {
    Health.ON_TRACK: "onTrack",
    Health.AT_RISK: "atRisk",
    Health.OFF_TRACK: "offTrack",
    Health.STALE: "stale",
    Health.NONE: "none",
}
_KINDS = [theirs for _, theirs in KINDS]
_TASK_STATUSES = [theirs for _, theirs in TASK_STATUSES]

SessionStatus: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": [one.value for one in CycleState]})]
GoalStatus: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": [one.value for one in ObjectiveStatus]})]
ProgressStatus: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": [one.value for one in Standing]})]
HealthWord: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": list(HEALTHS.values())})]
TargetOperator: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": _KINDS})]
# In requests, two words of the vendor's own pages besides.
AskedOperator: TypeAlias = Annotated[
    str, Meta(extra_json_schema={"enum": [*_KINDS, "should_increase", "should_decrease"]})
]
# A task's history begins with no status.
TaskStatus: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": [word for word in _TASK_STATUSES if word]})]
FormerStatus: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": _TASK_STATUSES})]
ParentType: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": [theirs for _, theirs in PARENT_TYPES]})]
OwnerType: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": ["user", "team"]})]
