"""The trail in the database: added to, read, never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, func, insert, or_, select

from milepost.domain.audit import AuditRecord
from milepost.store import rows
from milepost.store.engine import Database, Statement
from milepost.store.schema import audit, audit_payloads

_last = Statement(select(func.max(audit.c.number)).where(audit.c.account_id == bindparam("account")))
_insert = Statement(insert(audit).values({column.name: bindparam(column.name) for column in audit.c}))
_insert_payload = Statement(
    insert(audit_payloads).values({column.name: bindparam(column.name) for column in audit_payloads.c})
)
_all = Statement(
    select(*audit.c, audit_payloads.c.before, audit_payloads.c.after)
    .join_from(
        audit,
        audit_payloads,
        and_(audit_payloads.c.account_id == audit.c.account_id, audit_payloads.c.number == audit.c.number),
    )
    .where(audit.c.account_id == bindparam("account"), audit.c.number > bindparam("after_number"))
    .order_by(audit.c.number)
    .limit(bindparam("limit"))
)

# The actions after which a record is gone.
_REMOVALS = (
    "check_in.withdrawn", "key_result.removed", "objective.removed", "cycle.removed", "team.removed", "task.removed",
    "saved_list.removed",
)  # fmt: skip
_removed = Statement(
    select(audit.c.record_id).where(
        audit.c.account_id == bindparam("account"), or_(*(audit.c.action == action for action in _REMOVALS))
    )
)


def from_row(row: Any) -> AuditRecord:
    (account_id, number, at, actor_id, front_end, token_id, action, kind, record_id, before, after) = row
    return AuditRecord(
        account_id, number, at, actor_id, front_end, token_id, action, kind, record_id,
        rows.load_optional(before), rows.load_optional(after),
    )  # fmt: skip


def append(database: Database, record: AuditRecord) -> None:
    """Add a record under the account's next number; the caller holds the transaction of the change itself."""
    number = (database.one(_last, {"account": record.account_id})[0] or 0) + 1
    values: dict[str, Any] = {column.name: getattr(record, column.name) for column in audit.c}
    database.run(_insert, {**values, "number": number})
    database.run(
        _insert_payload,
        {
            "account_id": record.account_id,
            "number": number,
            "before": rows.dump_optional(record.before),
            "after": rows.dump_optional(record.after),
        },
    )


def read(database: Database, account_id: str, after: int = 0, limit: int = 1000) -> list[AuditRecord]:
    """The account's records with a number above `after`, ascending."""
    found = database.all(_all, {"account": account_id, "after_number": after, "limit": limit})
    return [from_row(row) for row in found]


def removed(database: Database, account_id: str) -> frozenset[str]:
    """The ids of all that was removed (check-ins, key results, objectives, cycles, teams, tasks, saved lists), by the
    trail.
    """
    return frozenset(row[0] for row in database.all(_removed, {"account": account_id}))
