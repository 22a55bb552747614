"""Objectives. Their parents may come later, or in another cycle."""

from __future__ import annotations

import msgspec

from milepost.actions import surroundings, trail
from milepost.dialects.simpleokr.wire.objectives import ObjectiveDto, decode_objective, encode_objective
from milepost.domain import ids
from milepost.domain.change import ObjectiveChange, revised_objective
from milepost.domain.errors import Fault
from milepost.domain.objective import Objective, blank
from milepost.store import cycles, objectives
from milepost.transfer.simpleokr.run import Item, LeftOut, Run
from milepost.transfer.simpleokr.shown import unknown

# The extra field that keeps a refused parent: one that is a descendant of the objective.
CIRCULAR_PARENT = "savedParentId"


def decode(run: Run, item: Item) -> Objective:
    """The objective that an item shows; `LeftOut` where its cycle was removed here."""
    created_at, modified_at = item.shown.moment("created_at"), item.shown.moment("modified_at")
    wanted = decode_objective(item.shown)
    if wanted.cycle_id in run.removed:
        raise LeftOut("its cycle was removed here")
    if cycles.records.find(run.database, run.account_id, wanted.cycle_id) is None:
        raise unknown("cycle_id", "cycle", wanted.cycle_id)
    bare = blank(run.account_id, item.id, wanted.cycle_id, at=created_at, by="")
    change = ObjectiveChange(
        name=wanted.name,
        description=wanted.description,
        owner_ids=tuple(owner for owner in (wanted.assignee_id, wanted.team_id) if owner),
        parent_id=wanted.parent_id,
        is_company=wanted.is_company,
        is_personal=wanted.is_personal,
    )
    return revised_objective(msgspec.structs.replace(bare, modified_at=modified_at), change)


def add(run: Run, item: Item, objective: Objective) -> None:
    """Add the objective. Its progress is counted when its key results come."""
    if _closes_a_circle(run, objective):
        # Dropping one link loses less than refusing the objectives of the circle with their key results.
        said = f"would make it stand beneath itself; taken without a parent, kept as {CIRCULAR_PARENT}"
        run.report.refuse(item.place, [Fault("parent_objective_id", said)])
        extra = objective.extra | {CIRCULAR_PARENT: ids.as_uuid(objective.parent_id)}
        objective = msgspec.structs.replace(objective, parent_id="", extra=extra)
    objectives.insert(run.database, objective)
    trail.leave(run.context, "objective.added", objective, None, objective)
    run.mention_owners(item.place, objective.owner_ids)
    run.touch(objective.id)  # its children may have come first
    run.touch(objective.parent_id)
    if objective.parent_id:
        run.await_parent(item.place, objective.parent_id)


def encode(run: Run, objective: Objective) -> ObjectiveDto:
    """The objective as the dialect shows it."""
    return encode_objective(surroundings.of_objectives(run.database, run.account_id, [objective])[0])


def _closes_a_circle(run: Run, objective: Objective) -> bool:
    """Whether the objective would be its own ancestor. Each is added with its parent, known or not, so that the last
    objective of a circle closes it, and is found here.
    """
    upward = objectives.ancestry.upward(run.database, run.account_id, [objective.parent_id])
    return objective.id in (objective.parent_id, *(one.parent_id for one in upward))
