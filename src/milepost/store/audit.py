"""The audit trail in the database: added to and read; only `erasing` ever changes it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, bindparam, insert, or_, select

from milepost.domain import chain
from milepost.domain.audit import AuditRecord
from milepost.domain.chain import Link
from milepost.store import rows
from milepost.store.engine import Database, Statement
from milepost.store.schema import audit, audit_payloads

_of_account = audit.c.account_id == bindparam("account")
_last = Statement(select(audit.c.number, audit.c.hash).where(_of_account).order_by(audit.c.number.desc()).limit(1))
_insert = Statement(insert(audit).values({column.name: bindparam(column.name) for column in audit.c}))
_insert_payload = Statement(
    insert(audit_payloads).values(
        {column.name: bindparam(column.name) for column in audit_payloads.c if column.name != "erased_by"}
    )
)
_whole = select(
    *audit.c, audit_payloads.c.before, audit_payloads.c.after, audit_payloads.c.salt, audit_payloads.c.erased_by
).join_from(
    audit,
    audit_payloads,
    and_(audit_payloads.c.account_id == audit.c.account_id, audit_payloads.c.number == audit.c.number),
    isouter=True,
)
_behind = _whole.where(_of_account, audit.c.number > bindparam("after_number")).order_by(audit.c.number)
_part = Statement(_behind.limit(bindparam("limit")))
_chain = Statement(_behind)
_made = Statement(
    _whole.where(
        _of_account, audit.c.action == bindparam("asked_action"), audit.c.front_end == bindparam("asked_front_end")
    ).order_by(audit.c.number)
)
_one = Statement(_whole.where(_of_account, audit.c.number == bindparam("asked")))
_unerased = Statement(
    select(audit_payloads.c.number).where(
        audit_payloads.c.account_id == bindparam("account"),
        audit_payloads.c.number >= bindparam("first"),
        audit_payloads.c.number <= bindparam("last"),
        audit_payloads.c.erased_by.is_(None),
    )
)
# "" stands for any record or actor.
_newest = Statement(
    _whole.where(
        _of_account,
        or_(bindparam("record") == "", audit.c.record_id == bindparam("record")),
        or_(bindparam("actor") == "", audit.c.actor_id == bindparam("actor")),
        audit.c.at >= bindparam("since"),
        audit.c.at <= bindparam("until"),
        audit.c.number > bindparam("above"),
        audit.c.number < bindparam("below"),
    )
    .order_by(audit.c.number.desc())
    .limit(bindparam("limit"))
)

# The actions after which a record is gone.
_REMOVALS = (
    "check_in.withdrawn", "key_result.removed", "objective.removed", "cycle.removed", "team.removed", "task.removed",
    "saved_list.removed",
)  # fmt: skip
_removed = Statement(
    select(audit.c.record_id).where(_of_account, or_(*(audit.c.action == action for action in _REMOVALS)))
)

# Higher than the number of any record.
_NO_NUMBER = 2**53
_RECORDS_IN_MEMORY = 500


def from_link(link: Link) -> AuditRecord:
    """The record, its payload as plain values."""
    return AuditRecord(
        link.account_id, link.number, link.at, link.actor_id, link.front_end, link.token_id, link.action, link.kind,
        link.record_id, rows.load_optional(link.before), rows.load_optional(link.after),
    )  # fmt: skip


def append(database: Database, record: AuditRecord) -> int:
    """Add a record to the account's chain, and give its number; the caller holds the transaction of the change itself,
    in which nobody else adds one.
    """
    number, previous = head(database, record.account_id) or (0, chain.BEGINNING)
    number += 1
    salt = secrets.token_hex(16)
    before, after = rows.dump_optional(record.before), rows.dump_optional(record.after)
    digest = chain.payload_digest(salt, before, after)
    database.run(
        _insert,
        {
            **{name: getattr(record, name) for name in _OWN},
            "number": number,
            "previous": previous,
            "payload_digest": digest,
            "hash": chain.record_hash(record, number, previous, digest),
        },
    )
    payload = {"account_id": record.account_id, "number": number, "before": before, "after": after, "salt": salt}
    database.run(_insert_payload, payload)
    return number


_OWN = ("account_id", "at", "actor_id", "front_end", "token_id", "action", "kind", "record_id")


def head(database: Database, account_id: str) -> tuple[int, str] | None:
    """The number and the hash of the account's last record; `None` where there is none."""
    found: tuple[int, str] | None = database.one(_last, {"account": account_id})
    return found


def read(database: Database, account_id: str, after: int = 0, limit: int = 1000) -> list[AuditRecord]:
    """The account's records with a number above `after`, ascending."""
    found = database.all(_part, {"account": account_id, "after_number": after, "limit": limit})
    return [from_link(Link(*row)) for row in found]


def links(database: Database, account_id: str, after: int = 0) -> Iterator[Link]:
    """The account's whole chain after a number, ascending, read as asked for; inside a `reading`."""
    for part in database.chunks(_chain, {"account": account_id, "after_number": after}, _RECORDS_IN_MEMORY):
        for row in part:
            yield Link(*row)


def of_action(database: Database, account_id: str, action: str, front_end: str) -> Iterator[Link]:
    """The account's records of one action through one front end, ascending, read as asked for; inside a `reading`."""
    values = {"account": account_id, "asked_action": action, "asked_front_end": front_end}
    for part in database.chunks(_made, values, _RECORDS_IN_MEMORY):
        for row in part:
            yield Link(*row)


def link(database: Database, account_id: str, number: int) -> Link | None:
    """One record by its number."""
    row = database.one(_one, {"account": account_id, "asked": number})
    return None if row is None else Link(*row)


def unerased(database: Database, account_id: str, first: int, last: int) -> Iterator[int]:
    """The numbers, from `first` to `last`, of the payloads that nothing was erased from; inside a `reading`."""
    for part in database.chunks(_unerased, {"account": account_id, "first": first, "last": last}, _RECORDS_IN_MEMORY):
        for row in part:
            yield row[0]


def newest(
    database: Database,
    account_id: str,
    *,
    record: str,
    actor: str,
    since: int,
    until: int,
    limit: int,
    above: int = 0,
    below: int = _NO_NUMBER,
) -> list[Link]:
    """The account's newest records, descending: of one `record`, by one `actor` ("" for any), between two instants,
    both included, and between two numbers, both left out.
    """
    asked: dict[str, Any] = {"account": account_id, "record": record, "actor": actor, "since": since, "until": until}
    return [Link(*row) for row in database.all(_newest, {**asked, "above": above, "below": below, "limit": limit})]


def removed(database: Database, account_id: str) -> frozenset[str]:
    """The ids of all that was removed (check-ins, key results, objectives, cycles, teams, tasks, saved lists), by the
    trail.
    """
    return frozenset(row[0] for row in database.all(_removed, {"account": account_id}))
