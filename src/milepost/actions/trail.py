"""Leaves a record of every change, in the transaction of the change itself."""

from __future__ import annotations

from typing import Any

from milepost.actions.context import Context
from milepost.domain.audit import AuditRecord
from milepost.store import audit


def leave(
    context: Context, action: str, record: Any, before: Any = None, after: Any = None, *, record_id: str = ""
) -> None:
    """Note that the actor did `action` to a record; `before` and `after` are what stood, `None` for nothing.

    Its kind is the record's class; its id is the record's own unless told.
    """
    audit.append(
        context.database,
        AuditRecord(
            account_id=context.account_id,
            number=0,  # the store gives the next one
            at=context.clock(),
            actor_id=context.actor.user_id,
            front_end=context.front_end,
            token_id=context.actor.token_id,
            action=action,
            kind=type(record).__name__,
            record_id=record_id or record.id,
            before=before,
            after=after,
        ),
    )
