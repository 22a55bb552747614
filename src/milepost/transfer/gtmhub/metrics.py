"""metrics.json: key results, each with its whole history. An existing one gets the entries that its history lacks."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

from milepost.actions import rules, trail
from milepost.dialects.gtmhub.wire.metric_body import NAMES, decode_new
from milepost.domain.change import revised_key_result
from milepost.domain.check_in import CheckIn
from milepost.domain.errors import Fault, Invalid, NotFound
from milepost.domain.history import explained
from milepost.domain.instants import Instant
from milepost.domain.key_result import KeyResult, blank
from milepost.domain.objective import Objective
from milepost.store import check_ins, key_results, objectives
from milepost.transfer.gtmhub import gap, histories, reading
from milepost.transfer.gtmhub.run import Awaited, Item, Run

__all__ = ["COMPARED", "FILE", "NAMES", "add", "extend", "mention_missing_parents", "read"]

COMPARED = {
    "name": "name", "description": "description", "owner_ids": "ownerIds", "tags": "tags", "kind": "targetOperator",
    "start": "initialValue", "target": "target", "target_max": "targetMax", "critical": "critical", "weight": "weight",
    "due_at": "dueDate", "automated": "dynamic", "objective_id": "goalId", "parent_id": "parentMetricId",
}  # fmt: skip

FILE = "metrics.json"
# The extra field that keeps a refused parent: one that would close a circle.
CIRCULAR_PARENT = "savedParentMetricId"


def add(run: Run, item: Item) -> None:
    """Add the key result with its history, and one check-in more where the history does not end in its value."""
    account = item.context.account_id
    objective_id, change = decode_new(_plain(item.raw), "", placed=True)
    reading.required(change.name, "name")
    objective = objectives.records.find(run.database, account, objective_id)
    if objective is None:
        raise Invalid("goalId", f"the account has no goal {objective_id}")
    bare = _bare(run, item, objective)
    if change.position is UNSET:
        change = msgspec.structs.replace(
            change, position=key_results.next_position(run.database, account, objective_id)
        )
    wanted = _without_circle(run, item, revised_key_result(bare, change))
    found = histories.missing(run, item, ())
    closing = gap.closing(wanted, found.entries, change, *_last_word(item.raw))
    history = found.entries if closing is None else [*found.entries, closing]
    key_result = explained(wanted, history)
    key_results.insert(run.database, key_result)
    check_ins.records.insert_many(run.database, history)
    trail.leave(item.context, "key_result.added", key_result, None, _payload(key_result, history))
    run.report.tally(item.file).gaps_closed += closing is not None
    histories.tell(run, item, found)
    run.mention_owners(item, key_result.owner_ids)
    _mention_session(run, item, key_result)
    run.touch(account, objective_id)
    run.recount(account, item.id)  # its children may have come first
    if key_result.parent_id:
        run.recount(account, key_result.parent_id)
        run.awaited_metrics.append(Awaited(account, key_result.parent_id, item.file, item.index))


def extend(run: Run, item: Item) -> None:
    """Add the entries that a key result's history lacks; value and confidence follow. All else stays."""
    account = item.context.account_id
    standing = key_results.records.find(run.database, account, item.id)
    if standing is None:
        raise NotFound("key result", item.id)
    known = check_ins.history(run.database, account, item.id)
    found = histories.missing(run, item, known)
    histories.tell(run, item, found)
    if not found.entries:
        return
    after = explained(standing, [*known, *found.entries])
    check_ins.records.insert_many(run.database, found.entries)
    key_results.set_progress(run.database, after)
    trail.leave(
        item.context, "key_result.history_added", after, {"key_result": standing}, _payload(after, found.entries)
    )
    run.touch(account, after.objective_id)


def read(run: Run, item: Item) -> tuple[KeyResult, KeyResult] | None:
    """The key result as stored, and as the item would make it."""
    standing = key_results.records.find(run.database, item.context.account_id, item.id)
    if standing is None:
        return None
    objective_id, change = decode_new(_plain(item.raw), "", placed=True)
    bare = blank(
        standing.account_id, item.id, objective_id, standing.cycle_id,
        position=0, at=standing.created_at, by=standing.created_by,
    )  # fmt: skip
    wanted = revised_key_result(bare, change)
    if CIRCULAR_PARENT in standing.extra:
        wanted = msgspec.structs.replace(wanted, parent_id=standing.parent_id)
    return standing, wanted


def mention_missing_parents(run: Run) -> None:
    """Report the parents that are missing once the whole file is in; the key results keep their ids."""
    for one in run.awaited_metrics:
        if key_results.records.find(run.database, one.account_id, one.parent_id) is None:
            said = f"the account has no metric {one.parent_id}; kept as it is"
            run.report.note(one.file, one.index, "parentMetricId", said)


def _without_circle(run: Run, item: Item, one: KeyResult) -> KeyResult:
    """The key result, without its parent where that closes a circle. It is the last of the circle to be read, and to
    drop one link loses less than to refuse it with its history.
    """
    if not rules.goes_into_itself(item.context, one):
        return one
    said = f"would make it go into itself; taken without a parent, kept as {CIRCULAR_PARENT}"
    run.report.refuse(item.file, item.index, [Fault("parentMetricId", said)])
    return msgspec.structs.replace(one, parent_id="", extra=one.extra | {CIRCULAR_PARENT: one.parent_id})


def _payload(key_result: KeyResult, history: list[CheckIn]) -> dict[str, Any]:
    return {"key_result": key_result, "check_ins": history}


def _plain(raw: dict[str, Any]) -> dict[str, Any]:
    """The item without values that count as absent: an empty operator, a position that is no positive integer."""
    plain = dict(raw)
    if plain.get("targetOperator") == "":
        del plain["targetOperator"]
    order = plain.pop("orderId", None)
    if isinstance(order, int | float) and not isinstance(order, bool) and order > 0 and order == int(order):
        plain["orderId"] = int(order)
    return plain


def _bare(run: Run, item: Item, objective: Objective) -> KeyResult:
    """A new key result that holds only its id, its objective, and who made it and when."""
    made = reading.making(item.raw, item.id, run.now)
    bare = blank(
        objective.account_id,
        item.id,
        objective.id,
        objective.cycle_id,
        position=0,
        at=made.created_at,
        by=made.created_by,
    )
    return msgspec.structs.replace(bare, modified_at=made.modified_at, modified_by=made.modified_by)


def _last_word(raw: dict[str, Any]) -> tuple[str, Instant | None]:
    """Who last gave a confidence, and when the last check-in was, according to the item itself."""
    confidence = raw.get("confidence")
    author = reading.person(confidence, "userId") if isinstance(confidence, dict) else ""
    return author, reading.moment(raw, "lastCheckInDate")


def _mention_session(run: Run, item: Item, key_result: KeyResult) -> None:
    said = item.raw.get("sessionId")
    if said and said != key_result.cycle_id:
        run.report.note(
            item.file, item.index, "sessionId", f"is not that of its goal, {key_result.cycle_id}, which counts"
        )
