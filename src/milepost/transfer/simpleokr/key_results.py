"""Key results. This API shows neither their start nor their history: both are filled in."""

from __future__ import annotations

import hashlib

import msgspec
from msgspec import UNSET

from milepost.actions import trail
from milepost.dialects.simpleokr.wire.keyresults import KeyResultDto, decode_new, encode_key_result
from milepost.domain.change import KeyResultChange, chosen, revised_key_result
from milepost.domain.check_in import CheckIn
from milepost.domain.history import explained
from milepost.domain.key_result import KeyResult, Kind, blank
from milepost.store import check_ins, key_results, objectives
from milepost.transfer.simpleokr.run import Item, LeftOut, Run, Start
from milepost.transfer.simpleokr.shown import unknown


class Told(msgspec.Struct, frozen=True):
    """A key result, and the check-in that explains its value, `None` where none is needed."""

    key_result: KeyResult
    entry: CheckIn | None


def decode(run: Run, item: Item) -> Told:
    """The key result that an item shows; `LeftOut` where its objective was removed here."""
    created_at, modified_at = item.shown.moment("created_at"), item.shown.moment("modified_at")
    item.shown.require("objective_id")
    objective_id = item.shown.reference("objective_id")
    change = decode_new(item.shown, objective_id)
    if objective_id in run.removed:
        raise LeftOut("its objective was removed here")
    objective = objectives.records.find(run.database, run.account_id, objective_id)
    if objective is None:
        raise unknown("objective_id", "objective", objective_id)
    position = key_results.next_position(run.database, run.account_id, objective_id)
    bare = blank(run.account_id, item.id, objective_id, objective.cycle_id, position=position, at=created_at, by="")
    bare = msgspec.structs.replace(bare, modified_at=modified_at)
    wanted = revised_key_result(bare, msgspec.structs.replace(change, start=_start(change, run.start)))
    entry = _explanation(run, wanted, change)
    return Told(explained(wanted, [] if entry is None else [entry]), entry)


def find(run: Run, key_result_id: str) -> Told | None:
    """The stored key result, without a check-in: its history explains it."""
    standing = key_results.records.find(run.database, run.account_id, key_result_id)
    return None if standing is None else Told(standing, None)


def encode(_run: Run, told: Told) -> KeyResultDto:
    """The key result as the dialect shows it."""
    return encode_key_result(told.key_result)


def add(run: Run, _item: Item, told: Told) -> None:
    """Add the key result with its check-in."""
    key_result, history = told.key_result, [] if told.entry is None else [told.entry]
    key_results.insert(run.database, key_result)
    check_ins.records.insert_many(run.database, history)
    trail.leave(run.context, "key_result.added", key_result, None, {"key_result": key_result, "check_ins": history})
    run.touch(key_result.objective_id)
    if run.start is None and key_result.kind is Kind.INCREASE and key_result.current != 0.0:
        run.report.started_at_zero += 1


def _start(change: KeyResultChange, said: Start | None) -> float:
    """The start of a key result: as the operator says, else 0 where it is to grow, and elsewhere its current value,
    since its progress is unknown. A milestone starts from 0.
    """
    if change.kind is Kind.MILESTONE:
        return 0.0
    if said is None:
        said = Start.ZERO if change.kind is Kind.INCREASE else Start.CURRENT
    return 0.0 if said is Start.ZERO else chosen(change.current, 0.0)


def _explanation(run: Run, key_result: KeyResult, change: KeyResultChange) -> CheckIn | None:
    """The one check-in that gives a key result its value, dated at its last modification."""
    value, confidence = chosen(change.current, 0.0), change.confidence
    if value == key_result.start and confidence is UNSET:
        return None
    # A date in the future would override every check-in until then.
    at = min(key_result.modified_at, run.now)
    return CheckIn(
        account_id=key_result.account_id,
        # The same id at each import, which tells imported check-ins from those made here.
        id=hashlib.sha256(f"simpleokr\n{key_result.id}".encode()).hexdigest()[:24],
        key_result_id=key_result.id,
        value=value,
        confidence=None if confidence is UNSET else confidence.value,
        comment="",
        author_id="",
        effective_at=at,
        recorded_at=at,
    )
