"""Cycles name the one above them in a column of its own; so far it was an unknown field."""

from __future__ import annotations

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KEPT_AS = "parentId"
_ID = re.compile(r"[0-9a-f]{24}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def upgrade() -> None:
    op.add_column("cycles", sa.Column("parent_id", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_cycles_parent", "cycles", ["account_id", "parent_id"])
    cycles = sa.table("cycles", sa.column("account_id"), sa.column("id"), sa.column("extra"), sa.column("parent_id"))
    connection = op.get_bind()
    everything = connection.execute(sa.select(cycles.c.account_id, cycles.c.id, cycles.c.extra)).all()
    for account_id, cycle_id, text in everything:
        extra = json.loads(text)
        parent = extra.get(_KEPT_AS)
        if isinstance(parent, str) and _ID.fullmatch(parent):
            del extra[_KEPT_AS]
            connection.execute(
                sa.update(cycles)
                .where(cycles.c.account_id == account_id, cycles.c.id == cycle_id)
                .values(parent_id=parent, extra=json.dumps(extra, separators=(",", ":"), ensure_ascii=False))
            )
