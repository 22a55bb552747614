"""Erases texts from payloads of the audit trail: the only change that is ever made to it."""

from __future__ import annotations

import secrets

from sqlalchemy import bindparam, update

from milepost.domain import chain
from milepost.store.engine import Database, Statement
from milepost.store.schema import accounts, audit_payloads

_c = audit_payloads.c
_rewrite = Statement(
    update(audit_payloads)
    .where(_c.account_id == bindparam("account"), _c.number == bindparam("asked"))
    .values(
        before=bindparam("new_before"),
        after=bindparam("new_after"),
        salt=bindparam("new_salt"),
        erased_by=bindparam("by"),
    )
)
_set_extra = Statement(
    update(accounts).where(accounts.c.id == bindparam("account")).values(extra=bindparam("new_extra"))
)


class Rewritten:
    """The texts of a payload after an erasure, under a new salt: with the old one, the erased text could be guessed
    from the digest in the chain.
    """

    __slots__ = ("after", "before", "digest", "number", "salt")

    def __init__(self, number: int, before: str | None, after: str | None) -> None:
        self.number = number
        self.before = before
        self.after = after
        self.salt = secrets.token_hex(16)
        self.digest = chain.payload_digest(self.salt, before, after)


def rewrite(database: Database, account_id: str, payload: Rewritten, by: int) -> None:
    """Replace a payload; `by`: the number of the audit record of the erasure."""
    database.run(
        _rewrite,
        {
            "account": account_id,
            "asked": payload.number,
            "new_before": payload.before,
            "new_after": payload.after,
            "new_salt": payload.salt,
            "by": by,
        },
    )


def set_extra(database: Database, account_id: str, extra: str) -> None:
    """Write the unknown fields of an account."""
    database.run(_set_extra, {"account": account_id, "new_extra": extra})
