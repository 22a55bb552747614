"""Check-ins: read those of some days, record one or many, change a comment, withdraw one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from milepost.actions import access, cascade, rules, trail
from milepost.actions.context import Context
from milepost.domain import ids
from milepost.domain.check_in import CheckIn, Entry, checked
from milepost.domain.errors import Fault, Invalid, NotFound
from milepost.domain.key_result import KeyResult
from milepost.domain.people import Capability
from milepost.domain.query import Page
from milepost.domain.values import text
from milepost.store import check_ins, cycles, objectives
from milepost.store.table import gather

# Gtmhub: at most this many check-ins in one bulk call.
BULK_LIMIT = 1_000


def get(context: Context, check_in_id: str) -> CheckIn:
    """The check-in; `NotFound` where the account holds none of this id."""
    entry = check_ins.records.find(context.database, context.account_id, check_in_id)
    if entry is None:
        raise NotFound("check-in", check_in_id)
    return entry


def between(
    context: Context, key_result_id: str, first: date | None, last: date | None, skip: int, limit: int
) -> Page[CheckIn]:
    """The check-ins of a key result from the `first` day to the `last`, both included, in its cycle's time zone,
    ascending by effective date. `None`: no limit on that side. `NotFound`.
    """
    with context.database.reading():
        key_result = rules.key_result_of(context, key_result_id)
        span = rules.cycle_of(context, key_result.cycle_id).span(first, last)
        return check_ins.between(context.database, context.account_id, key_result.id, *span, skip, limit)


def record(context: Context, key_result_id: str, entry: Entry) -> tuple[KeyResult, CheckIn]:
    """Check in: the key result after it, and the new entry of its history.

    `NotFound`; `Invalid` after the due date (Gtmhub: 400), on a key result that is not manual, under an abandoned
    objective, in a closed cycle, and for an invalid entry.
    """
    access.require(context, Capability.CHECK_IN)
    with context.database.transaction():
        standing = rules.key_result_of(context, key_result_id)
        recorded = _admitted(context, standing, entry)
        after = cascade.append(context, standing, recorded)
        cascade.carry(context, after)
    return after, recorded


def record_all(context: Context, entries: Sequence[tuple[str, Entry] | Invalid]) -> list[tuple[KeyResult, CheckIn]]:
    """Check in several at once: all or nothing, in the order asked.

    `Invalid` names every bad element, its fields prefixed by its index ("3.value"). For an element that the front end
    could not read, it hands over the `Invalid` that was raised.
    """
    access.require(context, Capability.CHECK_IN)
    if len(entries) > BULK_LIMIT:
        raise Invalid("", f"at most {BULK_LIMIT:,} check-ins go into one call")
    faults: list[Fault] = []
    done: list[tuple[KeyResult, CheckIn]] = []
    with context.database.transaction():
        standing: dict[str, KeyResult] = {}
        for index, element in enumerate(entries):
            try:
                if isinstance(element, Invalid):
                    raise element
                key_result_id, entry = element
                one = standing.get(key_result_id) or rules.key_result_of(context, key_result_id)
                recorded = _admitted(context, one, entry)
                standing[key_result_id] = cascade.append(context, one, recorded)
                done.append((standing[key_result_id], recorded))
            except NotFound:
                faults.append(Fault(f"{index}.key_result_id", "is not known in this account"))
            except Invalid as error:
                faults.extend(Fault(f"{index}.{fault.field}", fault.message) for fault in error.faults)
        if faults:
            raise Invalid.of(faults)
        cascade.carry(context, *standing.values())
    return done


def comment(context: Context, check_in_id: str, words: str) -> CheckIn:
    """Change a check-in's comment, the one thing about it that can change (Gtmhub: against abuse of the history)."""
    access.require(context, Capability.CONTRIBUTE)
    with context.database.transaction():
        entry = get(context, check_in_id)
        key_result = _writable(context, entry.key_result_id)
        if words != entry.comment:
            check_ins.set_comment(context.database, context.account_id, entry.id, text(words, "comment"))
            after = msgspec.structs.replace(entry, comment=words)
            cascade.settle(context, key_result)
            trail.leave(context, "check_in.commented", entry, entry, after)
            return after
    return entry


def remove(context: Context, check_in_id: str) -> None:
    """Withdraw a check-in: admins only (Gtmhub). The value then follows from the rest of the history."""
    access.require(context, Capability.ADMINISTER)
    with context.database.transaction():
        entry = get(context, check_in_id)
        key_result = _writable(context, entry.key_result_id)
        check_ins.records.delete(context.database, context.account_id, entry.id)
        cascade.carry(context, cascade.settle(context, key_result))
        trail.leave(context, "check_in.withdrawn", entry, entry)


def require_due(context: Context, key_result: KeyResult) -> None:
    """`Invalid` where the due date has passed: no value changes after it (Gtmhub: 400)."""
    if key_result.due_at is not None and context.clock() > key_result.due_at:
        raise Invalid("due_at", "has passed: move it before checking in")


def made(context: Context, key_result_id: str, entry: Entry) -> CheckIn:
    """The check-in of an entry, by the actor, now; `Invalid` for invalid values."""
    now = context.clock()
    sound = checked(entry, now)
    return CheckIn(
        account_id=context.account_id,
        id=ids.new(now),
        key_result_id=key_result_id,
        value=sound.value,
        confidence=sound.confidence,
        comment=sound.comment,
        author_id=context.user_id,
        effective_at=now if sound.effective_at is None else sound.effective_at,
        recorded_at=now,
        custom_fields=sound.custom_fields,
        extra=sound.extra,
    )


def _writable(context: Context, key_result_id: str) -> KeyResult:
    """A key result whose history may change; `Invalid` in a closed cycle or under an abandoned objective."""
    found = rules.key_result_of(context, key_result_id)
    rules.require_not_closed(rules.cycle_of(context, found.cycle_id))
    rules.require_not_abandoned(rules.objective_of(context, found.objective_id))
    return found


def _admitted(context: Context, key_result: KeyResult, entry: Entry) -> CheckIn:
    surroundings = (cycles.records, [key_result.cycle_id]), (objectives.records, [key_result.objective_id])
    gather(context.database, context.account_id, *surroundings)
    rules.require_not_closed(rules.cycle_of(context, key_result.cycle_id))
    rules.require_not_abandoned(rules.objective_of(context, key_result.objective_id))
    if key_result.automated:
        raise Invalid("value", "is fed automatically: nobody checks in by hand")
    if key_result.child_count:
        raise Invalid("value", "is the sum of the key results beneath it: check in there")
    require_due(context, key_result)
    return made(context, key_result.id, entry)
