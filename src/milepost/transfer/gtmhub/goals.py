"""goals.json: objectives. Their parents may come later in the file."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import msgspec

from milepost.actions import trail
from milepost.dialects.gtmhub.wire.goals import NAMES, decode_new
from milepost.domain import ids
from milepost.domain.change import revised_objective
from milepost.domain.errors import Fault, Invalid
from milepost.domain.objective import Closing, Objective, ObjectiveStatus, blank
from milepost.domain.values import TEXT_LIMIT, document
from milepost.store import cycles, objectives
from milepost.transfer.gtmhub import reading
from milepost.transfer.gtmhub.run import Awaited, Item, Run

__all__ = ["COMPARED", "FILE", "NAMES", "add", "mention_missing_parents", "read", "survey"]

COMPARED = {
    "name": "name", "description": "description", "owner_ids": "ownerIds", "tags": "tags", "parent_id": "parentId",
    "cycle_id": "sessionId", "starts_at": "dateFrom", "ends_at": "dateTo", "closing": "closedStatus",
}  # fmt: skip

FILE = "goals.json"
# Computed by Gtmhub from other records, in addition to the fields that every answer of this dialect shows.
_DERIVED = frozenset({"aggregatedAttainment", "fullAggregatedAttainment"})
# The extra field that keeps a refused parent: one that is a descendant of the goal.
CIRCULAR_PARENT = "savedParentId"
_STATUS = frozenset({"status", "comment", "date", "userId"})


def survey(run: Run, items: Iterable[Any]) -> None:
    """Note all parents before the first goal is added, so that a circle is found wherever in the file it closes."""
    holds_metrics = False
    for raw in items:
        if isinstance(raw, dict):
            holds_metrics = holds_metrics or bool(raw.get("metrics"))
            _note_parent(run, raw)
    if holds_metrics:
        run.report.note("goals.json", None, "metrics", "not read from here: metrics.json holds them whole")


def _note_parent(run: Run, raw: dict[str, Any]) -> None:
    if isinstance(raw.get("parentId"), str) and raw["parentId"]:
        with suppress(Invalid):  # reported when the item itself is refused
            account = run.destination(raw).account_id
            run.parents[account, reading.own_id(raw)] = ids.parse(raw["parentId"], "parentId")


def add(run: Run, item: Item) -> None:
    """Add the objective. Its progress is counted when its key results come."""
    account = item.context.account_id
    raw = {key: value for key, value in item.raw.items() if key not in _DERIVED}
    cycle_id, change = decode_new(raw, "")
    reading.required(change.name, "name")
    if cycles.records.find(run.database, account, cycle_id) is None:
        raise Invalid("sessionId", f"the account has no session {cycle_id}")
    made = reading.making(raw, item.id, run.now)
    closing, more = _closing(raw.get("closedStatus"))
    bare = msgspec.structs.replace(
        blank(account, item.id, cycle_id, at=made.created_at, by=made.created_by),
        closing=closing,
        extra=document({"closedStatus": more} if more else {}, "closedStatus"),
        modified_at=made.modified_at,
        modified_by=made.modified_by,
    )
    objective = revised_objective(bare, change)
    if objective.starts_at is not None and objective.ends_at is not None and objective.ends_at < objective.starts_at:
        raise Invalid("ends_at", "must not lie before the start")
    if _closes_a_circle(run, objective):
        # Dropping one link loses less than refusing the goals of the circle with their metrics and histories.
        said = f"would make it stand beneath itself; taken without a parent, kept as {CIRCULAR_PARENT}"
        run.report.refuse(item.file, item.index, [Fault("parentId", said)])
        extra = objective.extra | {CIRCULAR_PARENT: objective.parent_id}
        objective = msgspec.structs.replace(objective, parent_id="", extra=extra)
    objectives.insert(run.database, objective)
    trail.leave(item.context, "objective.added", objective, None, objective)
    run.mention_owners(item, objective.owner_ids)
    run.touch(account, objective.id)  # its children may have come first
    run.touch(account, objective.parent_id)
    if objective.parent_id:
        run.awaited.append(Awaited(account, objective.parent_id, item.file, item.index))


def read(run: Run, item: Item) -> tuple[Objective, Objective] | None:
    """The objective as stored, and as the item would make it."""
    standing = objectives.records.find(run.database, item.context.account_id, item.id)
    if standing is None:
        return None
    cycle_id, change = decode_new({key: value for key, value in item.raw.items() if key not in _DERIVED}, "")
    closing, _ = _closing(item.raw.get("closedStatus"))
    bare = blank(standing.account_id, item.id, cycle_id, at=standing.created_at, by=standing.created_by)
    wanted = revised_objective(msgspec.structs.replace(bare, closing=closing), change)
    if CIRCULAR_PARENT in standing.extra:
        wanted = msgspec.structs.replace(wanted, parent_id=standing.parent_id)
    return standing, wanted


def mention_missing_parents(run: Run) -> None:
    """Report the parents that are missing once the whole file is in; the objectives keep their ids."""
    for one in run.awaited:
        if objectives.records.find(run.database, one.account_id, one.parent_id) is None:
            run.report.note(one.file, one.index, "parentId", f"the account has no goal {one.parent_id}; kept as it is")


def _closes_a_circle(run: Run, objective: Objective) -> bool:
    """Whether the objective would be its own ancestor, by the stored parents and those that the file names."""
    above, seen = objective.parent_id, set[str]()
    while above and above not in seen:
        if above == objective.id:
            return True
        seen.add(above)
        standing = objectives.records.find(run.database, objective.account_id, above)
        above = standing.parent_id if standing else run.parents.get((objective.account_id, above), "")
    return False


def _closing(raw: Any) -> tuple[Closing, dict[str, Any]]:
    """The saved status of a goal, and the fields in it that mean nothing here."""
    if raw is None:
        return Closing(), {}
    if not isinstance(raw, dict):
        raise Invalid("closedStatus", "must be an object")
    try:
        status = ObjectiveStatus(raw.get("status") or ObjectiveStatus.ACTIVE)
        said = reading.text(raw, "comment", TEXT_LIMIT)
        closing = Closing(status, said, reading.moment(raw, "date"), reading.person(raw, "userId"))
    except ValueError:
        raise Invalid("closedStatus.status", "must be one of active, achieved, abandoned") from None
    except Invalid as error:
        raise Invalid.of(
            [msgspec.structs.replace(one, field=f"closedStatus.{one.field}") for one in error.faults]
        ) from None
    return closing, reading.unread(raw, _STATUS)
